import ChatTemplates
import Foundation
import JSON
import TestKit
import Testing
import Tokenization

@Suite("Fuzz: tokenizers and templates", Fuzz.limit)
struct TokenizerFuzz {
  private static func strings(_ file: String, _ list: String, _ key: String) throws -> [[UInt8]] {
    let path = Folders.root.appendingPathComponent("Tests/Oracles/\(file)").path
    return try #require(try JSONDocument.read(file: path).root[list]?.array).compactMap {
      $0[key]?.string.map { Array($0.utf8) }
    }
  }

  @Test("a damaged tokenizer.json is read or refused with its place, and what is read encodes and decodes any text")
  func files() async throws {
    let sources = try Self.strings("tokenizers/tokenizers.json", "entries", "tokenizer")
    let pieces =
      Nasty.pieces + [
        "Sequence", "Regex", "\"(a*)+\"", "\"\\\\p{Han}+\"", "\"[^\\\\s&&\\\\w]\"", "-1", "[[\"a\",\"b\"]]",
        "{\"type\":\"NFKC\"}",
      ]
    try await Fuzz.run("tokenizer files", iterations: 400) { numbers in
      numbers.mutated(numbers.pick(sources), dictionary: pieces)
    } _: { bytes in
      do {
        let tokenizer = try Tokenizer(bytes: bytes, name: "x.json")
        for text in ["", "Ysolt's comb <s>蜜\u{301}\r\n 12", Nasty.pieces.joined(separator: " ")] {
          let ids = tokenizer.encode(text, addSpecialTokens: false, specialsAsText: true)
          if tokenizer.encode(text, specialsAsText: true) != ids { return "encodes differently the second time" }
          _ = try? tokenizer.decode(ids, skipSpecialTokens: true)
        }
        return nil
      } catch let error as TokenizerError { return "\(error)".hasPrefix("x.json:") ? nil : "no place: \(error)" }
    }
  }

  @Test("a damaged template renders or fails with line and column, within the sandbox")
  func templates() async throws {
    let sources = try Self.strings("templates/templates.json", "cases", "source")
    let pieces =
      Nasty.pieces + [
        "{%", "%}", "{{", "}}", "{#", "#}", "{% if x %}", "{% endif %}", "{% for a in b %}", "{% endfor %}", "|",
        "tojson", "(", ")",
        "loop.index", " in ", " is ", "not ", "range(99999)", "* 99999", "{% macro m() %}", "{% endmacro %}", "m()",
        "messages",
      ]
    var limits = ChatTemplate.Limits()
    limits.steps = 100_000
    limits.bytes = 1 << 22
    let bounds = limits
    let clock = try #require(TemplateClock(year: 2026, month: 2, day: 3))
    try await Fuzz.run("templates", iterations: 3000) { numbers in
      numbers.mutated(numbers.pick(sources), dictionary: pieces)
    } _: { bytes in
      do {
        _ = try ChatTemplate(String(decoding: bytes, as: UTF8.self)).render(
          messages: [["role": "user", "content": "Where is the honey jar?"]],
          addGenerationPrompt: true,
          clock: clock,
          limits: bounds
        )
        return nil
      } catch let error as TemplateError { return error.line > 0 && error.column > 0 ? nil : "no place: \(error)" }
    }
  }
}
