import Agreement
import JSON
import StatisticCatalog
import Testing

/// What a question about a bootstrap or a permutation test must carry.
@Suite("Arguments of resampling", .timeLimit(.minutes(10)))
struct ResamplingArgumentsTests {
  private static let dataset = """
    {"name": "d", "scale": "binary", "categories": ["nonRefusal", "refusal"], "raters": ["a", "b"], "reference": null,
     "items": [{"item": "1", "labels": {"a": "refusal", "b": "refusal"}}, {"item": "2", "labels": {"a": "nonRefusal", "b": null}},
               {"item": "3", "labels": {"a": "refusal", "b": "nonRefusal"}}]}
    """

  private func answer(_ stat: String, _ arguments: String) throws -> AnswerValue? {
    try OracleCase.answer(stat, arguments, of: Self.dataset)
  }

  @Test(
    "a wrong argument is no answer",
    arguments: [
      ("bootstrap.refusalRate.se", #"{"rater": "c"}"#),
      ("bootstrap.refusalRate.se", #"{"rater": "a", "B": 0}"#),
      ("bootstrap.refusalRate.se", #"{"rater": "a", "B": 1000000000}"#),
      ("bootstrap.refusalRate.se", #"{"rater": "a", "seed": -1}"#),
      ("bootstrap.refusalRate.percentile", #"{"rater": "a", "level": 1}"#),
      ("bootstrap.cohenKappa.bca", #"{"a": "a"}"#),
      ("permutation.systemRates.p", #"{"a": "a"}"#),
    ]
  )
  func wrong(_ stat: String, _ arguments: String) throws {
    #expect(try answer(stat, arguments) == nil)
  }

  @Test("replicates, level and seed are taken where they are not given, and a seed repeats its answer")
  func standards() throws {
    let plain = try answer("bootstrap.refusalRate.percentile", #"{"rater": "a"}"#)
    #expect(
      plain == (try answer("bootstrap.refusalRate.percentile", #"{"rater": "a", "level": 0.95, "seed": 1, "B": 5}"#))
    )
    let se = try answer("bootstrap.refusalRate.se", #"{"rater": "a", "seed": 7}"#)
    #expect(se == (try answer("bootstrap.refusalRate.se", #"{"rater": "a", "seed": 7}"#)))
    #expect(se != (try answer("bootstrap.refusalRate.se", #"{"rater": "a", "seed": 8}"#)))
  }

  @Test("items without a system or a kind take no part in differences")
  func groups() throws {
    #expect(try answer("bootstrap.did.point", #"{"rater": "a"}"#) == .undefined(.noTrials))
    #expect(try answer("permutation.systemRates.p", #"{"rater": "a"}"#) == .undefined(.noOverlap))
  }
}
