internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of several raters.
  static let multiRaterEntries: [CatalogEntry] =
    gwetEntries
    + chanceCorrected("fleissKappaGeneral") {
      $0.fleissKappa(weights: $1)
    } estimate: {
      $0.fleissKappaEstimate(weights: $1)
    }
    + chanceCorrected("congerKappa") {
      $0.congerKappa(weights: $1)
    } estimate: {
      $0.congerKappaEstimate(weights: $1)
    }
    + chanceCorrected("brennanPrediger") {
      $0.brennanPrediger(weights: $1)
    } estimate: {
      $0.brennanPredigerEstimate(weights: $1)
    }
    + [
      multiRater("percentAgreementMulti") { AnswerValue($0.percentAgreement) },
      multiRater("fleissKappaComplete") { AnswerValue($0.fleissKappaComplete) },
      multiRater("randolphKappaComplete") { AnswerValue($0.randolphKappaComplete) },
    ]
    + KrippendorffLevel.allCases.map { level in
      multiRater("krippendorffAlpha.\(level.rawValue)") { AnswerValue($0.krippendorffAlpha(level)) }
    }
    + [
      CatalogEntry("score.krippendorffAlpha.interval") { context throws(QuestionFailure) in
        let asked = try context.askedTable().raters
        let scores = try context.data().scores
        return AnswerValue(krippendorffAlpha(values: asked.compactMap { scores[$0] }))
      }
    ]

  /// Gwet's coefficients: for `a` and `b` over the items that both labelled, for `raters` over all labels.
  private static let gwetEntries: [CatalogEntry] = [
    ("gwetAC1", AgreementWeights.identity), ("gwetAC2Linear", .linear), ("gwetAC2Quadratic", .quadratic),
  ].flatMap { name, weights in
    [
      gwet(name, pair: { AnswerValue($0.gwetAC2(weights: weights)) }) { AnswerValue($0.gwetAC1(weights: weights)) },
      gwet("\(name).se", pair: { AnswerValue($0.gwetAC2Estimate(weights: weights).map(\.standardError)) }) {
        AnswerValue($0.gwetAC1Estimate(weights: weights).map(\.standardError))
      },
      gwet("\(name).ci95", pair: { AnswerValue($0.gwetAC2Estimate(weights: weights).map(\.interval)) }) {
        AnswerValue($0.gwetAC1Estimate(weights: weights).map(\.interval))
      },
    ]
  }

  private static func gwet(
    _ name: String,
    pair: @escaping @Sendable (PairCounts) -> AnswerValue,
    _ answer: @escaping @Sendable (MultiRater) -> AnswerValue
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      context.arguments.has("a") ? pair(try context.pairCounts()) : answer(MultiRater(try context.askedTable()))
    }
  }

  private static func chanceCorrected(
    _ name: String,
    _ value: @escaping @Sendable (MultiRater, AgreementWeights) -> Statistic<Double>,
    estimate: @escaping @Sendable (MultiRater, AgreementWeights) -> Statistic<Estimate>
  ) -> [CatalogEntry] {
    [("", AgreementWeights.identity), ("Linear", .linear), ("Quadratic", .quadratic)].flatMap { suffix, weights in
      [
        multiRater("\(name)\(suffix)") { AnswerValue(value($0, weights)) },
        multiRater("\(name)\(suffix).se") { AnswerValue(estimate($0, weights).map(\.standardError)) },
        multiRater("\(name)\(suffix).ci95") { AnswerValue(estimate($0, weights).map(\.interval)) },
      ]
    }
  }

  private static func multiRater(
    _ name: String,
    _ answer: @escaping @Sendable (MultiRater) -> AnswerValue
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in answer(MultiRater(try context.askedTable())) }
  }
}
