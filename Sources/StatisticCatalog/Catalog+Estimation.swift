internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of corrected rates, signal detection, difference in differences.
  static let estimationEntries: [CatalogEntry] = poweredEntries + roganGladenEntries + signalEntries + differenceEntries

  private static let poweredEntries: [CatalogEntry] = [
    CatalogEntry("ppi.mean") { context throws(QuestionFailure) in
      AnswerValue(try powered(context).plain().map(\.mean))
    },
    CatalogEntry("ppi.ci95") { context throws(QuestionFailure) in
      AnswerValue(try powered(context).plain().map(\.interval))
    },
    CatalogEntry("ppiPlusPlus.lambda") { context throws(QuestionFailure) in
      AnswerValue(try powered(context).lambda)
    },
    CatalogEntry("ppiPlusPlus.mean") { context throws(QuestionFailure) in
      AnswerValue(try powered(context).tuned().map(\.mean))
    },
    CatalogEntry("ppiPlusPlus.ci95") { context throws(QuestionFailure) in
      AnswerValue(try powered(context).tuned().map(\.interval))
    },
  ]

  private static func powered(_ context: QuestionContext) throws(QuestionFailure) -> PredictionPoweredMean {
    PredictionPoweredMean(
      human: try context.labels("human"),
      judge: try context.labels("judge"),
      positive: try positive(context, "positive")
    )
  }

  private static let roganGladenEntries: [CatalogEntry] = [
    CatalogEntry("roganGladen.unclipped") { context throws(QuestionFailure) in
      AnswerValue(try corrected(context).map(\.unclipped))
    },
    CatalogEntry("roganGladen.estimate") { context throws(QuestionFailure) in
      AnswerValue(try corrected(context).map(\.estimate))
    },
    CatalogEntry("roganGladen.se") { context throws(QuestionFailure) in
      AnswerValue(try corrected(context).map(\.standardError))
    },
    CatalogEntry("roganGladen.ci95") { context throws(QuestionFailure) in
      AnswerValue(try corrected(context).map(\.interval))
    },
  ]

  private static func corrected(_ context: QuestionContext) throws(QuestionFailure) -> Statistic<RoganGladen> {
    var prevalence: ApparentPrevalence?
    if context.arguments.has("apparentPrevalenceOn") {
      let word = try context.text("apparentPrevalenceOn")
      prevalence = ApparentPrevalence(rawValue: word)
      if prevalence == nil {
        let hint = Spelling.hint(for: word, among: ApparentPrevalence.allCases.map(\.rawValue))
        throw .badArgument("apparentPrevalenceOn", "\(word) is neither unlabelled nor allJudged\(hint)")
      }
    }
    return roganGladen(
      human: try context.labels("human"),
      judge: try context.labels("judge"),
      positive: try positive(context, "positive"),
      prevalence: prevalence
    )
  }

  private static let signalEntries: [CatalogEntry] = [
    CatalogEntry("sdt.dPrime") { context throws(QuestionFailure) in
      AnswerValue(try detected(context).map(\.dPrime))
    },
    CatalogEntry("sdt.criterion") { context throws(QuestionFailure) in
      AnswerValue(try detected(context).map(\.criterion))
    },
    CatalogEntry("sdt.lnBeta") { context throws(QuestionFailure) in
      AnswerValue(try detected(context).map(\.lnBeta))
    },
    CatalogEntry("sdt.dPrimeSE") { context throws(QuestionFailure) in
      AnswerValue(try detected(context).map(\.dPrimeStandardError))
    },
  ]

  private static func detected(_ context: QuestionContext) throws(QuestionFailure) -> Statistic<SignalDetection> {
    SignalDetection.labels(
      human: try context.labels("human"),
      judge: try context.labels("judge"),
      signal: try positive(context, "signal")
    )
  }

  private static let differenceEntries: [CatalogEntry] = [
    CatalogEntry("did.estimate") { context throws(QuestionFailure) in
      AnswerValue(try difference(context).map(\.estimate))
    },
    CatalogEntry("did.seIndependent") { context throws(QuestionFailure) in
      AnswerValue(try difference(context).map(\.independentStandardError))
    },
    CatalogEntry("did.ci95Independent") { context throws(QuestionFailure) in
      AnswerValue(try difference(context).map(\.independentInterval))
    },
    CatalogEntry("did.seCluster") { context throws(QuestionFailure) in
      AnswerValue(
        try design(context).clusterStandardError(context.labels("rater"), outcome: positive(context, "outcome"))
      )
    },
    CatalogEntry("did.ci95Cluster") { context throws(QuestionFailure) in
      AnswerValue(
        try design(context).clusterInterval(context.labels("rater"), outcome: positive(context, "outcome"))
      )
    },
  ]

  private static func difference(
    _ context: QuestionContext
  ) throws(QuestionFailure) -> Statistic<DifferenceInDifferences> {
    try design(context).estimate(context.labels("rater"), outcome: positive(context, "outcome"))
  }

  /// The groups by the dataset's systems (`base`, `edited`) and kinds (`harmful`, `harmless`).
  private static func design(_ context: QuestionContext) throws(QuestionFailure) -> DifferenceDesign {
    let data = try context.data()
    let groups = zip(data.systems, data.kinds).map { system, kind -> DifferenceDesign.Group? in
      switch (system, kind) {
      case ("base", "harmful"): .baseFirst
      case ("edited", "harmful"): .editedFirst
      case ("base", "harmless"): .baseSecond
      case ("edited", "harmless"): .editedSecond
      default: nil
      }
    }
    return DifferenceDesign(groups: groups, clusters: data.table.clusters, clusterCount: data.table.clusterCount)
  }

  /// The class that an argument names, or without it the class of code 1: refusal in binary data.
  private static func positive(_ context: QuestionContext, _ argument: String) throws(QuestionFailure) -> Int {
    context.arguments.has(argument) ? try context.category(argument) : 1
  }
}
