import Foundation
import TestKit
import Testing
import Tokenization

/// Reads a tokenizer from the text of its parts.
private func tokenizer(
  vocabulary: String = #"{"a": 0, "b": 1, "ab": 2, "c": 3, "<u>": 4}"#,
  merges: String = #"[["a", "b"]]"#,
  model: String = "",
  rest: String = ""
) async throws -> Tokenizer {
  try await tokenizer(
    file: """
      {"model": {"type": "BPE", \(model)
      "vocab": \(vocabulary),
      "merges": \(merges)}\(rest)}
      """
  )
}

private func tokenizer(file text: String) async throws -> Tokenizer {
  try await Folders.temporary { folder in
    try Data(text.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
    return try Tokenizer(folder: folder.path)
  }
}

@Suite("Files of tokenizers", .timeLimit(.minutes(10)))
struct TokenizerFileTests {
  @Test(
    "a broken file gives an error with its place",
    arguments: [
      ("{", "tokenizer.json:1:"),
      ("[1]", "tokenizer.json:1:1"),
      ("{}", "tokenizer.json:1:1: model.type: expected a string, found null"),
      (
        #"{"model": {"type": "Bigram"}}"#,
        "1:20: model.type: the model type \"Bigram\" is not supported; supported: BPE"
      ),
      ("{\"model\": {\"type\": \"BPE\",\n\"vocab\": []}}", ":2:10: model.vocab: expected an object of ids"),
      ("{\"model\": {\"type\": \"BPE\",\n\"vocab\": {\"a\": -1}}}", ":2:16: model.vocab.a: expected an id from 0"),
      (
        "{\"model\": {\"type\": \"BPE\",\n\"vocab\": {\"a\": 99999999999}}}",
        ":2:16: model.vocab.a: expected an id from 0"
      ),
      (
        "{\"model\": {\"type\": \"BPE\",\n\"vocab\": {\"a\": 1, \"b\": 1}}}",
        ":2:24: model.vocab.b: id 1 belongs to \"a\" too"
      ),
      (
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0},\n\"merges\": [[\"a\"]]}}",
        ":2:12: model.merges[0]: expected a pair"
      ),
      (
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0},\n\"merges\": [\"a a\"]}}",
        ":2:12: model.merges[0]: \"a\" and \"a\" or what"
      ),
      (
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0},\n\"merges\": 5}}",
        ":2:11: model.merges: expected a list, found a number"
      ),
      (
        #"{"model": {"type": "BPE", "vocab": {}, "unk_token": "<u>"}}"#,
        "model.unk_token: \"<u>\" is not in the vocabulary"
      ),
      (#"{"model": {"type": "BPE", "vocab": {}, "dropout": 0.5}}"#, "model.dropout: is not supported"),
      (#"{"model": {"type": "BPE", "vocab": {}, "byte_fallback": 1}}"#, "model.byte_fallback: expected true or false"),
      (#"{"normalizer": {"type": "Rhyme"}}"#, "normalizer.type: the normalizer \"Rhyme\" is not supported"),
      (
        #"{"normalizer": {"type": "Replace", "pattern": {}, "content": ""}}"#,
        "1:47: normalizer.pattern: expected {\"Regex\""
      ),
      (
        #"{"normalizer": {"type": "Replace", "pattern": {"Regex": "a("}, "content": ""}}"#,
        "1:57: normalizer.pattern.Regex: at character 3 of the pattern: a group is not closed"
      ),
      (#"{"pre_tokenizer": {"type": "Bert"}}"#, "the pre-tokenizer \"Bert\" is not supported"),
      (
        #"{"pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "no"}}"#,
        "\"no\" is not one of always"
      ),
      (
        #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}}"#,
        "1:58: pre_tokenizer.pattern.Regex: at character 3 of the pattern: a group is not closed"
      ),
      (
        #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Odd"}}"#,
        "pre_tokenizer.behavior: \"Odd\" is not one of Isolated"
      ),
      (#"{"model": {"type": "BPE", "vocab": {}}, "decoder": {"type": "Odd"}}"#, "the decoder \"Odd\" is not supported"),
      (
        #"{"model": {"type": "BPE", "vocab": {}}, "decoder": {"type": "Strip", "content": "", "start": 0, "stop": 0}}"#,
        "expected one character"
      ),
      (
        #"{"model": {"type": "BPE", "vocab": {}}, "added_tokens": [{"id": 0, "content": ""}]}"#,
        "added_tokens[0].content: an added token cannot be empty"
      ),
      (
        #"{"model": {"type": "BPE", "vocab": {}}, "added_tokens": [{"id": -1, "content": "x"}]}"#,
        "added_tokens[0].id: expected a whole number from 0, found -1"
      ),
      (
        #"{"model": {"type": "BPE", "vocab": {}}, "post_processor": {"type": "Bert"}}"#,
        "the post-processor \"Bert\" is not supported"
      ),
      (
        #"{"model": {"type": "BPE", "vocab": {}}, "post_processor": {"type": "TemplateProcessing", "single": [{}]}}"#,
        "post_processor.single[0].SpecialToken.id: expected a string, found null"
      ),
    ]
  )
  func broken(text: String, part: String) async throws {
    let error = await #expect(throws: TokenizerError.self) { try await tokenizer(file: text) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
    #expect(error?.description.contains("tokenizer.json") == true)
  }

  @Test("a file that is not there is named")
  func absent() async throws {
    try await Folders.temporary { folder in
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: folder.path) }
      #expect(error?.description.contains("tokenizer.json: cannot be opened") == true)
    }
  }

  @Test("without a byte alphabet a character is a symbol, and what is unknown becomes the unknown token")
  func characters() async throws {
    let plain = try await tokenizer(model: #""unk_token": "<u>","#)
    #expect(plain.encode("abcxxab") == [2, 3, 4, 4, 2])
    let fused = try await tokenizer(model: #""unk_token": "<u>", "fuse_unk": true,"#)
    #expect(fused.encode("abcxxab") == [2, 3, 4, 2])
    let silent = try await tokenizer()
    #expect(silent.encode("abcxxab") == [2, 3, 2])
    #expect(try silent.decode([2, 3], skipSpecialTokens: true) == "ab c")
  }

  @Test("a whole piece of the vocabulary wins where merges are to be ignored")
  func ignoresMerges() async throws {
    let vocabulary = #"{"a": 0, "b": 1, "c": 2, "abc": 3}"#
    #expect(try await tokenizer(vocabulary: vocabulary, merges: "[]").encode("abc") == [0, 1, 2])
    #expect(
      try await tokenizer(vocabulary: vocabulary, merges: "[]", model: #""ignore_merges": true,"#).encode("abc") == [3]
    )
  }

  @Test("the lowest rank is merged first, in short pieces and in long ones", arguments: [1, 10, 40])
  func ranks(repeats: Int) async throws {
    let found = try await tokenizer(
      vocabulary: #"{"a": 0, "b": 1, "ab": 2, "c": 3, "bc": 4, "abab": 5}"#,
      merges: #"["b c", "a b", "ab ab"]"#
    ).encode(String(repeating: "abcabab", count: repeats))
    #expect(found == Array(repeatElement([0, 4, 5], count: repeats).joined()))
  }

  @Test("pieces of any length merge as the plain loop does", arguments: [1, 2, 3, 4])
  func plainLoop(seed: UInt64) async throws {
    var numbers = TestNumbers(seed: seed)
    // Merges of tokens that are there by then, in a random order of ranks.
    var tokens = ["a", "b", "c"]
    var merges: [(left: String, right: String)] = []
    while merges.count < 40 {
      let left = tokens[Int.random(in: 0..<tokens.count, using: &numbers)]
      let right = tokens[Int.random(in: 0..<tokens.count, using: &numbers)]
      guard left.count + right.count < 8, !merges.contains(where: { $0 == (left, right) }) else { continue }
      merges.append((left, right))
      if !tokens.contains(left + right) { tokens.append(left + right) }
    }
    merges.shuffle(using: &numbers)
    let tokenizer = try await tokenizer(
      vocabulary: "{\(tokens.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", "))}",
      merges: "[\(merges.map { "\"\($0.left) \($0.right)\"" }.joined(separator: ", "))]"
    )
    for length in [1, 2, 5, 47, 48, 49, 50, 120, 300] {
      var symbols = (0..<length).map { _ in ["a", "b", "c"][Int.random(in: 0..<3, using: &numbers)] }
      let text = symbols.joined()
      for _ in 0..<length {
        let pairs = symbols.indices.dropLast().compactMap { at in
          merges.firstIndex { $0 == (symbols[at], symbols[at + 1]) }.map { (rank: $0, at: at) }
        }
        guard let best = pairs.min(by: { ($0.rank, $0.at) < ($1.rank, $1.at) }) else { break }
        let right = symbols.remove(at: best.at + 1)
        symbols[best.at] += right
      }
      #expect(tokenizer.encode(text).map { tokenizer.token($0) } == symbols, "\(text)")
    }
  }

  @Test("a character without a token falls back to its bytes, which decode together")
  func byteFallback() async throws {
    let tokenizer = try await tokenizer(
      vocabulary: #"{"a": 0, "<0xC3>": 1, "<0xA9>": 2}"#,
      merges: "[]",
      model: #""byte_fallback": true,"#,
      rest: #", "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]}"#
    )
    #expect(tokenizer.encode("aéa") == [0, 1, 2, 0])
    #expect(tokenizer.encode("蜜") == [])
    #expect(try tokenizer.decode([0, 1, 2, 0], skipSpecialTokens: false) == "aéa")
    #expect(try tokenizer.decode([0, 1, 1, 0], skipSpecialTokens: false) == "a\u{FFFD}\u{FFFD}a")
  }

  @Test(
    "a normaliser changes the text before anything looks at it",
    arguments: [
      (#"{"type": "NFC"}"#, "e\u{301}", "\u{E9}"), (#"{"type": "NFD"}"#, "\u{E9}", "e\u{301}"),
      (#"{"type": "NFKC"}"#, "\u{FB01}", "fi"), (#"{"type": "NFKD"}"#, "\u{FB01}", "fi"),
      (#"{"type": "Lowercase"}"#, "ÉA", "éa"), (#"{"type": "Prepend", "prepend": "_"}"#, "a", "_a"),
      (#"{"type": "Prepend", "prepend": "_"}"#, "", ""),
      (#"{"type": "Replace", "pattern": {"String": " "}, "content": "__"}"#, "a  b", "a____b"),
      (#"{"type": "Strip", "strip_left": true, "strip_right": false}"#, "  a ", "a "),
      (#"{"type": "Strip"}"#, "\n a \u{3000}", "a"),
      (#"{"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "Strip"}]}"#, " A", "a"),
    ]
  )
  func normalizer(part: String, text: String, wanted: String) async throws {
    // Every character of the results is a token of its own, so that decoding shows the normalised text.
    let characters = "aefib_ É\u{E9}\u{301}\u{FB01}".unicodeScalars.enumerated().map { "\"\($1)\": \($0)" }
    let tokenizer = try await tokenizer(
      vocabulary: "{\(characters.joined(separator: ", "))}",
      merges: "[]",
      rest: #", "normalizer": \#(part), "decoder": {"type": "Fuse"}"#
    )
    let found = try tokenizer.decode(tokenizer.encode(text), skipSpecialTokens: false)
    #expect(found.utf8.elementsEqual(wanted.utf8), "\(found.debugDescription)")
  }

  @Test(
    "added tokens take the white space they ask for and stand alone if they must",
    arguments: [
      (#""lstrip": true"#, "a  <x> b", ["a", "<x>", " ", "b"]),
      (#""rstrip": true"#, "a <x>  b", ["a", " ", "<x>", "b"]),
      (#""single_word": true"#, "a<x>b <x>", ["a", "<", "x", ">", "b", " ", "<x>"]),
      (#""special": true"#, "<x><x>a", ["<x>", "<x>", "a"]), (#""normalized": true"#, "a<x>", ["a", "<x>"]),
    ]
  )
  func added(option: String, text: String, tokens: [String]) async throws {
    let tokenizer = try await tokenizer(
      vocabulary: #"{"a": 0, "b": 1, " ": 2, "<": 3, "x": 4, ">": 5}"#,
      merges: "[]",
      rest: #", "added_tokens": [{"id": 6, "content": "<x>", \#(option)}]"#
    )
    #expect(tokenizer.encode(text).map { tokenizer.token($0) } == tokens)
    #expect(tokenizer.vocabularySize == 7)
  }

  @Test("the post-processor's tokens stand before and after a text")
  func postProcessor() async throws {
    let tokenizer = try await tokenizer(
      rest: #"""
        , "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
        "special_tokens": {"<s>": {"ids": [8]}, "</s>": {"ids": [9, 7]}}}]}
        """#
    )
    #expect(tokenizer.encode("ab") == [2])
    #expect(tokenizer.encode("ab", addSpecialTokens: true) == [8, 2, 9, 7])
    #expect(tokenizer.encode("", addSpecialTokens: true) == [8, 9, 7])
  }

  @Test(
    "decoders write spaces for their marks",
    arguments: [
      (#"{"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"}"#, "a b"),
      (#"{"type": "Metaspace", "replacement": "_", "prepend_scheme": "never"}"#, " a b"),
      (
        #"{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "_"}, "content": " "}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 1}]}"#,
        "a b"
      ),
    ]
  )
  func decoders(part: String, text: String) async throws {
    let tokenizer = try await tokenizer(
      vocabulary: #"{"_a": 0, "_b": 1}"#,
      merges: "[]",
      rest: #", "decoder": \#(part)"#
    )
    #expect(try tokenizer.decode([0, 1], skipSpecialTokens: false) == text)
  }
}
