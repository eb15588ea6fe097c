public import Agreement

/// A judge's confusion within one part of the items.
public struct BreakdownRow: Sendable {
  /// The judge's column.
  public let judge: Int
  /// What the items are parted by: `category`, `length`, `truncated`, `system`.
  public let facet: String
  /// The part: `chemistry`, `up to 120 characters`, `cut off`.
  public let part: String
  /// The confusion of the positive class.
  public let confusion: ClassCounts
  /// Items with the reference's own label: of more than two classes that is more to ask than the positive one.
  public let right: Int
  /// Share of right labels, 0…1. Undefined: `noOverlap`.
  public var accuracy: Statistic<Double> {
    confusion.count == 0 ? .undefined(.noOverlap) : .value(Double(right) / Double(confusion.count))
  }
  /// Items of the part with a reference label that the judge gave none.
  public let abstained: Int
  /// Its 95 % interval: Wilson's, or over prompts where these have several answers.
  public let interval: Statistic<Interval>
}

/// An item on which a judge and the reference differ.
public struct JudgeError: Sendable {
  /// The judge's column.
  public let judge: Int
  /// The item.
  public let item: Int
  /// The reference's code.
  public let reference: Int
  /// The judge's code.
  public let label: Int
  /// What the annotators did: an error against a unanimous reference weighs more.
  public let certainty: Certainty?
  /// Other judges that gave the same wrong label.
  public let company: Int

  /// Errors kept of one sort: as sure (unanimous or contested) and with as many other judges.
  public static let largestList = 2000
}

extension AssessedLabels {
  /// Parts of the items by what is known of them; of lengths the thirds, at their 33rd and 67th percentile.
  func facets() -> [(facet: String, part: String, items: [Int])] {
    var parts: [(String, String, [Int])] = []
    func group(_ facet: String, _ value: (Int) -> String?) {
      var groups: [String: [Int]] = [:]
      for item in 0..<table.itemCount { if let part = value(item) { groups[part, default: []].append(item) } }
      for part in groups.keys.sorted() { parts.append((facet, part, groups[part] ?? [])) }
    }
    if !categories.isEmpty { group("category") { categories[$0] } }
    if !truncated.isEmpty { group("truncated") { truncated[$0].map { $0 ? "cut off" : "whole" } } }
    if !systems.isEmpty {
      group("system") { systemNames[Int(systems[$0])] }
    }
    let known = lengths.compactMap { $0 }.sorted()
    if known.count >= 3, let first = known.first, let last = known.last, first < last {
      let (short, long) = (known[(known.count - 1) / 3], known[(known.count - 1) * 2 / 3])
      let names = ["up to \(short) characters", "\(short + 1) to \(long) characters", "over \(long) characters"]
      for (at, name) in names.enumerated() {
        let items = lengths.indices.filter { item in
          guard let length = lengths[item] else { return false }
          return (length <= short ? 0 : length <= long ? 1 : 2) == at
        }
        if !items.isEmpty { parts.append(("length", name, items)) }
      }
    }
    return parts
  }

  /// Each judge's confusion in each part.
  func breakdown(reference: Labels) -> [BreakdownRow] {
    let parts = facets()
    return judges.flatMap { judge in
      parts.compactMap { part in
        let truth = reference.selecting(part.items)
        let said = table.columns[judge].selecting(part.items)
        let counts = PairCounts(truth, said, categories: table.categories.count)
        let confusion = ClassCounts(counts, positive: positive)
        guard truth.labelled > 0 else { return nil }
        return BreakdownRow(
          judge: judge,
          facet: part.facet,
          part: part.part,
          confusion: confusion,
          right: counts.agreeing,
          abstained: truth.labelled - confusion.count,
          interval: shareInterval(truth, said, part.items, counts)
        )
      }
    }
  }

  private func shareInterval(_ truth: Labels, _ said: Labels, _ items: [Int], _ counts: PairCounts) -> Statistic<
    Interval
  > {
    guard isClustered else { return wilsonInterval(successes: counts.agreeing, trials: counts.count) }
    var prompts: [Int: (count: Int, of: Int)] = [:]
    for (at, item) in items.enumerated() {
      guard let a = truth[at], let b = said[at] else { continue }
      let prompt = table.cluster(of: item)
      prompts[prompt, default: (0, 0)].of += 1
      if a == b { prompts[prompt, default: (0, 0)].count += 1 }
    }
    return clusteredShareInterval(prompts.keys.sorted().compactMap { prompts[$0] })
  }

  /// Errors of the judges: against a unanimous reference first, then the loneliest, then in the order of the items. Of each
  /// sort no more than `limit` are kept, so that a million items do not become a list of a million errors; all are counted.
  func errors(reference: Labels, limit: Int = JudgeError.largestList) -> (shown: [JudgeError], found: Int) {
    var all = 0
    // [contested or not][company]
    var found = [[[JudgeError]]](repeating: Array(repeating: [], count: max(1, judges.count)), count: 2)
    for item in 0..<table.itemCount {
      guard let truth = reference[item] else { continue }
      let wrong = judges.filter { judge in table.columns[judge][item].map { $0 != truth } ?? false }
      guard !wrong.isEmpty else { continue }
      let certainty = certainty(of: item)
      for judge in wrong {
        let label = table.columns[judge][item] ?? truth
        let company = wrong.count { $0 != judge && table.columns[$0][item] == label }
        let place = certainty == .contested ? 1 : 0
        all += 1
        guard found[place][company].count < limit else { continue }
        found[place][company].append(
          JudgeError(
            judge: judge,
            item: item,
            reference: truth,
            label: label,
            certainty: certainty,
            company: company
          )
        )
      }
    }
    return (found.flatMap { $0.flatMap { $0 } }, all)
  }
}
