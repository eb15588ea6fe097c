import Foundation
import JSON
import Prompts
import TestKit
import Testing

@Suite("Prompt files", .timeLimit(.minutes(10)))
struct PromptFileTests {
  private func read(
    _ bytes: [UInt8],
    name: String = "p.txt",
    split: String? = nil,
    duplicates: PromptPolicy = .error,
    empty: PromptPolicy = .error
  ) async throws -> PromptFile {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent(name)
      try Data(bytes).write(to: file)
      return try PromptFile(
        path: file.path,
        options: PromptFile.Options(split: split, duplicates: duplicates, empty: empty)
      )
    }
  }

  private func problems(_ text: String, name: String = "p.txt", empty: PromptPolicy = .error) async -> [String] {
    do {
      _ = try await read(Array(text.utf8), name: name, empty: empty)
      return []
    } catch let error as JSONErrors { return error.errors.map(\.description) } catch { return ["\(error)"] }
  }

  @Test("lines lose their ends and nothing else; a byte-order mark and a last line end count for nothing")
  func lines() async throws {
    let file = try await read([0xEF, 0xBB, 0xBF] + Array("Feed the carp?\r\n Where is Bram? \n".utf8))
    #expect(file.rows.map(\.text) == ["Feed the carp?", " Where is Bram? "])
    #expect(file.rows.map(\.line) == [1, 2])
  }

  @Test("empty files, NUL bytes and other encodings are refused with their line")
  func unusable() async throws {
    #expect(await problems("").first?.contains("the file is empty") == true)
    #expect(await problems("\n", empty: .drop).first?.contains("holds no prompt") == true)
    for bytes in [Array("a\n\0b".utf8), Array("a\n".utf8) + [0xFF, 0xFE]] {
      let error = await #expect(throws: JSONErrors.self) { try await read(bytes) }
      #expect(error?.errors.first?.place?.line == 2)
    }
    #expect(throws: JSONErrors.self) { try PromptFile(path: "/nonexistent/prompts.txt") }
  }

  @Test("duplicates and empty lines are all told, each with its line")
  func collected() async {
    let found = await problems("one\n\ntwo\none \n   \ntwo\n")
    #expect(found.count == 4)
    #expect(found[0].contains("p.txt:2:1") && found[0].contains("--empty drop"))
    #expect(found[1].contains("p.txt:4:1") && found[1].contains("line 1") && found[1].contains("--duplicates"))
    #expect(found[2].contains("p.txt:5:1"))
    #expect(found[3].contains("p.txt:6:1") && found[3].contains("line 3"))
  }

  @Test("what was asked for is dropped or kept")
  func policies() async throws {
    let bytes = Array("one\n\none\n".utf8)
    #expect(try await read(bytes, duplicates: .drop, empty: .drop).rows.map(\.text) == ["one"])
    #expect(try await read(bytes, duplicates: .keep, empty: .keep).rows.map(\.text) == ["one", "", "one"])
  }

  @Test("JSON lines give names, kinds and categories, and a split chooses rows")
  func jsonLines() async throws {
    let text = """
      {"id":"a","text":"Where is Bram?","kind":"harmless","split":"eval","category":"people"}
      {"text":"Feed the carp?","kind":"harmless","split":"train"}
      """
    let file = try await read(Array(text.utf8), name: "p.jsonl", split: "eval")
    #expect(file.rows.count == 1)
    #expect(file.rows[0].name == "a" && file.rows[0].kind == .harmless && file.rows[0].category == "people")
    #expect(try await read(Array(text.utf8), name: "p.jsonl").rows.count == 2)
  }

  @Test("bad JSON lines are told with their line")
  func badJSONLines() async {
    let found = await problems(
      "{\"text\":\"a\"}\n{\"text\": 3}\n{\n{\"text\":\"b\",\"kind\":\"harmfull\"}",
      name: "p.jsonl"
    )
    #expect(found.count == 3)
    #expect(found[0].contains("p.jsonl:2:") && found[0].contains("expected a string"))
    #expect(found[1].contains("p.jsonl:3:"))
    #expect(found[2].contains("p.jsonl:4:") && found[2].contains("did you mean \"harmful\"?"))
  }
}
