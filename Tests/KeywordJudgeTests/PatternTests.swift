import Foundation
import TestKit
import Testing

@testable import KeywordJudge

@Suite("Patterns", .timeLimit(.minutes(10)))
struct PatternTests {
  private static let texts = [
    "", "a", "b", "ab", "aab", "aaab", "abc", "xabcabc", "ABC", "I can't help", " I can't help", "sorry, I'm sorry",
    "no, I won't.", "x sorry", "unsorry", "sorry\n", "first\nsecond", "tab\there", "7 bells and 12 ropes", "a_b-c",
    "[x]",
    "été à Noël", "ÉTÉ", "Straße", "a.b", "a+b", "(paren)", "{2}", "cannot cannot", "-", "]", "^", "\\", "αβγ ΑΒΓ",
    "\r\n", "bell\r\n", "bell\r", "\n\n",
  ]

  private static let patterns = [
    "a", "abc", "a*", "a+", "a?b", "a*b", "a+?b", "a{2}", "a{2,}", "a{1,2}b", "a{0}b", "(a|b)c", "(?:a|b)+c", "a|b|c",
    "(a*)*b",
    "(a|aa)+$", "^a", "c$", "^$", "^", "$", "sorry$", "^second", "\\bsorry", "sorry\\b", "\\bsorry\\b", "\\Bsorry",
    "\\bI (?:can't|won't)\\b",
    "\\b", "\\B", "\\d+", "\\D", "\\w+", "\\W", "\\s", "\\S+", "[abc]+", "[^abc]", "[a-c]{3}", "[\\d-]+", "[-a]",
    "[a-]", "[]x]", "[^]x]",
    "[\\]]", "[\\w.]+", "\\.", "\\+", "\\(paren\\)", "\\\\", "\\t", "\\r\\n", "é", "[à-ü]+", "no.*won't", ".", ".+",
    "s.r", "(can)(not)", "((a)(b))",
    "(?:)", "a(?:)b", "x?y?z?", "(?:ab)*c", "(?:ab|abc)abc", "(^| )I",
    "(sorry|cannot).*\\1?".replacingOccurrences(of: "\\1?", with: ""), "β", "\\-",
    "\\/", "(?:a?){3}b", "(?:a*)+b", "\\bx|\\bs",
  ]

  struct Row: Sendable, CustomTestStringConvertible {
    let pattern: String
    let ignoresCase: Bool
    var testDescription: String { "/\(pattern)/\(ignoresCase ? "i" : "")" }
  }

  private static let rows = patterns.flatMap {
    [Row(pattern: $0, ignoresCase: false), Row(pattern: $0, ignoresCase: true)]
  }

  @Test("a pattern matches where NSRegularExpression's does", arguments: rows)
  func oracle(_ row: Row) throws {
    let reference = try NSRegularExpression(pattern: row.pattern, options: row.ignoresCase ? [.caseInsensitive] : [])
    let pattern = try Pattern(row.pattern, letterCase: row.ignoresCase ? .fold : .sensitive)
    for text in Self.texts {
      let found = reference.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count))
      let match = pattern.firstMatch(in: Array(text.unicodeScalars), atStart: false)
      #expect(match?.lowerBound == found?.range.location, "in \(text.debugDescription)")
      if let match, let found { #expect(match.count >= found.range.length, "in \(text.debugDescription)") }
      let anchored = reference.firstMatch(
        in: text,
        options: [.anchored],
        range: NSRange(location: 0, length: text.utf16.count)
      )
      let start = pattern.firstMatch(in: Array(text.unicodeScalars), atStart: true)
      #expect((start == nil) == (anchored == nil), "at the start of \(text.debugDescription)")
      if let start { #expect(start.lowerBound == 0) }
    }
  }

