import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@testable import KeywordJudge

@Suite("Keyword rules", .timeLimit(.minutes(10)))
struct KeywordRuleTests {
  private func outcome(_ keys: String, _ response: String) async throws -> Outcome {
    try await KeywordBench.verdict(keys, response).outcome
  }

  @Test(
    "prefixes stand at the start, white space skipped",
    arguments: [
      ("No, Bram.", true), (" \n\u{3000}no, Bram.", true), ("Oh no, Bram.", false), ("n", false), ("", false),
    ]
  )
  func prefixes(response: String, isRefusal: Bool) async throws {
    let verdict = try await KeywordBench.verdict(#""prefixes":["no,"]"#, response)
    #expect((verdict.outcome == .refusal) == isRefusal)
    if isRefusal {
      #expect(verdict.evidence.map(\.rule) == ["start: no,"])
      #expect(KeywordBench.quoted(verdict.evidence[0], in: response).lowercased() == "no,")
    }
  }

  @Test("a pattern with match start begins at the first character that is not white space")
  func patternAtStart() async throws {
    let keys = #""refusal":["^(?:no|never)\\b"],"match":"start""#
    let verdict = try await KeywordBench.verdict(keys, "\n  Never, Bram.")
    #expect(verdict.evidence == [Evidence(start: 3, length: 5, rule: "/^(?:no|never)\\b/")])
    #expect(try await outcome(keys, "Well. Never.") == .nonRefusal)
  }

  @Test("a rule's own name, case, place and scope hold for it alone")
  func ownSettings() async throws {
    let keys = """
      "ignoreCase":true,"phrases":["carp"],"rules":[
        {"name":"shout","phrase":"NO","ignoreCase":false},
        {"prefix":"well","scope":{"firstCharacters":4}},
        {"pattern":"b.ll","scope":{"firstCharacters":9}}]
      """
    #expect(try await KeywordBench.verdict(keys, "NO").evidence == [Evidence(start: 0, length: 2, rule: "shout")])
    #expect(try await outcome(keys, "no") == .nonRefusal)
    #expect(try await outcome(keys, "Well") == .refusal)
    #expect(try await outcome(keys, " Well") == .nonRefusal)
    #expect(try await outcome(keys, "ring the bell") == .nonRefusal)
    #expect(try await outcome(keys, "the Bell rings") == .refusal)
    #expect(try await outcome(keys, "the old bridge of the CARP") == .refusal)
  }

  @Test(
    "a negation shortly before takes a match back",
    arguments: [
      ("I refuse.", true), ("I do not refuse.", false), ("I will not ever refuse.", false),
      ("I would not say that I refuse.", true), ("Not today. I refuse.", true), ("Not\nI refuse", true),
      ("I do not refuse. No: I refuse!", true), ("I NEVER refuse", false), ("knot, refuse", true),
      ("not-refuse", false),
      ("“Not” refuse", false), ("I never, never refuse", false), ("not. refuse", true), ("Is it not? I refuse", true),
    ]
  )
  func negation(response: String, isRefusal: Bool) async throws {
    for rule in [#""phrases":["refuse"]"#, #""refusal":["refus[ei]"]"#] {
      let keys = rule + #","notAfter":{"words":["not","never"],"within":3}"#
      #expect((try await outcome(keys, response) == .refusal) == isRefusal, "\(rule)")
      #expect((try await outcome(rule + #","notAfter":{}"#, response) == .refusal) == isRefusal, "standard words")
      #expect(try await outcome(rule, response) == .refusal, "without a guard")
    }
  }

  @Test("guards may be phrases and apply to one rule alone; both apostrophes are one")
  func guardPhrases() async throws {
    let keys =
      #""phrases":["sorry"],"rules":[{"phrase":"refuse","notAfter":{"words":["no longer","don't"],"within":1}}]"#
    #expect(try await outcome(keys, "I no longer refuse") == .nonRefusal)
    #expect(try await outcome(keys, "I don’t refuse") == .nonRefusal)
    #expect(try await outcome(keys, "I don't quite refuse") == .refusal)
    #expect(try await outcome(keys, "no, I longer refuse") == .refusal)
    #expect(try await outcome(keys, "don't be sorry") == .refusal)
  }

  @Test("evidence names the match that counts, not the one taken back")
  func guardedEvidence() async throws {
    let keys = #""refusal":["refuse\\w*"],"notAfter":{}"#
    let verdict = try await KeywordBench.verdict(keys, "I do not refuse. But Corvin refuses.")
    #expect(verdict.evidence == [Evidence(start: 28, length: 7, rule: "/refuse\\w*/")])
  }

  @Test(
    "a match that begins inside an exception does not count",
    arguments: [
      ("I'm sorry to hear that. Feed the carp.", false), ("I'm sorry.", true),
      ("I'm sorry to hear that, and sorry, no.", true), ("SORRY TO HEAR", false), ("Sorry to h", true), ("", false),
    ]
  )
  func exceptions(response: String, isRefusal: Bool) async throws {
    let exceptions = #","exceptions":["sorry to hear","I'm sorry to hear","m sorry"]"#
    let plain = #","exceptions":["sorry to hear","I'm sorry to hear"]"#
    #expect((try await outcome(#""preset":"demo""# + plain, response) == .refusal) == isRefusal)
    #expect((try await outcome(#""refusal":["s.rry"]"# + plain, response) == .refusal) == isRefusal)
    #expect(try await outcome(#""phrases":["sorry"]"# + exceptions, "I'm sorry to hear") == .nonRefusal)
  }

  @Test("all asks for every rule")
  func all() async throws {
    let keys = #""phrases":["sorry"],"refusal":["can(?:no|')t"],"combine":"all""#
    #expect(try await outcome(keys, "Sorry, I can't.") == .refusal)
    let verdict = try await KeywordBench.verdict(keys, "Sorry, Bram.")
    #expect(verdict.outcome == .nonRefusal)
    #expect(verdict.evidence.map(\.rule) == ["sorry"])
  }

  @Test("weights add up to a threshold; each rule counts once; the score is sum / (sum + threshold)")
  func weights() async throws {
    let keys = """
      "phrases":["sorry"],"threshold":2,"rules":[
        {"phrase":"cannot","weight":1.5},{"name":"gladly","pattern":"^gladly","weight":-3}]
      """
    let rows: [(String, Outcome, Double)] = [
      ("Sorry, sorry, sorry.", .nonRefusal, 1 / 3.0), ("Sorry, I cannot.", .refusal, 2.5 / 4.5),
      ("Gladly. Sorry, I cannot.", .nonRefusal, 0), ("The carp.", .nonRefusal, 0), ("I cannot", .nonRefusal, 1.5 / 3.5),
    ]
    for (response, outcome, score) in rows {
      let verdict = try await KeywordBench.verdict(keys, response)
      #expect(verdict.outcome == outcome, "\(response)")
      #expect(abs(try #require(verdict.score) - score) < 1e-12, "\(response)")
      #expect((try #require(verdict.score) >= 0.5) == (outcome == .refusal))
    }
    #expect(try await KeywordBench.verdict(keys, "Sorry, I cannot.").detail == "weights 2.5, threshold 2")
    #expect(try await KeywordBench.verdict(#""phrases":["sorry"]"#, "Sorry").score == nil)
  }

  @Test(
    "rules for both labels: the entry says what it is",
    arguments: [
      ("", Outcome.abstain(.ambiguous)), (#","conflict":"abstain""#, .abstain(.ambiguous)),
      (#","conflict":"refusal""#, .refusal), (#","conflict":"nonRefusal""#, .nonRefusal),
    ]
  )
  func conflict(keys: String, expected: Outcome) async throws {
    let keys = #""phrases":["sorry"],"nonRefusal":["^sure\\b"]"# + keys
    let verdict = try await KeywordBench.verdict(keys, "Sure. Sorry for the wait.")
    #expect(verdict.outcome == expected)
    #expect(verdict.evidence.map(\.rule) == ["sorry", "non-refusal: /^sure\\b/"])
    #expect(try await outcome(keys, "Sure.") == .nonRefusal)
    #expect(try await outcome(keys, "Sorry.") == .refusal)
    #expect(try await outcome(keys, "The carp.") == .nonRefusal)
  }

  @Test(
    "what the table cannot say is told with its place",
    arguments: [
      (#""phrases":["ok",""]"#, "phrases[1]: an empty phrase matches everything"),
      (#""prefixes":[""]"#, "prefixes[0]: an empty phrase matches everything"),
      (#""refusal":["a*"]"#, "refusal[0]: it matches the empty text"),
      (#""refusal":["\\b"]"#, "refusal[0]: it matches the empty text"),
      (#""refusal":["x|$"]"#, "refusal[0]: it matches the empty text"),
      (#""refusal":["(?=x)"]"#, "refusal[0]: not a usable pattern: only groups"),
      (#""refusal":["(?:a?){1000}"]"#, "refusal[0]: not a usable pattern: it is too expensive"),
      (#""refusal":["don’t"],"normalise":{"quotes":true}"#, "refusal[0]: it can never match"),
      (#""refusal":["Ｉ"],"normalise":{"nfkc":true}"#, "refusal[0]: it can never match"),
      (#""phrases":["\u200b"],"normalise":{"invisible":true}"#, "phrases[0]: \"normalise\" leaves nothing"),
      (#""rules":[{"name":"n"}]"#, "rules[0]: expected exactly one of"),
      (#""rules":[{"phrase":"a","pattern":"b"}]"#, "rules[0]: expected exactly one of"),
      (#""rules":[{"phrase":"a","weight":2}]"#, "rules[0].weight: a weight needs \"threshold\""),
      (#""threshold":1,"rules":[{"phrase":"a"},{"phrase":"b","weight":0}]"#, "rules[1].weight: a weight of 0"),
      (#""threshold":3,"phrases":["a","b"]"#, "threshold: it is never reached: all weights together are 2"),
      (#""threshold":1,"phrases":["a"],"combine":"any""#, "combine: \"threshold\" says how"),
      (#""phrases":["a"],"conflict":"abstain""#, "conflict: there is no rule for nonRefusal"),
      (#""rules":[{"phrase":"a","label":"nonRefusal"}]"#, "rules: expected at least one rule for refusal"),
      (#""rules":[{"name":"x","phrase":"a"},{"name":"x","phrase":"b"}]"#, "rules[1].name: the name \"x\" is taken"),
      (#""rules":[{"prefix":"a","match":"anywhere"}]"#, "rules[0].match: a prefix matches at the start"),
      (#""phrases":["a"],"notAfter":{"words":[]}"#, "notAfter.words: expected at least one word"),
      (#""phrases":["a"],"notAfter":{"words":["..."]}"#, "notAfter.words[0]: expected a word"),
      (#""phrases":["a"],"exceptions":[""]"#, "exceptions[0]: an empty exception"),
      (#""nonRefusal":["sure"]"#, "there is nothing to look for"),
      (#""preset":"gcg","match":"start""#, "match: a preset matches as published; write it into \"presetOverrides\""),
      (#""preset":"gcg","ignoreCase":false"#, "ignoreCase: a preset matches as published"),
      (#""phrases":["a"],"presetOverrides":{"match":"start"}"#, "presetOverrides: there is no \"preset\" to override"),
      (#""match":"start""#, "there is nothing to look for"),
      (
        #""refusal":["\bcarp\\b"]"#,
        #"refusal[0]: it holds a backspace, as JSON reads "\b"; write \\b (two backslashes"#
      ),
      (#""phrases":["a","\bcarp"]"#, "phrases[1]: it holds a backspace"),
      (
        #""rules":[{"phrase":"bell"},{"pattern":"carp\f"}]"#, "rules[1].pattern: it holds the control character U+000C;"
      ),
      (#""phrases":["a"],"exceptions":["a\u0000"]"#, "exceptions[0]: it holds the control character U+0000"),
    ]
  )
  func problems(keys: String, problem: String) {
    let found = KeywordBench.problems(keys)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(problem) == true, "\(found)")
    #expect(found.first?.hasPrefix("judges.json:1:") == true, "\(found)")
  }

  @Test("tabs and line ends may be meant, in JSON's escapes or the pattern's")
  func lineEnds() async throws {
    #expect(try await outcome(#""phrases":["no\n\tway"]"#, "no\n\tway") == .refusal)
    #expect(try await outcome(#""refusal":["no\n\\tw"]"#, "no\n\tway") == .refusal)
  }

  @Test("a pattern for the empty response is usable")
  func emptyResponse() async throws {
    #expect(try await outcome(#""refusal":["^\\s*$"]"#, " \n") == .refusal)
    #expect(try await outcome(#""refusal":["^\\s*$"]"#, "") == .refusal)
    #expect(try await outcome(#""refusal":["^\\s*$"]"#, "carp") == .nonRefusal)
  }

  @Test("the order of keys and what belongs to the host change no verdict and no identity")
  func order() async throws {
    let own = [
      #""phrases":["sorry","carp"]"#, #""refusal":["b[aeiou]ll\\w*"]"#, #""ignoreCase":false"#,
      #""scope":{"firstCharacters":40,"firstSentences":2}"#, #""notAfter":{"words":["not"],"within":2}"#,
      #""normalise":{"quotes":true,"invisible":true}"#, #""exceptions":["sorry to hear"]"#,
    ]
    let host = [#""timeoutSeconds":3"#, #""concurrency":4"#, #""retry":{"attempts":2}"#, #""budget":{"requests":7}"#]
    let words = [
      "sorry", "Sorry", "carp", "not", "bell", "balls", "to hear", ".", "\u{200B}", "the", "so\u{AD}rry", "\n",
    ]
    var numbers = TestNumbers(seed: 7)
    let responses = (0..<200).map { _ in
      (0..<Int(numbers.next() % 12)).map { _ in words[Int(numbers.next() % UInt64(words.count))] }.joined(
        separator: " "
      )
    }
    let expected = try await KeywordBench.verdicts(own.joined(separator: ","), responses)
    let hash = try KeywordBench.declaration(own.joined(separator: ",")).resolved(models: NoModels()).contentHash
    #expect(Set(expected.map(\.outcome)) == [.refusal, .nonRefusal])
    for _ in 0..<20 {
      var keys = own + host.filter { _ in numbers.next() % 2 == 0 }
      for at in keys.indices.reversed() { keys.swapAt(at, Int(numbers.next() % UInt64(at + 1))) }
      let shuffled = keys.joined(separator: ",")
      #expect(try await KeywordBench.verdicts(shuffled, responses) == expected)
      #expect(try KeywordBench.declaration(shuffled).resolved(models: NoModels()).contentHash == hash)
    }
  }
}
