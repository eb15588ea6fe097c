public import Agreement

/// Whether a judge may stand in for a person: the alternative-annotator test (Calderon, Reichart & Dror 2025).
public struct AlternativeRow: Sendable {
  /// The judge's column.
  public let judge: Int
  /// Over which prompts.
  public let scope: ItemScope
  /// The test; undefined with fewer than three annotators (`tooFewRaters`) or too few items. It takes items as independent.
  public let test: Statistic<AlternativeAnnotatorTest>
  /// ω: share of the comparisons that the judge wins. It has no interval of its own: `countsDecisions`.
  public let winningRate: Figure
  /// ρ: the mean advantage probability, with an interval that draws whole prompts and takes the annotators tested as they are.
  public let advantageProbability: Figure

  /// Tests every judge; without several annotators there is nothing to test.
  static func all(_ labels: AssessedLabels, epsilon: Double, plan: BootstrapPlan) -> [AlternativeRow] {
    guard labels.annotators.count > 1 else { return [] }
    return labels.scopes.flatMap { scope in
      let items = labels.items(in: scope)
      let people = labels.table.selecting(raters: labels.annotators)
      let annotators: LabelTable =
        switch items {
        case .all: people
        case .some(let list): people.selecting(items: list.map { Int($0) })
        }
      return labels.judges.map { judge in
        let test = AlternativeAnnotatorTest.run(
          annotators: annotators,
          judge: labels.table.columns[judge].selecting(items),
          epsilon: epsilon
        )
        let advantage = test.value.map { interval(labels, judge, items, $0, plan) } ?? .undefined(.tooFewRaters)
        return AlternativeRow(
          judge: judge,
          scope: scope,
          test: test,
          winningRate: Figure(test.map(\.winningRate), .undefined(.countsDecisions)),
          advantageProbability: Figure(test.map(\.advantageProbability), advantage, within: 0...1)
        )
      }
    }
  }

  /// Of the mean over the annotators that were tested: each one's share of items on which the judge does no worse.
  private static func interval(
    _ labels: AssessedLabels,
    _ judge: Int,
    _ items: ItemSet,
    _ test: AlternativeAnnotatorTest,
    _ plan: BootstrapPlan
  ) -> Statistic<Interval> {
    let tested = Set(test.comparisons.filter { $0.p.reason != .tooFewItems }.map(\.annotator))
    let places = labels.annotators.indices.filter { tested.contains(labels.name(labels.annotators[$0])) }
    let count = labels.annotators.count
    let rows = PromptRows(
      labels,
      (labels.annotators + [judge]).map { labels.table.columns[$0] },
      items,
      width: 2 * places.count,
      where: { codes in codes[count] != PromptRows.none && codes[..<count].count { $0 != PromptRows.none } > 1 },
      tally: { codes, row in
        let codes = Array(codes)
        for (at, place) in places.enumerated() where codes[place] != PromptRows.none {
          let others = (0..<count).filter { $0 != place && codes[$0] != PromptRows.none }.map { Int(codes[$0]) }
          let nearer = AlternativeAnnotatorTest.nearer(
            judge: Int(codes[count]),
            annotator: Int(codes[place]),
            others: others
          )
          guard let nearer else { continue }
          row[2 * at + 1] += 1
          if nearer >= 0 { row[2 * at] += 1 }
        }
      }
    )
    return plan.intervals(rows, count: 1) { sums in
      let shares = places.indices.filter { sums[2 * $0 + 1] > 0 }
        .map { Double(sums[2 * $0]) / Double(sums[2 * $0 + 1]) }
      return [shares.isEmpty ? .undefined(.noOverlap) : .value(shares.reduce(0, +) / Double(shares.count))]
    }[0]
  }
}
