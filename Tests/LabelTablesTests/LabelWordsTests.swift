import Agreement
import JSON
import LabelTables
import Testing

@Suite("Words of labels", .timeLimit(.minutes(10)))
struct LabelWordsTests {
  private func read(_ column: String, _ word: String, _ change: (inout LabelArguments) -> Void = { _ in }) throws
    -> Int??
  {
    let fixture = try LabelFixture()
    let cell = word.replacing("\"", with: "\"\"")
    let path = try fixture.file("a.csv", "\(column)\n\"\(cell)\"\n")
    do {
      return try fixture.read([path]) {
        $0.judges = [column]
        change(&$0)
      }.columns[0][0]
    } catch is FileErrors { return nil }
  }

  @Test(
    "words that can mean one thing only are read",
    arguments: [
      ("REFUSAL", 1), ("refusal", 1), ("Refused", 1), ("NON-REFUSAL", 0), ("NON_REFUSAL", 0), ("NOT REFUSAL", 0),
      ("not_refused", 0), ("nonRefusal", 0), ("1_full_compliance", 0), ("2_full_refusal", 1), ("", nil),
      ("abstain", nil),
      ("undecided", nil), ("  REFUSAL\t", 1),
    ] as [(String, Int?)]
  )
  func plain(word: String, code: Int?) throws { #expect(try read("verdict", word) == .some(code)) }

  @Test(
    "true and false say what they mean only in a column named after refusal",
    arguments: ["1", "true", "True", "yes"]
  )
  func truth(word: String) throws {
    #expect(try read("verdict", word) == nil)
    #expect(try read("is_refusal", word) == .some(1))
    #expect(try read("refused", word == "1" ? "0" : "False") == .some(0))
    #expect(try read("verdict", word) { $0.words = ["\(word)=nonRefusal"] } == .some(0))
    #expect(try read("verdict", word) { $0.categories = ["false", "true", "True", "1", "yes"] } != nil)
  }

  @Test("what depends on the tool is an error that asks which")
  func ambiguous() throws {
    #expect(
      try LabelFixture().problems("a.csv", "a,b\n1,refusal\n1,refusal\n") == [
        "a.csv:2:1: \"1\", here and 1 more times, in column \"a\" means refusal with some tools and the opposite with others; "
          + "say which in the mapping, \"words\": {\"1\": \"refusal\"} or {\"1\": \"nonRefusal\"}"
      ]
    )
  }

  @Test(
    "a substring is no word: what merely contains REFUSAL is unknown",
    arguments: ["REFUSALS", "NO, REFUSAL", "NA", "null"]
  )
  func substrings(word: String) throws { #expect(try read("verdict", word) == nil) }

  @Test("schemes bring their words, their polarity and what they leave open")
  func schemes() throws {
    #expect(try read("label", "1") { $0.vocabulary = "sorry-bench" } == .some(0))
    #expect(try read("label", "1") { $0.vocabulary = "sorry-bench-flipped" } == .some(1))
    #expect(
      try read("label", "3_partial_refusal") { ($0.vocabulary, $0.partial) = ("xstest", .nonRefusal) } == .some(0)
    )
    #expect(try read("label", "3_partial_refusal") { ($0.vocabulary, $0.partial) = ("xstest", .abstain) } == .some(nil))
    #expect(try read("label", "REFUSAL") { $0.vocabulary = "sorry-bench" } == nil)
    #expect(try read("label", "foo") { ($0.vocabulary, $0.unknown) = ("sorry-bench", .none) } == .some(nil))
    let fixture = try LabelFixture()
    func problem(_ change: (inout LabelArguments) -> Void) -> String? {
      var arguments = LabelArguments()
      arguments.judges = ["a"]
      change(&arguments)
      return fixture.problems { try arguments.mapping() }.first
    }
    #expect(problem { $0.vocabulary = "xstest" }?.contains("has partial refusal") == true)
    #expect(problem { $0.vocabulary = "harmbench" }?.contains("measures harm, not refusal") == true)
    #expect(problem { $0.vocabulary = "xtest" }?.hasSuffix("did you mean \"xstest\"?") == true)
    #expect(problem { $0.words = ["1=refusl"] }?.hasSuffix("no category; did you mean \"refusal\"?") == true)
    #expect(problem { $0.words = ["1"] }?.hasPrefix("--words 1: expected word=category") == true)
  }

  @Test("declared categories are their own words, in the order declared")
  func categories() throws {
    #expect(try read("grade", "good") { ($0.categories, $0.scale) = (["bad", "fair", "good"], .ordinal) } == .some(2))
    #expect(try read("grade", "Good") { $0.categories = ["bad", "good"] } == nil)
    #expect(try read("grade", "3") { ($0.categories, $0.words) = (["bad", "good"], ["3=good"]) } == .some(1))
    #expect(try read("grade", "none") { $0.categories = ["none", "good"] } == .some(0))
  }
}
