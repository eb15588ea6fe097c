import Foundation
import JSON
import TestKit
import Testing
import Tokenization

/// The pieces that a pre-tokenizer cuts a text into: with an unknown token that is fused, every piece of unknown
/// characters is one token, so the pieces are shown through a vocabulary that knows all whole pieces and nothing else.
private func pieces(_ preTokenizer: JSONValue, of text: String, among candidates: [String]) async throws -> [String] {
  let vocabulary = JSONObject(candidates.enumerated().map { ($1, JSONValue.integer(Int64($0))) })
  let root: JSONValue = [
    "pre_tokenizer": preTokenizer,
    "model": ["type": "BPE", "ignore_merges": true, "vocab": .object(vocabulary), "merges": []],
  ]
  return try await Folders.temporary { folder in
    try Data(root.text().utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
    let tokenizer = try Tokenizer(folder: folder.path)
    return tokenizer.encode(text).compactMap { tokenizer.token($0) }
  }
}

/// Every stretch of a text, so that any piece is in the vocabulary.
private func stretches(_ text: String) -> [String] {
  let scalars = Array(text.unicodeScalars)
  var all: Set<ExactText> = []
  for start in scalars.indices {
    for end in (start + 1)...scalars.count {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[start..<end])
      all.insert(ExactText(String(view)))
    }
  }
  return all.sorted().map(\.text)
}

private func split(_ pattern: String, _ text: String, behavior: String = "Isolated", invert: Bool = false) async throws
  -> [String]
{
  try await pieces(
    ["type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": .string(behavior), "invert": .bool(invert)],
    of: text,
    among: stretches(text)
  )
}

