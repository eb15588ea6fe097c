internal import Agreement
internal import JSON

extension StatisticCatalog {
  /// Statistics of proportions and their differences.
  static let intervalEntries: [CatalogEntry] = [
    proportion("proportion.wilson", ProportionInterval.wilson),
    proportion("proportion.clopperPearson", ProportionInterval.clopperPearson),
    proportion("proportion.jeffreys", ProportionInterval.jeffreys),
    proportion("proportion.agrestiCoull", ProportionInterval.agrestiCoull),
    proportion("proportion.wald", ProportionInterval.wald),
    difference("difference.newcombe", DifferenceInterval.newcombe),
    difference("difference.agrestiCaffo", DifferenceInterval.agrestiCaffo),
    difference("difference.wald", DifferenceInterval.wald),
  ]

  private static func proportion(
    _ name: String,
    _ interval: @escaping @Sendable (Int, Int, Double) -> Statistic<Interval>
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      let group = try context.group("successes", "trials")
      return AnswerValue(interval(group.successes, group.trials, try context.level()))
    }
  }

  private static func difference(
    _ name: String,
    _ interval:
      @escaping @Sendable (DifferenceInterval.Group, DifferenceInterval.Group, Double) -> Statistic<Interval>
  ) -> CatalogEntry {
    CatalogEntry(name) { context throws(QuestionFailure) in
      let (first, second) = (try context.group("k1", "n1"), try context.group("k2", "n2"))
      return AnswerValue(interval(first, second, try context.level()))
    }
  }
}

extension QuestionContext {
  /// The successes of a group: two arguments, the first at most the second.
  fileprivate func group(_ successes: String, _ trials: String) throws(QuestionFailure) -> DifferenceInterval.Group {
    let (k, n) = (try integer(successes), try integer(trials))
    guard k <= n else { throw .badArgument(successes, "expected at most \(trials), which is \(n)") }
    return DifferenceInterval.Group(successes: k, trials: n)
  }

  /// The coverage asked for: the argument `level`, 0.95 without it.
  fileprivate func level() throws(QuestionFailure) -> Double {
    guard arguments.has("level") else { return 0.95 }
    let level = try number("level")
    guard level > 0, level < 1 else { throw .badArgument("level", "expected a number between 0 and 1") }
    return level
  }
}
