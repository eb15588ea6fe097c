internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of a rater against the reference; those of one class name it as `positive`.
  static let classificationEntries: [CatalogEntry] = [
    CatalogEntry("accuracy") { context throws(QuestionFailure) in
      let pair = try context.againstReference()
      guard context.arguments.has("positive") else { return AnswerValue(pair.percentAgreement) }
      return AnswerValue(ClassCounts(pair, positive: try context.category("positive")).accuracy)
    },
    oneClass("confusion") { counts in
      AnswerValue(counts.confusion) {
        .object([
          ("tp", .number(Double($0.truePositives))), ("fp", .number(Double($0.falsePositives))),
          ("fn", .number(Double($0.falseNegatives))), ("tn", .number(Double($0.trueNegatives))),
        ])
      }
    },
    oneClass("precision") { AnswerValue($0.precision) },
    oneClass("recall") { AnswerValue($0.recall) },
    oneClass("f1") { AnswerValue($0.f1) },
    oneClass("specificity") { AnswerValue($0.specificity) },
    oneClass("npv") { AnswerValue($0.negativePredictiveValue) },
    allClasses("mcc") { AnswerValue($0.mcc) },
    allClasses("balancedAccuracy") { AnswerValue($0.balancedAccuracy) },
    allClasses("macroF1") { AnswerValue($0.macroF1) },
  ]

  private static func allClasses(
    _ name: String,
    _ answer: @escaping @Sendable (PairCounts) -> AnswerValue
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in answer(try context.againstReference()) }
  }

  private static func oneClass(
    _ name: String,
    _ answer: @escaping @Sendable (ClassCounts) -> AnswerValue
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      answer(ClassCounts(try context.againstReference(), positive: try context.category("positive")))
    }
  }
}

extension QuestionContext {
  /// The counts of `reference` (first) and `rater` (second).
  func againstReference() throws(QuestionFailure) -> PairCounts {
    PairCounts(try labels("reference"), try labels("rater"), categories: try data().table.categories.count)
  }
}