@Suite("Splitting by patterns", .timeLimit(.minutes(10)))
struct SplitTests {
  @Test(
    "a pattern cuts where a regular expression of its kind matches",
    arguments: [
      ("a+", "baab", ["b", "aa", "b"]), ("a*b", "aabxb", ["aab", "x", "b"]), ("a?b", "aab", ["a", "ab"]),
      ("a{2}", "aaaaa", ["aa", "aa", "a"]), ("a{2,}", "aaaaa b", ["aaaaa", " b"]), ("a{1,2}", "aaa", ["aa", "a"]),
      ("a{,2}", "aaa", ["aa", "a"]), ("ab|a", "aba", ["ab", "a"]), ("a|ab", "ab", ["a", "b"]),
      ("(?:ab)?c", "abcc", ["abc", "c"]), ("(ab|a)c", "abcac", ["abc", "ac"]), (".", "a\nb", ["a", "\n", "b"]),
      (#"\s+(?!\S)|\s+"#, "a   b ", ["a", "  ", " ", "b", " "]), (#"\d(?=a)"#, "1a2b", ["1", "a2b"]),
      (#"\p{Lu}\p{Ll}*"#, "BeeHive x", ["Bee", "Hive", " x"]), (#"\P{L}+"#, "a12b", ["a", "12", "b"]),
      (#"\p{^L}+"#, "a12b", ["a", "12", "b"]), (#"[^\s\p{L}]+"#, "a, b!", ["a", ",", " b", "!"]),
      (#"[\S]+"#, "ab c", ["ab", " ", "c"]), (#"\w+"#, "a_1-é蜜", ["a_1", "-", "é蜜"]),
      (#"\W+"#, "a-+b", ["a", "-+", "b"]),
      (#"\D+"#, "1ab2", ["1", "ab", "2"]), ("[a-c]+", "abcd", ["abc", "d"]), ("[]a]+", "a]b", ["a]", "b"]),
      ("[a-]+", "a-b", ["a-", "b"]), (#"[\]\-\\]+"#, #"a]-\b"#, ["a", #"]-\"#, "b"]),
      ("[一-龥]+", "a蜜蜂b", ["a", "蜜蜂", "b"]),
      (#"\x41|\u0042|\x{43}"#, "ABCD", ["A", "B", "C", "D"]), (#"\n|\r|\t|\f|\v"#, "\n\r", ["\n", "\r"]),
      ("(?i:'s|k)", "'S'sKk\u{212A}'\u{17F}", ["'S", "'s", "K", "k", "\u{212A}", "'\u{17F}"]),
      ("a++b", "aab", ["aab"]), ("a++a", "baaa c", ["baaa c"]), ("a+a", "baaa c", ["b", "aaa", " c"]),
      ("x*", "ab", ["a", "b"]), ("x*", "axxb", ["a", "xx", "b"]),
      ("e\u{301}", "\u{E9}e\u{301}", ["\u{E9}", "e\u{301}"]),
    ]
  )
  func patterns(pattern: String, text: String, wanted: [String]) async throws {
    let found = try await split(pattern, text)
    #expect(found.map { ExactText($0) } == wanted.map { ExactText($0) })
  }

  @Test(
    "looks, anchors, loops, lazy and nested classes cut as the reference does",
    arguments: [
      ("(?<=a)b", "abb", ["a", "b", "b"]), ("(?<!a)b", "abb", ["ab", "b"]),
      ("(?<=a|cd)b", "abcdb", ["a", "b", "cd", "b"]),
      ("(ab)+", "ababab c", ["ababab", " c"]), (#"\bfoo\b"#, "a foo b", ["a ", "foo", " b"]),
      ("[a-z&&[^b]]+", "abcab", ["a", "b", "ca", "b"]), ("[[a-c]x]+", "abxd", ["abx", "d"]),
      (#"\p{Han}+"#, "a蜜蜂b", ["a", "蜜蜂", "b"]), ("[[:punct:]]+", "a!?$+^b", ["a", "!?$+^", "b"]),
      ("(?>a+)b", "aab", ["aab"]), ("a+?", "aaa", ["a", "a", "a"]), ("(?i)ab", "ABab", ["AB", "ab"]),
      ("^a", "a\na", ["a", "\n", "a"]), ("a$", "a\na\n", ["a", "\n", "a", "\n"]),
      (#"\R"#, "a\r\nb", ["a", "\r\n", "b"]),
      ("(?:a|b)*c", "abac", ["abac"]), ("(?m).+", "a\nb", ["a\nb"]), ("a{1,3}+b", "aaaab", ["aaaab"]),
      ("a{3}+", "aaaaaaaa", ["aaaaaa", "aa"]), ("a{2}?", "aaaa", ["aa", "aa"]), ("{a}", "{a}", ["{a}"]),
      ("a**", "aaa", ["aaa"]), ("(?#c)a", "ab", ["a", "b"]), (#"\h+"#, "xyz12fg", ["xyz", "12f", "g"]),
    ]
  )
  func furtherPatterns(pattern: String, text: String, wanted: [String]) async throws {
    let found = try await split(pattern, text)
    #expect(found.map { ExactText($0) } == wanted.map { ExactText($0) })
  }

  @Test(
    "patterns that explode in other engines take linear time, and match the same",
    arguments: [
      ("(a*b|a*c|a)", 1), ("(?:a|aa)+b", 1), ("(?:a+)+b", 1), ("a*a*a*a*a*b", 1), (#"(?=.*b)a"#, 1), (#"a+(?=b)"#, 1),
      (#"(?:a|a|a)*?c"#, 1), (#"[ab]{1,200}c"#, 1), ("a++b", 1), (#"(?<=a)(?:a?){20}b"#, 1), ("(?:a|b)*(?!.)", 1),
    ]
  )
  func explosive(pattern: String, least: Int) async throws {
    let text = String(repeating: "a", count: 3_000)
    let file: JSONValue = [
      "pre_tokenizer": [
        "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
      ],
      "model": ["type": "BPE", "vocab": ["a": 0], "merges": []],
    ]
    let tokenizer = try Tokenizer(bytes: Array(file.text().utf8), name: "made")
    #expect(tokenizer.encode(text).count == text.utf8.count)
  }

  @Test(
    "a match goes where the behaviour says",
    arguments: [
      ("Isolated", false, ["a", "-", "-", "b", "-"]), ("Removed", false, ["a", "b"]),
      ("MergedWithPrevious", false, ["a-", "-", "b-"]), ("MergedWithNext", false, ["a", "-", "-b", "-"]),
      ("Contiguous", false, ["a", "--", "b", "-"]), ("Removed", true, ["-", "-", "-"]),
    ]
  )
  func behaviors(behavior: String, invert: Bool, wanted: [String]) async throws {
    #expect(try await split("-", "a--b-", behavior: behavior, invert: invert) == wanted)
  }

  @Test("a literal pattern means its characters")
  func literal() async throws {
    let found = try await pieces(
      ["type": "Split", "pattern": ["String": "a.(b"], "behavior": "Isolated"],
      of: "xa.(by aXb",
      among: stretches("xa.(by aXb")
    )
    #expect(found == ["x", "a.(b", "y aXb"])
  }

  @Test(
    "a pattern that is not supported is refused with its place",
    arguments: [
      ("(a", "character 3"), ("a)", "character 2"), ("(a*)+", "may be empty"), ("(ab)++", "possessive"),
      ("(?<=a+)b", "varying length"), ("(?>ab)c", "atomic"), ("(?~a)", "kind of group"), ("(?x)a", "option"),
      ("[a", "not closed"), ("[b-a]", "range"), ("[[a]", "not closed"), ("[[:odd:]]", "[:odd:]"),
      (#"\q"#, #"escape \q"#),
      (#"\1"#, #"escape \1"#), (#"\p{Odd}"#, "category \"Odd\""), (#"\pL"#, "expected {…}"), (#"\x4"#, "code point"),
      (#"\"#, "backslash"), ("*a", "\"*\""), ("^+", "anchor"), ("(a{1000}){1000}", "too large"),
      ("(?=a)+", "look-ahead"), (String(repeating: "(", count: 60), "deeper"),
    ]
  )
  func refused(pattern: String, part: String) async throws {
    let error = await #expect(throws: TokenizerError.self) { try await split(pattern, "a") }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
    #expect(error?.description.contains("of the pattern") == true)
  }

  @Test("digits are cut singly or in runs", arguments: [(true, ["a", "1", "2", "b"]), (false, ["a", "12", "b"])])
  func digits(individual: Bool, wanted: [String]) async throws {
    let found = try await pieces(
      ["type": "Digits", "individual_digits": .bool(individual)],
      of: "a12b",
      among: stretches("a12b")
    )
    #expect(found == wanted)
  }

  @Test(
    "the mark for spaces is put before words as its scheme says",
    arguments: [
      ("always", true, ["_a", "_", "_b"]), ("first", true, ["_a", "_", "_b"]), ("never", true, ["a", "_", "_b"]),
      ("always", false, ["_a__b"]),
    ]
  )
  func metaspace(scheme: String, splits: Bool, wanted: [String]) async throws {
    let found = try await pieces(
      ["type": "Metaspace", "replacement": "_", "prepend_scheme": .string(scheme), "split": .bool(splits)],
      of: "a  b",
      among: stretches("_a__b")
    )
    #expect(found == wanted)
  }
}
