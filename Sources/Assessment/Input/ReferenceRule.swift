public import Agreement

/// How several annotators' labels become one reference.
public enum ReferenceRule: Sendable, Hashable {
  /// One annotator's labels.
  case annotator(Int)
  /// The label that all who labelled the item gave; items on which they differ are left out.
  case unanimous
  /// The most frequent label; ties are left out.
  case majority
  /// Positive where anybody said so.
  case either
  /// Positive where everybody said so.
  case both
  /// The more probable label after Dawid and Skene's model of the annotators; left out at exactly one half.
  case dawidSkene
  /// The adjudicator's label where there is one, else the label all others agree on.
  case adjudicated(by: Int)
}

extension ReferenceRule {
  /// What to call it.
  public func name(in labels: AssessedLabels) -> String {
    switch self {
    case .annotator(let column): labels.name(column)
    case .unanimous: "unanimous"
    case .majority: "majority"
    case .either: "either"
    case .both: "both"
    case .dawidSkene: "Dawid-Skene"
    case .adjudicated(let column): "adjudicated by \(labels.name(column))"
    }
  }

  /// The same within a sentence.
  func phrase(in labels: AssessedLabels) -> String {
    switch self {
    case .annotator(let column): labels.name(column)
    case .unanimous: "what all annotators agree on"
    case .majority: "the annotators' majority"
    case .either: "\(labels.table.categories[labels.positive]) where any annotator saw it"
    case .both: "\(labels.table.categories[labels.positive]) where all annotators saw it"
    case .dawidSkene: "the annotators' consensus (Dawid-Skene)"
    case .adjudicated(let column): "the labels adjudicated by \(labels.name(column))"
    }
  }

  /// Reads a rule: `unanimous`, `majority`, `either`, `both`, `dawid-skene`, `adjudicated:NAME`, or an annotator's name.
  /// - Throws: `AssessmentInputError.unknown`.
  public init(_ text: String, in labels: AssessedLabels) throws(AssessmentInputError) {
    let names = labels.annotators.map { labels.name($0) }
    func annotator(_ name: String) throws(AssessmentInputError) -> Int {
      guard let at = names.firstIndex(of: name) else {
        throw .unknown("reference", name, ["unanimous", "majority", "either", "both", "dawid-skene"] + names)
      }
      return labels.annotators[at]
    }
    switch text {
    case "unanimous": self = .unanimous
    case "majority": self = .majority
    case "either": self = .either
    case "both": self = .both
    case "dawid-skene": self = .dawidSkene
    case _ where text.hasPrefix("adjudicated:"):
      self = .adjudicated(by: try annotator(String(text.dropFirst("adjudicated:".count))))
    default: self = .annotator(try annotator(text))
    }
  }

  /// The rule taken where none is asked for: the one annotator there is, or the majority with ties left out.
  public static func standard(for labels: AssessedLabels) -> ReferenceRule? {
    guard let first = labels.annotators.first else { return nil }
    return labels.annotators.count == 1 ? .annotator(first) : .majority
  }

  /// Every rule that applies to these labels, each annotator first.
  public static func all(for labels: AssessedLabels) -> [ReferenceRule] {
    let single = labels.annotators.map { ReferenceRule.annotator($0) }
    guard labels.annotators.count > 1 else { return single }
    return single + [.unanimous, .majority, .either, .both, .dawidSkene]
  }

  /// The reference label of each item, none where the rule leaves the item out.
  public func reference(_ labels: AssessedLabels) -> Labels {
    let columns = labels.annotators.map { labels.table.columns[$0] }
    switch self {
    case .annotator(let column): return labels.table.columns[column]
    case .unanimous: return combine(labels, columns) { Set($0).count == 1 ? $0[0] : nil }
    case .majority: return combine(labels, columns, Self.plurality)
    case .either:
      return combine(labels, columns) { $0.contains(labels.positive) ? labels.positive : Self.plurality($0) }
    case .both:
      return combine(labels, columns) { votes in
        votes.allSatisfy { $0 == labels.positive }
          ? labels.positive : Self.plurality(votes.filter { $0 != labels.positive })
      }
    case .dawidSkene: return Self.dawidSkene(labels)
    case .adjudicated(let judge):
      let others = labels.annotators.filter { $0 != judge }.map { labels.table.columns[$0] }
      let agreed = combine(labels, others) { Set($0).count == 1 ? $0[0] : nil }
      return Labels((0..<labels.table.itemCount).lazy.map { labels.table.columns[judge][$0] ?? agreed[$0] })
    }
  }

  private func combine(_ labels: AssessedLabels, _ columns: [Labels], _ rule: @escaping ([Int]) -> Int?) -> Labels {
    Labels(
      (0..<labels.table.itemCount).lazy.map { item in
        let votes = columns.compactMap { $0[item] }
        return votes.isEmpty ? nil : rule(votes)
      }
    )
  }

  private static func plurality(_ votes: [Int]) -> Int? {
    var counts: [Int: Int] = [:]
    for vote in votes { counts[vote, default: 0] += 1 }
    guard let most = counts.values.max() else { return nil }
    let winners = counts.keys.filter { counts[$0] == most }
    return winners.count == 1 ? winners[0] : nil
  }

  private static func dawidSkene(_ labels: AssessedLabels) -> Labels {
    Labels(DawidSkene(labels.table.selecting(raters: labels.annotators)).labels.map(\.value))
  }
}
