internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of two raters, over the items that both labelled.
  static let pairwiseEntries: [CatalogEntry] =
    [
      pairwise("overlap") { .number(Double($0.count)) },
      pairwise("percentAgreement") { AnswerValue($0.percentAgreement) },
    ] + kappaEntries + [
      pairwise("scottPi") { AnswerValue($0.scottPi) },
      pairwise("pabak") { AnswerValue($0.pabak) },
      pairwise("phi") { AnswerValue($0.phi) },
      pairwise("pearson") { AnswerValue($0.pearson) },
      pairwise("spearman") { AnswerValue($0.spearman) },
      pairwise("kendallTauB") { AnswerValue($0.kendallTauB) },
      scorePair("score.pearson", pearson),
      scorePair("score.spearman", spearman),
      scorePair("score.kendallTauB", kendallTauB),
    ]

  private static let kappaEntries: [CatalogEntry] = [
    ("cohenKappa", AgreementWeights.identity), ("cohenKappaLinear", .linear), ("cohenKappaQuadratic", .quadratic),
  ].flatMap { name, weights in
    [
      pairwise(name) { AnswerValue($0.cohenKappa(weights: weights)) },
      pairwise("\(name).se") { AnswerValue($0.cohenKappaEstimate(weights: weights).map(\.standardError)) },
      pairwise("\(name).ci95") { AnswerValue($0.cohenKappaEstimate(weights: weights).map(\.interval)) },
    ]
  }

  private static func pairwise(
    _ name: String,
    _ answer: @escaping @Sendable (PairCounts) -> AnswerValue
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in answer(try context.pairCounts()) }
  }

  private static func scorePair(
    _ name: String,
    _ answer: @escaping @Sendable ([Double], [Double]) -> Statistic<Double>
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      let both = zip(try context.scores("a"), try context.scores("b")).compactMap { x, y in
        x.flatMap { x in y.map { (x, $0) } }
      }
      return AnswerValue(answer(both.map(\.0), both.map(\.1)))
    }
  }
}

extension QuestionContext {
  /// The counts of the two raters asked about: `a` and `b`, or two `raters`.
  func pairCounts() throws(QuestionFailure) -> PairCounts {
    let table = try askedTable()
    guard table.columns.count == 2 else {
      throw .badArgument("raters", "this is a statistic of two raters, not of \(table.columns.count)")
    }
    return PairCounts(table.columns[0], table.columns[1], categories: table.categories.count)
  }

  /// The scores of the rater that an argument names, item by item.
  func scores(_ argument: String) throws(QuestionFailure) -> [Double?] {
    _ = try labels(argument)
    let data = try data()
    return try data.scores[text(argument)] ?? [Double?](repeating: nil, count: data.table.itemCount)
  }
}
