import JSON
import JudgeHost
import JudgeKit
import Testing

@Suite("Loose items", .timeLimit(.minutes(10)))
struct LooseItemReaderTests {
  private func read(_ lines: [String]) throws(JSONErrors) -> [LooseItem] {
    var reader = LooseItemReader(file: "items.jsonl")
    for (index, line) in lines.enumerated() { reader.take(Array(line.utf8), number: index + 1) }
    return try reader.finish()
  }

  private func problems(_ lines: [String]) -> [String] {
    do {
      _ = try read(lines)
      return []
    } catch { return error.errors.map(\.description) }
  }

  private let good = "{\"id\": \"a\", \"prompt\": \"May I?\", \"response\": \"Gladly.\"}"

  @Test("lines become items in their order, with the identity of their texts")
  func items() throws {
    let items = try read([good, "{\"response\": \"\", \"id\": \"\", \"prompt\": \"\"}"])
    #expect(items.map(\.id) == ["a", ""])
    #expect(items[0].item == ItemIdentity.item(prompt: "May I?", response: "Gladly.", systemID: nil))
    #expect(items[1].item.response.isEmpty)
  }

  @Test("a byte-order mark, carriage returns and empty lines are no problem")
  func tolerated() throws {
    let items = try read(["\u{FEFF}\(good)\r", "", "  \t\r", good.replacing("\"a\"", with: "\"b\"")])
    #expect(items.map(\.id) == ["a", "b"])
  }

  @Test("two spellings of one letter are two ids")
  func exactIDs() throws {
    let lines = ["caf\u{E9}", "cafe\u{301}"].map { good.replacing("\"a\"", with: "\"\($0)\"") }
    #expect(try read(lines).count == 2)
  }

  @Test(
    "each problem has its line and column",
    arguments: [
      ("{\"id\": 7, \"prompt\": \"p\", \"response\": \"r\"}", "items.jsonl:2:8: id: expected a string, found"),
      ("{\"id\": \"b\", \"response\": \"r\"}", "items.jsonl:2:1: the top level: missing key \"prompt\""),
      (
        "{\"id\": \"b\", \"prompt\": \"p\", \"response\": null}",
        "items.jsonl:2:40: response: expected a string, found null"
      ),
      ("{\"id\": \"a\", \"prompt\": \"p\", \"response\": \"r\"}", "items.jsonl:2:8: id: the id of line 1 again"),
      (
        "{\"id\": \"b\", \"promt\": \"p\", \"prompt\": \"p\", \"response\": \"r\"}",
        "items.jsonl:2:13: promt: unknown key \"promt\"; did you mean \"prompt\"?"
      ),
      ("[1]", "items.jsonl:2:1: the top level: expected an object, found"), ("{\"id\": ", "items.jsonl:2:"),
      ("\u{FEFF}\u{FEFF}{}", "items.jsonl:2:1: "),
    ]
  )
  func places(line: String, expected: String) {
    let found = problems([good, line])
    #expect(found.first?.hasPrefix(expected) == true, "\(found)")
  }

  @Test("the first twenty problems are told and the rest is counted")
  func many() {
    let found = problems(Array(repeating: "{}", count: 9))
    #expect(found.count == 21)
    #expect(found.last == "items.jsonl: and 7 more problems")
    #expect(found[19].hasPrefix("items.jsonl:7:1"))
  }

  @Test("a file without an item is refused, and so is a line that is too long")
  func nothing() {
    #expect(problems([]).first?.hasPrefix("items.jsonl: holds no item") == true)
    #expect(problems(["", " "]).first?.hasPrefix("items.jsonl: holds no item") == true)
    var reader = LooseItemReader(file: "items.jsonl")
    reader.skip(number: 3, maximumBytes: 64 << 20)
    let error = #expect(throws: JSONErrors.self) { try reader.finish() }
    #expect(error?.description == "items.jsonl:3:1: longer than 64 MB")
  }
}
