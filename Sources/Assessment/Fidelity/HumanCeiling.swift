public import Agreement

/// How annotators agree among themselves: what to hold a judge's fidelity against. It is no hard limit: a judge that meets the
/// majority may do better than any one annotator.
public struct HumanCeiling: Sendable {
  /// Two annotators.
  public struct Pair: Sendable {
    /// Columns.
    public let first: Int
    /// Columns.
    public let second: Int
    /// Over which prompts.
    public let scope: ItemScope
    /// Their joint counts.
    public let counts: PairCounts
  }

  /// Each annotator against the majority of the others (of one other: against that one).
  public struct Versus: Sendable {
    /// The annotator's column.
    public let annotator: Int
    /// Over which prompts.
    public let scope: ItemScope
    /// Joint counts: rows are the others' majority.
    public let counts: PairCounts
  }

  /// Every two annotators, by scope.
  public let pairs: [Pair]
  /// Every annotator against the rest, by scope.
  public let versusOthers: [Versus]

  init(_ labels: AssessedLabels) {
    let q = labels.table.categories.count
    func column(_ rater: Int, _ scope: ItemScope) -> Labels {
      labels.table.columns[rater].selecting(labels.items(in: scope))
    }
    pairs = labels.scopes.flatMap { scope in
      labels.annotators.enumerated().flatMap { at, first in
        labels.annotators[(at + 1)...].map { second in
          let counts = PairCounts(column(first, scope), column(second, scope), categories: q)
          return Pair(first: first, second: second, scope: scope, counts: counts)
        }
      }
    }
    guard labels.annotators.count > 1 else {
      versusOthers = []
      return
    }
    versusOthers = labels.scopes.flatMap { scope in
      labels.annotators.map { annotator in
        let others = labels.annotators.filter { $0 != annotator }.map { column($0, scope) }
        let majority = VoteRule.majority.labels(others)
        let counts = PairCounts(majority, column(annotator, scope), categories: q)
        return Versus(annotator: annotator, scope: scope, counts: counts)
      }
    }
  }

  /// The mean accuracy of an annotator against the majority of the others. Undefined: `tooFewRaters`,
  /// `noOverlap`.
  public func ceiling(_ scope: ItemScope) -> Statistic<Double> {
    let rows = versusOthers.filter { $0.scope == scope }
    guard !rows.isEmpty else { return .undefined(.tooFewRaters) }
    let values = rows.compactMap { $0.counts.percentAgreement.value }
    return values.isEmpty ? .undefined(.noOverlap) : .value(values.reduce(0, +) / Double(values.count))
  }
}
