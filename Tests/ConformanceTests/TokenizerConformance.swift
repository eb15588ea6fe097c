import Foundation
import JSON
import TestKit
import Testing
import Tokenization

/// The packs with how many cases each has, so that a pack that is read in part does not pass.
private let packs: [(name: String, vectors: Int)] = [
  ("gpt-2", 422), ("llama-bpe", 454), ("llama-spm", 440), ("metaspace-public", 416), ("qwen2", 441),
  ("smol-public", 420),
]

@Suite(
  "Tokenizers against the reference",
  .enabled(if: Folders.shared != nil, "the pack was skipped because ../shared is absent"),
  .timeLimit(.minutes(10))
)
struct TokenizerConformance {
  private static func lines(_ file: URL) throws -> [JSONValue] {
    try Gunzip.contents(of: file).split(separator: 0x0A).enumerated().map { at, line in
      try JSONDocument.parse(Array(line), name: "\(file.lastPathComponent):\(at + 1)").root
    }
  }

  private static func folder(_ name: String) throws -> URL {
    try #require(Folders.shared).appendingPathComponent("conformance/tokenizers/\(name)")
  }

  /// Reads a pack's tokenizer, expanded beside the test if it is stored compressed.
  private static func tokenizer(_ folder: URL) async throws -> Tokenizer {
    let file = folder.appendingPathComponent("tokenizer.json")
    if FileManager.default.fileExists(atPath: file.path) { return try Tokenizer(file: file.path) }
    return try await Folders.temporary { temporary in
      let expanded = temporary.appendingPathComponent("tokenizer.json")
      try Data(Gunzip.contents(of: file)).write(to: expanded)
      return try Tokenizer(file: expanded.path)
    }
  }

  private static func ids(_ value: JSONValue?) -> [Int32]? {
    value?.array?.compactMap { $0.integer.map { Int32($0) } }
  }

  /// Notes a difference; texts are compared by their bytes.
  private static func difference(_ what: String, _ found: String, _ wanted: String?) -> String? {
    guard let wanted else { return "\(what): the case has no such text" }
    return found.utf8.elementsEqual(wanted.utf8)
      ? nil : "\(what): \(found.debugDescription), not \(wanted.debugDescription)"
  }

  private static func difference(_ what: String, _ found: [Int32], _ wanted: [Int32]?) -> String? {
    found == wanted ? nil : "\(what): \(found.prefix(40)), not \((wanted ?? []).prefix(40))"
  }

  @Test("a pack encodes and decodes as the reference does, also ids that no text gives", arguments: packs)
  func pack(name: String, vectors: Int) async throws {
    let folder = try Self.folder(name)
    let tokenizer = try await Self.tokenizer(folder)
    let cases = try Self.lines(folder.appendingPathComponent("vectors.jsonl"))
    #expect(cases.count == vectors)
    var failed = 0
    for (number, entry) in cases.enumerated() {
      let text = try #require(entry["text"]?.string)
      let ids = try #require(Self.ids(entry["ids"]))
      let decoded = entry["decoded"]?.string
      let differences = [
        Self.difference("ids", tokenizer.encode(text), ids),
        Self.difference(
          "ids_with_special",
          tokenizer.encode(text, addSpecialTokens: true),
          Self.ids(entry["ids_with_special"]) ?? ids
        ),
        Self.difference(
          "ids_specials_as_text",
          tokenizer.encode(text, specialsAsText: true),
          Self.ids(entry["ids_specials_as_text"]) ?? ids
        ),
        Self.difference("decoded", try tokenizer.decode(ids, skipSpecialTokens: false), decoded),
        Self.difference(
          "decoded_skip_special",
          try tokenizer.decode(ids, skipSpecialTokens: true),
          entry["decoded_skip_special"]?.string ?? decoded
        ),
      ].compactMap { $0 }
      guard !differences.isEmpty else { continue }
      failed += 1
      if failed <= 5 {
        Issue.record(
          "vector \(number + 1), \(text.prefix(80).debugDescription): \(differences.joined(separator: "; "))"
        )
      }
    }
    #expect(failed == 0, "\(failed) of \(cases.count) vectors differ")
    try Self.checkDecoding(tokenizer, folder)
  }

  /// Cuts inside characters and random ids.
  private static func checkDecoding(_ tokenizer: Tokenizer, _ folder: URL) throws {
    let cases = try lines(folder.appendingPathComponent("decode.jsonl"))
    #expect(cases.count > 20)
    var failed = 0
    for (number, entry) in cases.enumerated() {
      let given = try #require(ids(entry["ids"]))
      let decoded = entry["decoded"]?.string
      let differences = [
        difference("decoded", try tokenizer.decode(given, skipSpecialTokens: false), decoded),
        difference(
          "decoded_skip_special",
          try tokenizer.decode(given, skipSpecialTokens: true),
          entry["decoded_skip_special"]?.string ?? decoded
        ),
      ].compactMap { $0 }
      guard !differences.isEmpty else { continue }
      failed += 1
      if failed <= 5 { Issue.record("case \(number + 1), \(given.prefix(20)): \(differences.joined(separator: "; "))") }
    }
    #expect(failed == 0, "\(failed) of \(cases.count) cases differ")
  }
}
