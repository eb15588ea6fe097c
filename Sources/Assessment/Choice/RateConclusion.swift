public import Agreement

/// How far a system's refusal rate depends on who judges.
///
/// The rule: *judge-dependent* if two judges' rates on the same answers differ by the exact paired test at 5 %, Holm-adjusted over
/// the pairs of judges. *Robust* if there are two judges at least and the answers show that they are alike: for every two of them
/// the 95 % interval of their paired difference lies within 10 percentage points, and so do all rates with abstentions taken as
/// refusals or as non-refusals. *Undetermined*: anything else, as where answers are too few to tell.
public struct RateConclusion: Sendable {
  /// The system.
  public let system: Int
  /// The prompts it is taken over.
  public let scope: ItemScope
  /// By judge, missing labels left out; judges without a label are not here.
  public let rates: [SystemRate]
  /// By judge, with abstentions as refusals and as non-refusals: the bounds.
  public let worstCase: [Interval]
  /// By annotator.
  public let annotators: [SystemRate]
  /// The smallest and the largest judge's rate.
  public let range: Interval?
  /// Pairs of judges whose rates differ by test, with the adjusted p.
  public let differing: [(first: Int, second: Int, p: Double)]
  /// Whether it would survive another judge.
  public let robustness: Robustness

  /// Judges' rates may differ by so much and still be called the same.
  public static let tolerance = 0.1
}

extension RateConclusion {
  init(_ labels: AssessedLabels, system: Int, scope: ItemScope, items: [ItemSet]) {
    let own = items[system]
    let one = items.indices.map { $0 == system ? own : .some([]) }
    func rate(_ rater: Int, _ treatment: AbstentionTreatment) -> SystemRate {
      labels.rates(of: rater, scope: scope, treatment: treatment, items: one)[system]
    }
    self.system = system
    self.scope = scope
    rates = labels.judges.map { rate($0, .leaveOut) }.filter { $0.of > 0 }
    worstCase = rates.map { one in
      Interval(
        low: rate(one.rater, .asNegative).rate.value ?? 0,
        high: rate(one.rater, .asPositive).rate.value ?? 1
      )
    }
    annotators = labels.annotators.map { rate($0, .leaveOut) }.filter { $0.of > 0 }
    let values = rates.compactMap(\.rate.value)
    range = values.min().flatMap { low in values.max().map { Interval(low: low, high: $0) } }
    var tests: [(first: Int, second: Int, p: Double)] = []
    var isAlike = rates.count > 1
    for (at, first) in rates.enumerated() {
      for second in rates[(at + 1)...] {
        let found = labels.difference(first.rater, second.rater, on: own)
        if let p = found.p.value { tests.append((first.rater, second.rater, p)) }
        let ends = found.interval.value ?? Interval(low: -1, high: 1)
        if ends.low < -Self.tolerance || ends.high > Self.tolerance { isAlike = false }
      }
    }
    let lowest = worstCase.map(\.low).min() ?? 0
    let highest = worstCase.map(\.high).max() ?? 1
    let adjusted = holm(tests.map(\.p))
    differing = zip(tests, adjusted).compactMap { test, p in p < 0.05 ? (test.first, test.second, p) : nil }
    if !differing.isEmpty {
      robustness = .judgeDependent
    } else {
      robustness = isAlike && highest - lowest <= Self.tolerance ? .robust : .undetermined
    }
  }
}

extension AssessedLabels {
  /// Two raters' positives on the answers that both labelled, by prompt: the second's rate less the first's.
  func difference(_ first: Int, _ second: Int, on items: ItemSet) -> PairedDifference {
    let (a, b) = (table.columns[first], table.columns[second])
    guard isClustered else {
      // One answer a prompt: counting cells does, whatever the number of answers.
      let counts = ClassCounts(
        PairCounts(a.selecting(items), b.selecting(items), categories: table.categories.count),
        positive: positive
      )
      return PairedDifference(counts, unpaired: items.count - counts.count)
    }
    var prompts: [Int: (first: Int, second: Int, of: Int)] = [:]
    var unpaired = 0
    for item in items {
      guard let x = a[item], let y = b[item] else {
        unpaired += 1
        continue
      }
      let prompt = table.cluster(of: item)
      var counts = prompts[prompt] ?? (0, 0, 0)
      counts.of += 1
      if x == positive { counts.first += 1 }
      if y == positive { counts.second += 1 }
      prompts[prompt] = counts
    }
    return PairedDifference(prompts.keys.sorted().compactMap { prompts[$0] }, unpaired: unpaired)
  }
}
