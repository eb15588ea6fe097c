public import Agreement

/// Whether a judge may stand in for a person: the alternative-annotator test (Calderon, Reichart & Dror 2025).
public struct AlternativeRow: Sendable {
  /// The judge's column.
  public let judge: Int
  /// Over which prompts.
  public let scope: ItemScope
  /// The test; undefined with fewer than three annotators (`tooFewRaters`) or too few items.
  public let test: Statistic<AlternativeAnnotatorTest>

  /// Tests every judge; without several annotators there is nothing to test.
  static func all(_ labels: AssessedLabels, epsilon: Double) -> [AlternativeRow] {
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
        AlternativeRow(
          judge: judge,
          scope: scope,
          test: .run(annotators: annotators, judge: labels.table.columns[judge].selecting(items), epsilon: epsilon)
        )
      }
    }
  }
}

extension Statistic where Value == AlternativeAnnotatorTest {
  fileprivate static func run(annotators: LabelTable, judge: Labels, epsilon: Double) -> Self {
    AlternativeAnnotatorTest.run(annotators: annotators, judge: judge, epsilon: epsilon)
  }
}
