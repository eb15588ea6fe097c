internal import Agreement

extension StatisticCatalog {
  /// Statistics of scores against the reference.
  static let scoreEntries: [CatalogEntry] = [
    scored("rocAuc") { $0.rocAuc },
    scored("averagePrecision") { $0.averagePrecision },
    scored("brier") { $0.brier },
    scored("logLoss") { $0.logLoss },
    scored("eceEqualWidth10") { $0.calibrationErrorEqualWidth(bins: 10) },
    scored("eceEqualMass10") { $0.calibrationErrorEqualMass(bins: 10) },
  ]

  private static func scored(
    _ name: String,
    _ answer: @escaping @Sendable (ScoredItems) -> Statistic<Double>
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      let items = ScoredItems(
        reference: try context.labels("reference"),
        scores: try context.scores("rater"),
        positive: try context.category("positive")
      )
      return AnswerValue(answer(items))
    }
  }
}
