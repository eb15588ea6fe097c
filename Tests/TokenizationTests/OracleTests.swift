import Foundation
import JSON
import TestKit
import Testing
import Tokenization

@Suite("Tokenizers of every kind against the reference library", .timeLimit(.minutes(10)))
struct OracleTests {
  /// Made by `Tests/Oracles/tokenizers/make.py`.
  private static func entries() throws -> [JSONValue] {
    let file = Folders.root.appendingPathComponent("Tests/Oracles/tokenizers/tokenizers.json")
    return try #require(try JSONDocument.read(file: file.path).root["entries"]?.array)
  }

  private static func ids(_ value: JSONValue?) -> [Int32]? { value?.array?.compactMap { $0.integer.map { Int32($0) } } }

  @Test("ids and texts are those of the library for every normaliser, splitter, model, decoder and post-processor")
  func entries() throws {
    let entries = try Self.entries()
    #expect(entries.count == 35)
    for entry in entries {
      let name = try #require(entry["name"]?.string)
      let source = try #require(entry["tokenizer"]?.string)
      let tokenizer = try Tokenizer(bytes: Array(source.utf8), name: name)
      let cases = try #require(entry["cases"]?.array)
      #expect(cases.count == 10)
      for entry in cases {
        let text = try #require(entry["text"]?.string)
        let shown = "\(name): \(text.debugDescription)"
        #expect(tokenizer.encode(text) == Self.ids(entry["ids"]), "\(shown)")
        #expect(tokenizer.encode(text, addSpecialTokens: true) == Self.ids(entry["with"]), "\(shown) with specials")
        #expect(tokenizer.encode(text, specialsAsText: true) == Self.ids(entry["asText"]), "\(shown) specials as text")
        let ids = try #require(Self.ids(entry["decode"]))
        for (key, skips) in [("decoded", false), ("skipped", true)] {
          let found = try tokenizer.decode(ids, skipSpecialTokens: skips)
          let wanted = try #require(entry[key]?.string)
          #expect(
            found.utf8.elementsEqual(wanted.utf8),
            "\(name), \(ids): \(found.debugDescription), not \(wanted.debugDescription)"
          )
        }
      }
    }
  }

  @Test("a damaged file is read or refused with its name and a place, and what is read can be used", arguments: 0..<8)
  func damaged(seed: Int) throws {
    var numbers = TestNumbers(seed: UInt64(seed))
    let sources = try Self.entries().compactMap { $0["tokenizer"]?.string }.map { Array($0.utf8) }
    let pieces = [
      "null", "-1", "99999999", "{}", "[]", "\"\"", "1e999", "\"a\"", "[[\"a\",\"q\"]]", "true", "\"(a\"", ",",
      "\"Sequence\"",
    ]
    for _ in 0..<40 {
      var bytes = sources[Int(numbers.next() % UInt64(sources.count))]
      for _ in 0...(numbers.next() % 3) {
        // Values are replaced whole, so that the text often stays JSON.
        let starts = bytes.indices.filter { bytes[$0] == 0x3A || bytes[$0] == 0x5B }
        guard !starts.isEmpty else { break }
        let start = starts[Int(numbers.next() % UInt64(starts.count))] + 1
        let end = bytes[start...].firstIndex { [0x2C, 0x5D, 0x7D].contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Array(pieces[Int(numbers.next() % UInt64(pieces.count))].utf8))
      }
      do {
        let tokenizer = try Tokenizer(bytes: bytes, name: "damaged.json")
        let ids = tokenizer.encode("Ysolt's comb <s>蜜 e\u{301}\r\n 12", addSpecialTokens: true)
        _ = try? tokenizer.decode(ids, skipSpecialTokens: true)
      } catch { #expect("\(error)".hasPrefix("damaged.json:"), "\(error)") }
    }
  }

  @Test("sequences nested without end are refused")
  func nested() {
    for (key, list) in [("normalizer", "normalizers"), ("pre_tokenizer", "pretokenizers"), ("decoder", "decoders")] {
      let open = String(repeating: "{\"type\": \"Sequence\", \"\(list)\": [", count: 60)
      let text =
        "{\"\(key)\": \(open)\(String(repeating: "]}", count: 60)), \"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}"
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(bytes: Array(text.utf8), name: "deep.json") }
      #expect(error?.description.contains("nested deeper than 20") == true)
    }
  }
}
