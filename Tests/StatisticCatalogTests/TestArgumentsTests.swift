import Agreement
import JSON
import StatisticCatalog
import Testing

/// What a question about a test or an interval must carry.
@Suite("Arguments of tests, intervals and families", .timeLimit(.minutes(10)))
struct TestArgumentsTests {
  private static let dataset = """
    {"name": "d", "scale": "nominal", "categories": ["x", "y", "z"], "raters": ["a", "b", "c"], "reference": null,
     "items": [{"item": "1", "labels": {"a": "x", "b": "y", "c": "z"}}, {"item": "2", "labels": {"a": "y", "b": "y", "c": "z"}},
               {"item": "3", "labels": {"a": "z", "b": "x", "c": null}}]}
    """

  private func answer(_ stat: String, _ arguments: String) throws -> AnswerValue? {
    try OracleCase.answer(stat, arguments, of: Self.dataset)
  }

  @Test(
    "a wrong argument is no answer",
    arguments: [
      ("proportion.wilson", #"{"successes": 3, "trials": 2}"#),
      ("proportion.wilson", #"{"successes": 1, "trials": 2, "level": 1}"#),
      ("proportion.wald", #"{"successes": -1, "trials": 2}"#),
      ("difference.wald", #"{"k1": 1, "n1": 2, "k2": 3}"#),
      ("fisher.p", #"{"k1": 3, "n1": 2, "k2": 0, "n2": 1}"#),
      ("fisher.p", #"{"k1": 0, "n1": 2, "k2": 2, "n2": 1}"#),
      ("mcnemar.exact.p", #"{"a": "a", "b": "b"}"#),
      ("mcnemar.exact.p", #"{"positive": "x"}"#),
      ("cochranQ.pvalue", #"{"positive": "w"}"#),
      ("bowker.pvalue", #"{"a": "a", "b": "b", "categories": ["x", "w"]}"#),
      ("bowker.pvalue", #"{"a": "a", "b": "b", "categories": ["x", "x"]}"#),
      ("friedman.pvalue", #"{"on": "rank"}"#),
      ("pairedT", #"{"x": [1, 2], "y": [1]}"#),
      ("varianceComponents", #"{"ratings": [[1, 2], [3]]}"#),
      ("threeWayShares", #"{"values": []}"#),
      ("holm", #"{"p": 0.1}"#),
      ("holm", #"{"p": [0.1, 1.5]}"#),
      ("holm", #"{"p": [0.1, null]}"#),
      ("holm", #"{"p": [0.1, {"undefined": "whatever"}]}"#),
    ]
  )
  func wrong(_ stat: String, _ arguments: String) throws {
    #expect(try answer(stat, arguments) == nil)
  }

  @Test("a positive class, categories in use and a level are taken where they are not given")
  func defaults() throws {
    #expect(try answer("mcnemar.exact.p", #"{"a": "a", "b": "b", "positive": "y"}"#) == .number(1))
    #expect(try answer("mcnemar.chi2corrected.statistic", #"{"a": "a", "b": "c", "positive": "z"}"#) == .number(0.5))
    #expect(try answer("bowker.df", #"{"a": "a", "b": "b"}"#) == .number(3))
    #expect(try answer("bowker.df", #"{"a": "a", "b": "b", "categories": ["x", "y"]}"#) == .number(1))
    let named = try answer("proportion.wilson", #"{"successes": 1, "trials": 2, "level": 0.95}"#)
    #expect(try answer("proportion.wilson", #"{"successes": 1, "trials": 2}"#) == named)
    #expect(try answer("friedman.df", "{}") == .number(2))
    #expect(try answer("icc1", #"{"on": "score"}"#) == .undefined(.tooFewRaters))
  }
}
