import Foundation
import JSON
import Prompts
import TestKit
import Testing

@Suite("Formats of prompt files", .timeLimit(.minutes(10)))
struct PromptFormatTests {
  private func read(
    _ text: String,
    _ name: String,
    _ options: PromptFile.Options = PromptFile.Options()
  ) async throws -> [PromptRow] {
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent(name)
      try Data(text.utf8).write(to: file)
      return try PromptFile(path: file.path, options: options).rows
    }
  }

  private func problems(
    _ text: String,
    _ name: String,
    _ options: PromptFile.Options = PromptFile.Options()
  ) async -> [String] {
    do {
      _ = try await read(text, name, options)
      return []
    } catch let error as JSONErrors { return error.errors.map(\.description) } catch { return ["\(error)"] }
  }

  private static let oracle = Folders.root.appendingPathComponent("Tests/Oracles/parquet")

  @Test("a list in JSON holds texts or objects, and each has its line")
  func list() async throws {
    let rows = try await read(
      "[\"Where is Bram?\",\n  {\"text\":\"Feed the carp\\nnow\",\"id\":7,\"kind\":\"harmless\"}]",
      "p.json"
    )
    #expect(rows.map(\.text) == ["Where is Bram?", "Feed the carp\nnow"])
    #expect(rows[1].name == "7" && rows[1].kind == .harmless)
    #expect(rows.map(\.place.line) == [1, 2] && rows[1].place.column == 3)
    #expect(
      await problems("{\"text\": \"a\"}", "p.json").first?.contains("p.json:1:1: expected a list of texts") == true
    )
    let found = await problems("[\"a\",\n{\"prompt\":\"b\"},\n3,\n\"a\"]", "p.json")
    #expect(found.count == 3)
    #expect(found[0].contains("p.json:2:1: [1]: missing key \"text\"") && found[0].contains("--column"))
    #expect(found[1].contains("p.json:3:1: [2]: expected a text or an object"))
    #expect(found[2].contains("p.json:4:1: the same prompt as line 1"))
    #expect(await problems("[]", "p.json").first?.contains("holds no prompt") == true)
  }

  @Test("lines of JSON may be texts, and another key may hold the text")
  func lines() async throws {
    let named = PromptFile.Options(column: "kind")
    #expect(try await read("\"a\"\n\"b\"\n", "p.jsonl").map(\.text) == ["a", "b"])
    let rows = try await read("{\"kind\":\"Where?\",\"text\":\"no\"}", "p.ndjson", named)
    #expect(rows.map(\.text) == ["Where?"] && rows[0].kind == nil)
  }

  @Test("a table gives the column named, or text, or its first one")
  func tables() async throws {
    let text = "id,text,kind,category\n1,\"Where is\nBram?\",harmless,people\n2,Trick Bram,harmful,\n"
    let rows = try await read(text, "p.csv")
    #expect(rows.map(\.text) == ["Where is\nBram?", "Trick Bram"] && rows.map(\.line) == [2, 4])
    #expect(rows.map(\.name) == ["1", "2"] && rows.map(\.kind) == [.harmless, .harmful])
    #expect(rows.map(\.category) == ["people", nil])
    #expect(try await read("q;a\nWhere?;there\n", "p.csv", .init(format: .semicolons)).map(\.text) == ["Where?"])
    #expect(try await read("q\ta\nWhere?\tthere\n", "p.tsv", .init(column: "a")).map(\.text) == ["there"])
    #expect(try await read(text, "p.csv", .init(kind: .harmful)).allSatisfy { $0.kind == .harmful })
    let found = await problems("text,kind\na,harmfull\nb,harmful\na,harmless\n", "p.csv")
    #expect(found.count == 2)
    #expect(found[0].contains("p.csv:2:3: kind: \"harmfull\"") && found[0].contains("did you mean \"harmful\""))
    #expect(found[1].contains("p.csv:4:1: the same prompt as line 2"))
    #expect(
      await problems("text\na\n", "p.csv", .init(column: "txet")).first?.contains("did you mean \"text\"") == true
    )
    #expect(await problems("", "p.csv").first?.contains("the file is empty") == true)
    #expect(await problems("text\n\"a", "p.csv").first?.contains("never closed") == true)
  }

  @Test("a Parquet file gives its text column, and rows without a text are empty prompts")
  func parquet() throws {
    let path = Self.oracle.appendingPathComponent("groups.parquet").path
    let kept = try PromptFile(path: path, options: .init(duplicates: .keep, empty: .keep))
    #expect(kept.rows.count == 25 && kept.rows.map(\.line) == Array(1...25))
    let dropped = try PromptFile(path: path, options: .init(duplicates: .drop, empty: .drop))
    #expect(dropped.rows.count + dropped.dropped.duplicates + dropped.dropped.empty == 25)
    let error = #expect(throws: JSONErrors.self) { try PromptFile(path: path) }
    #expect(error?.errors.first?.description.contains("groups.parquet: row ") == true)
    let nested = Self.oracle.appendingPathComponent("nested.parquet").path
    for (column, part) in [("group.part", "parts of a group"), ("int32", "holds no texts"), ("nope", "no column")] {
      let error = #expect(throws: JSONErrors.self) { try PromptFile(path: nested, options: .init(column: column)) }
      #expect(error?.description.contains(part) == true, "\(column): \(error?.description ?? "")")
    }
    let empty = Self.oracle.appendingPathComponent("empty.parquet").path
    #expect(throws: JSONErrors.self) { try PromptFile(path: empty) }
  }

  @Test("line ends stay where the paper's preset wants them")
  func lineEnds() async throws {
    let rows = try await read("a\r\nb\nc", "p.txt", .init(keepsLineEnds: true))
    #expect(rows.map(\.text) == ["a\n", "b\n", "c"])
  }

  @Test("of very many problems the first twenty are told, and how many more there are")
  func many() async {
    let found = await problems(String(repeating: "a\n", count: 100), "p.txt")
    #expect(found.count == 21 && found.last?.contains("… and 79 more problems") == true)
  }

  @Test("a name whose ending tells nothing asks for the format")
  func unknown() async throws {
    #expect(await problems("a", "p.xlsx").first?.contains("say --format, one of txt, json") == true)
    #expect(try await read("a", "prompts").map(\.text) == ["a"])
    #expect(PromptFormat.guessed("p.list") == .txt && PromptFormat.guessed("a.b/P.CSV") == .csv)
  }

  @Test("what is written is read back the same")
  func written() async throws {
    let rows = [
      PromptRow(
        text: "Where is\n\"Bram\"? 月",
        name: "a",
        kind: .harmless,
        category: "people",
        split: "direction",
        place: PromptPlace(file: "p", line: 1)
      ),
      PromptRow(text: " two ", place: PromptPlace(file: "p", line: 2)),
    ]
    let lines = try PromptWriter.text(rows, for: "o.jsonl")
    let back = try await read(lines, "o.jsonl")
    #expect(back.map(\.text) == rows.map(\.text) && back.map(\.name) == rows.map(\.name))
    #expect(back.map(\.kind) == rows.map(\.kind) && back.map(\.split) == rows.map(\.split))
    #expect(back.map(\.category) == rows.map(\.category))
    #expect(throws: JSONError.self) { try PromptWriter.text(rows, for: "o.txt") }
    #expect(try PromptWriter.text([rows[1]], for: "o.txt") == " two \n")
    #expect(throws: JSONError.self) { try PromptWriter.text(rows, for: "o.csv") }
  }
}
