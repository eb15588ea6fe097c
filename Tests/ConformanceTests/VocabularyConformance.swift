import Foundation
import JSON
import TestKit
import Testing
import Tokenization

/// The vocabularies as GGUF files carry them: the packs were rebuilt from such files, so their `tokenizer.json` gives the
/// tables back. Scores are only compared, so the order of the merges serves for them.
@Suite(
  "Vocabulary tables against the reference",
  .enabled(if: Folders.shared != nil, "the packs were skipped because ../shared is absent"),
  .timeLimit(.minutes(10))
)
struct VocabularyConformance {
  private static func tables(_ root: JSONValue, model: String, pre: String?) throws -> VocabularyTables {
    let vocabulary = try #require(root["model"]?["vocab"]?.object).members
    let added = try #require(root["added_tokens"]?.array)
    let count =
      1 + max(vocabulary.map { $0.value.integer ?? 0 }.max() ?? 0, added.compactMap { $0["id"]?.integer }.max() ?? 0)
    var tables = VocabularyTables(model: model, pre: pre, tokens: Array(repeating: "", count: count))
    tables.types = Array(repeating: 5, count: count)
    tables.scores = Array(repeating: -1e9, count: count)
    for (token, id) in vocabulary {
      let id = try #require(id.integer)
      tables.tokens[id] = token
      tables.types[id] = token.hasPrefix("<0x") && model == "llama" ? 6 : 1
    }
    for token in added {
      let id = try #require(token["id"]?.integer)
      tables.tokens[id] = try #require(token["content"]?.string)
      tables.types[id] = token["special"]?.bool == true ? 3 : 4
    }
    let merges = try #require(root["model"]?["merges"]?.array).compactMap { entry in
      entry.string ?? entry.array?.compactMap(\.string).joined(separator: " ")
    }
    if model == "llama" {
      let ids = Dictionary(vocabulary.map { (ExactText($0.key), $0.value.integer ?? 0) }, uniquingKeysWith: { $1 })
      for (rank, merge) in merges.enumerated() {
        let id = try #require(ids[ExactText(String(merge.filter { $0 != " " }))])
        if tables.scores[id] < -1e8 { tables.scores[id] = -Float(rank) }
      }
      tables.unknown = ids[ExactText("<unk>")]
    } else {
      tables.merges = merges
    }
    return tables
  }

  @Test(
    "tables give the ids and texts that the reference's file gives",
    arguments: [
      ("llama-spm", "llama", nil), ("gpt-2", "gpt2", "gpt-2"), ("llama-bpe", "gpt2", "llama-bpe"),
      ("qwen2", "gpt2", "qwen2"), ("smol-public", "gpt2", "smollm"),
    ] as [(String, String, String?)]
  )
  func pack(name: String, model: String, pre: String?) throws {
    let folder = try #require(Folders.shared).appendingPathComponent("conformance/tokenizers/\(name)")
    let file = folder.appendingPathComponent("tokenizer.json")
    let root = try JSONDocument.parse(Gunzip.contents(of: file), name: name).root
    let tokenizer = try Tokenizer(tables: try Self.tables(root, model: model, pre: pre), name: name)
    let lines = try Gunzip.contents(of: folder.appendingPathComponent("vectors.jsonl")).split(separator: 0x0A)
    #expect(lines.count > 400)
    var failed = 0
    for line in lines {
      let entry = try JSONDocument.parse(Array(line), name: name).root
      let text = try #require(entry["text"]?.string)
      let ids = try #require(entry["ids"]?.array).compactMap { $0.integer.map { Int32($0) } }
      let decoded = try #require(entry["decoded"]?.string)
      if tokenizer.encode(text) != ids { failed += 1 }
      if try !tokenizer.decode(ids, skipSpecialTokens: false).utf8.elementsEqual(decoded.utf8) { failed += 1 }
    }
    #expect(failed == 0, "\(failed) differences in \(lines.count) vectors")
  }
}
