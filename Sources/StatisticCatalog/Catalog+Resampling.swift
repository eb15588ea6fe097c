internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of bootstrap and permutation. Bootstraps take `B` (the fewest replicates), `level` and `seed`.
  static let resamplingEntries: [CatalogEntry] =
    bootstrapEntries("refusalRate") { context throws(QuestionFailure) in
      let table = try context.data().table
      return .rate(
        of: refusal,
        try context.labels("rater"),
        clusters: table.clusterList,
        clusterCount: table.clusterCount
      )
    }
    + bootstrapEntries("percentAgreement") { context throws(QuestionFailure) in
      try pair(.percentAgreement, context)
    }
    + bootstrapEntries("cohenKappa") { context throws(QuestionFailure) in try pair(.cohenKappa, context) }
    + bootstrapEntries("gwetAC1") { context throws(QuestionFailure) in try pair(.gwetAC1, context) }
    + bootstrapEntries("krippendorffAlpha.nominal") { context throws(QuestionFailure) in
      .nominalAlpha(try context.askedTable())
    }
    + bootstrapEntries("did") { context throws(QuestionFailure) in
      let data = try context.data()
      let cells = zip(data.kinds, data.systems).map(differenceCell)
      return .differenceInDifferences(
        of: refusal,
        try context.labels("rater"),
        cells: cells,
        clusters: data.table.clusterList,
        clusterCount: data.table.clusterCount
      )
    }
    + permutationEntries

  private static let permutationEntries = [
    CatalogEntry("permutation.raterRates.p") { context throws(QuestionFailure) in
      let table = try context.data().table
      return AnswerValue(
        permutationRaterRates(
          try context.labels("a"),
          try context.labels("b"),
          category: refusal,
          clusters: table.clusterList,
          clusterCount: table.clusterCount,
          replicates: try replicates(context),
          seed: try seed(context)
        )
      ) { .number($0.p) }
    },
    CatalogEntry("permutation.systemRates.p") { context throws(QuestionFailure) in
      let data = try context.data()
      return AnswerValue(
        permutationSystemRates(
          try context.labels("rater"),
          isFirst: data.systems.map { $0 == "base" ? true : $0 == "edited" ? false : nil },
          category: refusal,
          clusters: data.table.clusterList,
          clusterCount: data.table.clusterCount,
          replicates: try replicates(context),
          seed: try seed(context)
        )
      ) { .number($0.p) }
    },
    CatalogEntry("permutation.kappaGreater.p") { context throws(QuestionFailure) in
      AnswerValue(
        permutationKappaGreater(
          try context.labels("a"),
          try context.labels("b"),
          replicates: try replicates(context),
          seed: try seed(context)
        )
      ) { .number($0.p) }
    },
  ]

  /// The code of the positive class of binary data.
  private static let refusal = 1

  private static func differenceCell(_ kind: String, _ system: String) -> Int? {
    switch (kind, system) {
    case ("harmful", "base"): 0
    case ("harmful", "edited"): 1
    case ("harmless", "base"): 2
    case ("harmless", "edited"): 3
    default: nil
    }
  }

  private static func pair(
    _ statistic: PairStatistic,
    _ context: QuestionContext
  ) throws(QuestionFailure) -> AdditiveStatistics {
    let table = try context.data().table
    return .pair(
      statistic,
      try context.labels("a"),
      try context.labels("b"),
      categories: table.categories.count,
      clusters: table.clusterList,
      clusterCount: table.clusterCount
    )
  }

  /// `bootstrap.NAME.point`, `.percentile`, `.se` and `.bca` of a statistic.
  private static func bootstrapEntries(
    _ name: String,
    _ statistic: @escaping @Sendable (QuestionContext) throws(QuestionFailure) -> AdditiveStatistics
  ) -> [CatalogEntry] {
    @Sendable func distribution(_ context: QuestionContext) throws(QuestionFailure) -> BootstrapDistribution {
      let bootstrap = ClusterBootstrap(replicates: try replicates(context), seed: try seed(context))
      return bootstrap.distributions(of: try statistic(context))[0]
    }
    return [
      CatalogEntry("bootstrap.\(name).point") { context throws(QuestionFailure) in
        AnswerValue(try statistic(context).points[0])
      },
      CatalogEntry("bootstrap.\(name).percentile") { context throws(QuestionFailure) in
        let level = try level(context)
        return AnswerValue(try distribution(context).percentile(level: level))
      },
      CatalogEntry("bootstrap.\(name).se") { context throws(QuestionFailure) in
        AnswerValue(try distribution(context).standardError)
      },
      CatalogEntry("bootstrap.\(name).bca") { context throws(QuestionFailure) in
        let level = try level(context)
        return AnswerValue(try distribution(context).bca(level: level))
      },
    ]
  }

  /// At least 100 000, whatever fewer was asked for: the error of the ends is then small beside their grain.
  private static func replicates(_ context: QuestionContext) throws(QuestionFailure) -> Int {
    guard context.arguments.has("B") else { return 100_000 }
    let asked = try context.integer("B", minimum: 1)
    // Ten million values are 80 MB; far more would be a slip of the pen that takes the machine down.
    guard asked <= 10_000_000 else { throw .badArgument("B", "expected at most 10000000") }
    return max(100_000, asked)
  }

  private static func seed(_ context: QuestionContext) throws(QuestionFailure) -> UInt64 {
    context.arguments.has("seed") ? UInt64(try context.integer("seed")) : 1
  }

  private static func level(_ context: QuestionContext) throws(QuestionFailure) -> Double {
    guard context.arguments.has("level") else { return 0.95 }
    let level = try context.number("level")
    guard level > 0, level < 1 else { throw .badArgument("level", "expected a number between 0 and 1") }
    return level
  }
}
