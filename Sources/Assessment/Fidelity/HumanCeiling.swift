public import Agreement

/// How annotators agree among themselves: what to hold a judge's fidelity against. It is no hard limit: a judge that meets the
/// majority may do better than any one annotator.
public struct HumanCeiling: Sendable {
  /// Each annotator against the majority of the others (of one other: against that one).
  public struct Versus: Sendable {
    /// The annotator's column.
    public let annotator: Int
    /// Over which prompts.
    public let scope: ItemScope
    /// Joint counts: rows are the others' majority.
    public let counts: PairCounts
    /// Share of items on which the annotator meets that majority. Undefined: `noOverlap`.
    public let accuracy: Figure
    /// The same corrected for chance. Undefined: `noOverlap`, `zeroExpectedDisagreement`.
    public let cohenKappa: Figure
  }

  /// Every two annotators, by scope.
  public let pairs: [AgreementRow]
  /// Every annotator against the rest, by scope.
  public let versusOthers: [Versus]
  /// The mean accuracy of an annotator against the majority of the others, by scope; its interval draws whole prompts and takes
  /// these annotators as they are. Undefined: `tooFewRaters`, `noOverlap`. Simulated coverage for three annotators that err on one in
  /// twenty or in five (`Tests/Oracles/assessment/coverage.py`): 92.7…96.6 % over 30 to 400 prompts.
  public let ceilings: [(scope: ItemScope, ceiling: Figure)]

  /// The ceiling of a scope.
  public func ceiling(_ scope: ItemScope) -> Statistic<Double> { figure(scope).value }

  /// The ceiling of a scope with its interval.
  public func figure(_ scope: ItemScope) -> Figure {
    ceilings.first { $0.scope == scope }?.ceiling ?? Figure(.undefined(.tooFewRaters), .undefined(.tooFewRaters))
  }

  init(_ labels: AssessedLabels, plan: BootstrapPlan) {
    pairs = labels.scopes.flatMap { scope in
      labels.annotators.enumerated().flatMap { at, first in
        labels.annotators[(at + 1)...].map { AgreementRow(labels, first, $0, scope: scope, plan: plan) }
      }
    }
    guard labels.annotators.count > 1 else {
      (versusOthers, ceilings) = ([], [])
      return
    }
    let found = labels.scopes.map { Self.versus(labels, $0, plan) }
    versusOthers = found.flatMap(\.rows)
    ceilings = zip(labels.scopes, found).map { ($0, $1.ceiling) }
  }

  private static func versus(_ labels: AssessedLabels, _ scope: ItemScope, _ plan: BootstrapPlan) -> (
    rows: [Versus], ceiling: Figure
  ) {
    let annotators = labels.annotators
    let (q, count) = (labels.table.categories.count, annotators.count)
    let table = q * q
    let columns = annotators.map { labels.table.columns[$0] }
    // Joint counts of each annotator with the others, one table after the other.
    let rows = PromptRows(
      labels,
      columns,
      labels.items(in: scope),
      width: count * table,
      where: { codes in codes.count { $0 != PromptRows.none } > 1 },
      tally: { codes, row in
        for own in 0..<count {
          let said = codes[codes.startIndex + own]
          guard said != PromptRows.none else { continue }
          let others = codes.indices.filter { $0 != codes.startIndex + own }.map { codes[$0] }
          guard let majority = Self.majority(others) else { continue }
          row[own * table + Int(majority) * q + Int(said)] += 1
        }
      }
    )
    func pairs(_ sums: [Int]) -> [PairCounts] {
      (0..<count).map { JointCounts.pair(Array(sums[$0 * table..<($0 + 1) * table]), q) }
    }
    func ceiling(_ pairs: [PairCounts]) -> Statistic<Double> {
      let known = pairs.compactMap { $0.percentAgreement.value }
      return known.isEmpty ? .undefined(.noOverlap) : .value(known.reduce(0, +) / Double(known.count))
    }
    let intervals = plan.intervals(rows, count: 2 * count + 1) { sums in
      let pairs = pairs(sums)
      return pairs.map(\.percentAgreement) + pairs.map(\.cohenKappa) + [ceiling(pairs)]
    }
    let all = pairs(rows.totals)
    let versus = annotators.indices.map { at in
      Versus(
        annotator: annotators[at],
        scope: scope,
        counts: all[at],
        accuracy: .share(
          all[at].agreeing,
          of: all[at].count,
          prompts: rows.promptCount,
          isClustered: labels.isClustered,
          intervals[at]
        ),
        cohenKappa: Figure(all[at].cohenKappa, intervals[count + at])
      )
    }
    return (versus, Figure(ceiling(all), intervals[2 * count], within: 0...1))
  }

  /// The code that more than half of the labels given have; nil where none has.
  private static func majority(_ codes: [UInt16]) -> UInt16? {
    let given = codes.filter { $0 != PromptRows.none }
    return given.first { code in 2 * given.count { $0 == code } > given.count }
  }
}