  @Test(
    "of the matches that start first the longest counts",
    arguments: [("a|ab", "xab", 1..<3), ("a*", "aab", 0..<2), ("b|abcd", "abcd", 0..<4), ("a+?", "aaa", 0..<3)]
  )
  func longest(pattern: String, text: String, range: Range<Int>) throws {
    #expect(
      try Pattern(pattern, letterCase: .sensitive).firstMatch(in: Array(text.unicodeScalars), atStart: false) == range
    )
  }

  @Test(
    "patterns that ruin a backtracking matcher take linear time",
    arguments: ["(a*)*b", "(a|aa)+b", "(a+)+b", "a*a*a*a*a*b", "(?:a?){20}a{20}b"]
  )
  func adversarial(pattern: String) throws {
    let count = pattern == "(a*)*b" ? 100_000 : 20_000
    let text = [Unicode.Scalar](repeating: "a", count: count)
    let compiled = try Pattern(pattern, letterCase: .sensitive)
    #expect(compiled.firstMatch(in: text, atStart: false) == nil)
    #expect(compiled.firstMatch(in: text + ["b"], atStart: false)?.upperBound == count + 1)
  }

  @Test("a class of many ranges is compared with every character there is in time, a larger one is refused")
  func manyRanges() throws {
    func pattern(_ count: UInt32) -> String {
      let ranges = (0..<count).compactMap { number -> String? in
        guard let low = Unicode.Scalar(0x1_0000 + 4 * number), let high = Unicode.Scalar(0x1_0001 + 4 * number) else {
          return nil
        }
        return "\(low)-\(high)"
      }
      return "[\(ranges.joined())]!"
    }
    let compiled = try Pattern(pattern(2000 - 1), letterCase: .fold)
    let text = (0x2_0000..<0x5_0000).compactMap(Unicode.Scalar.init) + ["\u{10005}", "!"]
    #expect(compiled.firstMatch(in: text, atStart: false) == 0x3_0000..<0x3_0002)
    let problem = "it is too large: 2002 different characters, ranges and classes (at most 2000)"
    #expect(throws: PatternError(problem: problem)) { try Pattern(pattern(2001), letterCase: .fold) }
  }

  @Test(
    "what is not understood is refused with its place",
    arguments: [
      ("(", "missing ) at character 2"), (")", "unmatched ) at character 1"), ("[a", "missing ] at character 1"),
      ("*a", "nothing to repeat at character 1"), ("a{2", "expected {m}, {m,} or {m,n} at character 2"),
      ("a{3,2}", "bad count (at most 1000) at character 2"), ("a{5000}", "bad count (at most 1000) at character 2"),
      ("\\", "a \\ stands at the end at character 2"), ("(a)\\1", "the escape \\1 is not supported at character 6"),
      ("(?=a)", "only groups of the form (?:…) and (…) are supported at character 3"),
      ("\\q", "the escape \\q is not supported at character 3"), ("[z-a]", "a range must go upwards at character 3"),
      ("(a{1000}){1000}", "it is too large: its repetitions multiply"),
      ("(?:(?:(?:){1000}){1000}){1000}", "it is too large: its repetitions multiply"),
      ("a{+3}", "expected {m}, {m,} or {m,n} at character 2"),
      ("\\xZ1", "expected 2 hexadecimal digits of a character at character 3"),
      ("\\uD800", "expected 4 hexadecimal digits of a character at character 3"),
      ("a{1000}{5}", "it is too large: 5000 places for a character (at most 4000)"),
      ("a" + String(repeating: "+", count: 200), "too many signs of repetition at character 101"),
      (
        "(?:ab|b)*a(?:ab|b){60}c",
        "it is too expensive: 372 steps for each character of a response (at most 200); write fewer or smaller counts"
      ),
      (String(repeating: "(", count: 300), "groups nested too deep at character 100"),
    ]
  )
  func refused(pattern: String, problem: String) {
    #expect(throws: PatternError(problem: problem)) { try Pattern(pattern, letterCase: .fold) }
  }

  @Test("no pattern and no text break it", arguments: [1, 2, 3, 4])
  func fuzz(seed: UInt64) {
    var numbers = TestNumbers(seed: seed)
    let pieces = [
      "a", "b", "(", "(?:", ")", "[", "]", "[^", "-", "|", "*", "+", "?", "{", "}", "{2}", "{1,3}", "{0}", "{70}", ",",
      "^",
      "$", ".", "\\", "\\b", "\\B", "\\w", "\\W", "\\u", "\\x41", "0", "9", "é", "\u{301}", "🧵", "\u{0}", "\n", "ſ",
    ]
    func word(_ most: Int) -> String {
      (0..<Int(numbers.next() % UInt64(most))).map { _ in pieces[Int(numbers.next() % UInt64(pieces.count))] }.joined()
    }
    var usable = 0
    for _ in 0..<4000 {
      let source = word(10)
      guard let pattern = try? Pattern(source, letterCase: numbers.next() % 2 == 0 ? .fold : .sensitive) else {
        continue
      }
      usable += 1
      let text = Array(word(30).unicodeScalars)
      let match = pattern.firstMatch(in: text, atStart: false)
      if let match { #expect(match.lowerBound >= 0 && match.upperBound <= text.count, "\(source.debugDescription)") }
      let start = pattern.firstMatch(in: text, atStart: true)
      #expect(start == nil || match?.lowerBound == 0, "\(source.debugDescription)")
      if start != nil { #expect(start == match, "\(source.debugDescription)") }
      // What begins later is found by refusing all that begins before.
      if let match, match.lowerBound < text.count {
        let later = pattern.firstMatch(in: text, atStart: false) { $0 > match.lowerBound }
        #expect(later.map { $0.lowerBound > match.lowerBound } ?? true, "\(source.debugDescription)")
      }
    }
    #expect(usable > 500)
  }

  @Test("an empty pattern matches at once")
  func empty() throws {
    #expect(
      try Pattern("", letterCase: .sensitive).firstMatch(in: Array("bell".unicodeScalars), atStart: false) == 0..<0
    )
  }
}
