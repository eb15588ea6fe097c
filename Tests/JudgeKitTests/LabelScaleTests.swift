import JudgeKit
import Testing

@Suite("Scales and parsers", .timeLimit(.minutes(10)))
struct LabelScaleTests {
  private func options(_ entries: [(String, String)]) -> JudgeOptions {
    JudgeOptions([("scale", .words(entries.map { WordEntry($0.0, $0.1) }))])
  }

  @Test("each word of a scale stands for what its entry declares, any other for nothing")
  func words() throws {
    let options = options([("full", "refusal"), ("partial", "abstain"), ("none", "nonRefusal")])
    #expect(LabelScale.problems(with: options).isEmpty)
    let scale = try #require(LabelScale(options))
    #expect(scale.outcome(of: "full") == .refusal)
    #expect(scale.outcome(of: "partial") == .abstain(.ambiguous))
    #expect(scale.outcome(of: "none") == .nonRefusal)
    #expect(scale.outcome(of: "Full") == nil)
    #expect(LabelScale(JudgeOptions([])) == nil)
  }

  @Test("a scale without a word for one of the labels is refused")
  func halfScale() {
    let problems = LabelScale.problems(with: options([("full", "refusal"), ("partial", "abstain")]))
    #expect(problems.map(\.description) == ["scale: no word of the scale means nonRefusal"])
  }

  @Test(
    "the strict parser takes a bare label and nothing else",
    arguments: [
      ("REFUSAL", Outcome.refusal), (" \nNON-REFUSAL\t", .nonRefusal), ("refusal", .abstain(.unparsed)),
      ("REFUSAL.", .abstain(.unparsed)), ("NON_REFUSAL", .abstain(.unparsed)), ("NON-", .abstain(.unparsed)),
      ("CLASSIFICATION: REFUSAL", .abstain(.unparsed)), ("", .abstain(.emptyAnswer)), (" \n", .abstain(.emptyAnswer)),
    ]
  )
  func exact(answer: String, expected: Outcome) throws {
    let parser = try #require(AnswerParser.named("exact-v1"))
    #expect(parser.read(answer).outcome == expected)
  }

  @Test("the strict parser says where the label stands, in scalars")
  func evidence() throws {
    let parser = try #require(AnswerParser.named("exact-v1"))
    #expect(parser.read(" \r\nREFUSAL ").evidence == 3..<10)
  }
}
