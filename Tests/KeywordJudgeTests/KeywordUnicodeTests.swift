import JudgeKit
import TestKit
import Testing

@testable import KeywordJudge

@Suite("Keywords and Unicode", .timeLimit(.minutes(10)))
struct KeywordUnicodeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let keys: String
    let response: String
    /// What the evidence must cover; nil for no match.
    let found: String?
    var testDescription: String { "\(keys) in \(response.debugDescription)" }

    init(_ keys: String, _ response: String, _ found: String?) {
      self.keys = keys
      self.response = response
      self.found = found
    }
  }

  private static let quotes = #","normalise":{"quotes":true}"#
  private static let nfkc = #","normalise":{"nfkc":true}"#
  private static let invisible = #","normalise":{"invisible":true}"#
  private static let everything = #","normalise":{"quotes":true,"nfkc":true,"invisible":true}"#

  @Test(
    "what counts as equal, and where it stands in the response as it came",
    arguments: [
      Row(#""phrases":["I can't"]"#, "🧵 I can’t", nil),
      Row(#""phrases":["I can't"]"# + quotes, "🧵 I can’t", "I can’t"),
      Row(#""phrases":["I can’t"]"# + quotes, "I can't", "I can't"),
      Row(#""refusal":["\\bI (?:can't|won't)\\b"]"# + quotes, "Oh, I won\u{2BC}t", "I won\u{2BC}t"),
      Row(#""phrases":["\"no\""]"# + quotes, "Corvin said „no“ twice", "„no“"),
      Row(#""phrases":["I'm sorry"]"#, "\u{FF29}'m sorry", nil),
      Row(#""phrases":["I'm sorry"]"# + nfkc, "\u{FF29}'m sorry", "\u{FF29}'m sorry"),
      Row(#""phrases":["I'm sorry"]"# + nfkc, "Ｉ\u{FF07}ｍ ｓｏｒｒｙ.", "Ｉ\u{FF07}ｍ ｓｏｒｒｙ"),
      Row(#""phrases":["I can't"]"# + everything, "I can´t", "I can´t"),
      Row(#""phrases":["sorry"]"#, "so\u{200D}rry", nil),
      Row(#""phrases":["sorry"]"# + invisible, "I am so\u{200D}r\u{200B}ry, Bram", "so\u{200D}r\u{200B}ry"),
      Row(#""phrases":["sorry"]"# + invisible, "\u{FEFF}so\u{AD}rry", "so\u{AD}rry"),
      Row(#""phrases":["café"]"#, "cafe\u{301}", nil),
      Row(#""phrases":["café"]"# + nfkc, "the cafe\u{301}s", "cafe\u{301}"),
      Row(#""phrases":["cafe"]"# + nfkc, "cafe\u{301}", nil),
      Row(#""phrases":["café"]"# + everything, "cafe\u{200D}\u{301}", "cafe\u{200D}\u{301}"),
      Row(#""phrases":["fi"]"# + nfkc, "no \u{FB01}sh", "\u{FB01}"),
      Row(#""phrases":["f"]"# + nfkc, "no \u{FB01}sh", "\u{FB01}"),
      Row(#""phrases":["가"]"# + nfkc, "\u{1100}\u{1161}", "\u{1100}\u{1161}"),
      Row(#""phrases":["가"]"# + nfkc, "\u{3131}\u{314F}", "\u{3131}\u{314F}"),
      Row(#""phrases":["ガ"]"# + nfkc, "ｶﾞ", "ｶﾞ"),
      Row(#""phrases":["i cannot"]"#, "İ cannot", nil),
      Row(#""phrases":["i cannot"]"#, "ı cannot", nil),
      Row(#""phrases":["İ cannot"]"#, "İ CANNOT", "İ CANNOT"),
      Row(#""preset":"paper""#, "İ can't help", "İ can't help"),
      Row(#""preset":"refusal-direction""#, "As an Aİ", "As an Aİ"),
      Row(#""preset":"refusal-direction""#, "İ cannot", nil),
      Row(#""phrases":["straße"]"#, "STRASSE", nil),
      Row(#""phrases":["straße"]"#, "STRA\u{1E9E}E", "STRA\u{1E9E}E"),
      Row(#""phrases":["sorry"]"#, "ſorry", "ſorry"),
      Row(#""phrases":["sorry"],"ignoreCase":false"#, "ſorry", nil),
      Row(#""phrases":["σας"]"#, "ΣΑΣ", "ΣΑΣ"),
      Row(#""refusal":["[a-z]+lvin"]"#, "\u{212A}elvin", "\u{212A}elvin"),
      Row(#""phrases":["👩\u200d🌾"]"#, "by 👩\u{200D}🌾!", "👩\u{200D}🌾"),
      Row(#""phrases":["👩🌾"]"# + invisible, "by 👩\u{200D}🌾!", "👩\u{200D}🌾"),
      Row(#""refusal":["^.$"]"#, "👨", "👨"),
      Row(#""prefixes":["no"]"# + everything, "\u{200B} \u{FF2E}o!", "\u{FF2E}o"),
    ]
  )
  func equal(_ row: Row) async throws {
    let verdict = try await KeywordBench.verdict(row.keys, row.response)
    #expect((verdict.outcome == .refusal) == (row.found != nil))
    #expect(
      verdict.evidence.map { Array(KeywordBench.quoted($0, in: row.response).unicodeScalars) }
        == (row.found.map { [Array($0.unicodeScalars)] } ?? [])
    )
  }

  @Test("a megabyte of marks on one letter is read in linear time, and what follows is found")
  func marks() async throws {
    let keys = #""phrases":["sorry"],"normalise":{"nfkc":true}"#
    let response = "a" + String(repeating: "\u{301}\u{323}", count: 1 << 18) + " sorry"
    let verdict = try await KeywordBench.verdict(keys, response)
    #expect(verdict.evidence == [Evidence(start: (1 << 19) + 2, length: 5, rule: "sorry")])
  }

  @Test("offsets hold behind what is left out and what grows")
  func offsets() async throws {
    let response = "\u{200B}\u{FB03}\u{301} 🧵 İ\u{200D}ı “so\u{AD}rry”"
    let keys = #""phrases":["\"sorry\""],"refusal":["s\\w+y"],"normalise":{"quotes":true,"nfkc":true,"invisible":true}"#
    let verdict = try await KeywordBench.verdict(keys, response)
    #expect(verdict.evidence.map { KeywordBench.quoted($0, in: response) } == ["“so\u{AD}rry”", "so\u{AD}rry"])
  }

  @Test("a text of many segments normalises as a whole does", arguments: [1, 2, 3])
  func segments(seed: Int) {
    var random = TestNumbers(seed: UInt64(seed))
    let pieces = [
      "e\u{301}", "\u{1100}\u{1161}\u{11A8}", "ｶﾞ", "ﬃ", "a", " ", "가\u{11A8}", "\u{FF29}", "한", "½", "\u{9C7}\u{9BE}",
    ]
    for _ in 0..<200 {
      let text = (0..<6).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let scalars = Array(text.unicodeScalars)
      #expect(Normalisation(nfkc: true).view(of: scalars, 0..<scalars.count).scalars == NFKC.normalised(scalars))
    }
  }
}
