internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics that make one label of many raters.
  static let aggregationEntries: [CatalogEntry] = [
    CatalogEntry("majorityVote") { context throws(QuestionFailure) in
      try words(majorityVote(context.askedTable()), context)
    },
    CatalogEntry("dawidSkene.posterior") { context throws(QuestionFailure) in
      let table = try context.askedTable()
      guard !table.speaking.isEmpty else { return .undefined(.noVotes) }
      return .list(DawidSkene(table, iterations: try iterations(context)).posterior.map { AnswerValue($0, numbers) })
    },
    CatalogEntry("dawidSkene.prior") { context throws(QuestionFailure) in
      AnswerValue(DawidSkene(try context.askedTable(), iterations: try iterations(context)).prior, numbers)
    },
    CatalogEntry("dawidSkene.confusion") { context throws(QuestionFailure) in
      // Silent raters stay in this answer, each with its reason.
      let table = context.arguments.has("raters") ? try context.askedTable() : try context.data().table
      guard !table.speaking.isEmpty else { return .undefined(.noVotes) }
      let model = DawidSkene(table, iterations: try iterations(context))
      return .object(
        zip(table.raters, model.confusion).map { rater, matrix in
          (rater, AnswerValue(matrix) { .list($0.map(numbers)) })
        }
      )
    },
    CatalogEntry("glad.label") { context throws(QuestionFailure) in
      let model = GLAD(
        try context.askedTable(),
        iterations: try iterations(context, "n_iter", GLAD.standardIterations),
        tolerance: context.arguments.has("tol") ? try context.number("tol") : GLAD.standardTolerance
      )
      return try words(model.labels(), context)
    },
    CatalogEntry("mace.label") { context throws(QuestionFailure) in
      try words(mace(context).labels(), context)
    },
    CatalogEntry("mace.competence") { context throws(QuestionFailure) in
      let table = try context.askedTable()
      return .object(zip(table.raters, try mace(context).competence).map { ($0, AnswerValue($1)) })
    },
  ]

  private static func numbers(_ list: [Double]) -> AnswerValue { .list(list.map { .number($0) }) }

  private static func words(
    _ labels: [Statistic<Int>],
    _ context: QuestionContext
  ) throws(QuestionFailure) -> AnswerValue {
    let names = try context.data().table.categories
    return .list(labels.map { AnswerValue($0) { .word(names[$0]) } })
  }

  /// A question that names crowd-kit's restarts asks for crowd-kit's run; any other for the model as published.
  private static func mace(_ context: QuestionContext) throws(QuestionFailure) -> MACE {
    if context.arguments.has("method"), try context.text("method") != "vb" {
      throw .badArgument("method", "expected vb (variational Bayes)")
    }
    return MACE(
      try context.askedTable(),
      iterations: try iterations(context, "n_iter", MACE.standardIterations),
      variant: context.arguments.has("n_restarts") ? .crowdKit : .published
    )
  }

  private static func iterations(
    _ context: QuestionContext,
    _ argument: String = "iterations",
    _ standard: Int = DawidSkene.standardIterations
  ) throws(QuestionFailure) -> Int {
    context.arguments.has(argument) ? try context.integer(argument, minimum: 1) : standard
  }
}
