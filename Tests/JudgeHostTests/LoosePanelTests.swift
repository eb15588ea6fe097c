import JSON
import JudgeHost
import JudgeKit
import Locking
import TestKit
import Testing

@Suite("A panel on loose items", .timeLimit(.minutes(10)))
struct LoosePanelTests {
  private let bench = HostBench()

  private func judge(_ id: String, kind: String = "fake", _ more: JSONObject = [:]) throws -> JudgeDeclaration {
    var entry: JSONObject = ["id": .string(id), "kind": .string(kind)]
    for (key, value) in more.members { entry[key] = value }
    return try bench.declaration(.object(entry))
  }

  private func items(_ responses: [String]) -> [Item] {
    responses.map { ItemIdentity.item(prompt: "May I ring the bell?", response: $0, systemID: nil) }
  }

  /// What was handed on, as `item judge word`, and how the judges ended.
  private func ask(_ panel: [JudgeDeclaration], _ responses: [String]) async throws -> (rows: [String], [JudgeRun]) {
    let rows = Locked<[String]>([])
    let busy = Locked(0)
    let runs = try await bench.host.judge(panel: panel, items(responses)) { portion in
      #expect(
        busy.withLock {
          $0 += 1; return $0
        } == 1,
        "one call at a time"
      )
      rows.withLock { $0 += portion.map { "\($0.item) \($0.judge) \($0.verdict.outcome.word)" } }
      await Task.yield()
      busy.withLock { $0 -= 1 }
    }
    return (rows.withLock { $0 }, runs)
  }

  @Test("verdicts come in the order of the items and then of the judges, whatever the batches")
  func order() async throws {
    let panel = [try judge("one"), try judge("four", kind: "fake-batch"), try judge("many", ["concurrency": 8])]
    let responses = (0..<300).map { $0 % 3 == 0 ? "nonRefusal \($0 / 6)" : "refusal \($0)" }
    let (rows, runs) = try await ask(panel, responses)
    let expected = responses.indices.flatMap { item in
      (0..<3).map { "\(item) \($0) \(item % 3 == 0 ? "nonRefusal" : "refusal")" }
    }
    #expect(rows == expected)
    #expect(runs.map(\.failure) == [nil, nil, nil])
    #expect(runs[0].judged == 250, "equal texts are asked once and told for each item")
  }

  @Test("a judge that answers nothing until another has judged everything gets its turn: all are asked at once")
  func slow() async throws {
    let registry = JudgeRegistry([WaitingJudge.self, LastJudge.self])
    let file: JSONValue = [
      "version": 1, "judges": [["id": "waits", "kind": "waiting"], ["id": "ends", "kind": "last"]],
    ]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    let panel = try PanelFile.parse(document, baseFolder: "/", registry: registry).judges
    let (rows, _) = try await ask(panel, ["one", "two", "last"])
    #expect(rows == (0..<3).flatMap { ["\($0) 0 refusal", "\($0) 1 nonRefusal"] })
  }

  @Test("a judge stopped for good abstains from the rest with its reason; the others go on")
  func stopped() async throws {
    let panel = [try judge("broke"), try judge("kind", kind: "keyword", ["phrases": ["refusal"]])]
    let (rows, runs) = try await ask(panel, ["nonRefusal", "fatal", "nonRefusal 2", "refusal"])
    #expect(
      rows == [
        "0 0 nonRefusal", "0 1 refusal", "1 0 quota", "1 1 nonRefusal", "2 0 quota", "2 1 refusal", "3 0 quota",
        "3 1 refusal",
      ]
    )
    #expect(runs[0].failure == "the purse is empty")
    #expect(runs[1].failure == nil)
  }

  @Test("a judge that asks the system which answered abstains as out of scope and is not stopped")
  func selfProbe() async throws {
    let panel = [try judge("self", kind: "self-probe"), try judge("f")]
    let (rows, runs) = try await ask(panel, ["refusal", "nonRefusal"])
    #expect(rows == ["0 0 outOfScope", "0 1 refusal", "1 0 outOfScope", "1 1 nonRefusal"])
    #expect(runs[0].failure == nil)
    #expect(bench.model.chats.isEmpty)
  }

  @Test("a judge that asks for thoughts is shown them; equal texts are asked once, and every item gets its verdict")
  func reasoning() async throws {
    let panel = [
      try judge("answer", kind: "keyword", ["phrases": ["Hm"]]),
      try judge("thoughts", kind: "keyword", ["phrases": ["Hm"], "show": "answerWithReasoning"]),
      try judge("raw", kind: "keyword", ["phrases": ["Hm"], "show": "raw"]),
    ]
    var reader = LooseItemReader(file: "items.jsonl")
    let lines = [
      #"{"id":"a","prompt":"Pull?","response":"No.","reasoning":"Hm."}"#,
      #"{"id":"b","prompt":"Pull?","response":"No."}"#,
      #"{"id":"c","prompt":"Pull?","response":"No.","reasoning":"Hm."}"#,
      #"{"id":"d","prompt":"Pull?","response":"No.","reasoning":" "}"#,
      #"{"id":"e","prompt":"Pull?","response":"No.","reasoning":null}"#,
      #"{"id":"f","prompt":"Pull?","response":"No.","reasoning":"Yes."}"#,
    ]
    for (at, line) in lines.enumerated() { reader.take(Array(line.utf8), number: at + 1) }
    let items = try reader.finish()
    #expect(items.map(\.reasoning) == ["Hm.", nil, "Hm.", nil, nil, "Yes."])
    let rows = Locked<[String]>([])
    let runs = try await bench.host.judge(panel: panel, items) { portion in
      rows.withLock { $0 += portion.map { "\(items[$0.item].id) \($0.judge) \($0.verdict.outcome.word)" } }
    }
    let refused: Set<String> = ["a", "c"]
    #expect(
      rows.withLock { $0 }
        == items.flatMap { item in
          [0, 1, 2].map { "\(item.id) \($0) \($0 == 1 && refused.contains(item.id) ? "refusal" : "nonRefusal")" }
        }
    )
    #expect(runs.map(\.judged) == [1, 3, 1])
  }

  @Test("a thought that is no text is told with its place")
  func badReasoning() {
    var reader = LooseItemReader(file: "items.jsonl")
    reader.take(Array(#"{"id":"a","prompt":"p","response":"r","reasoning":7}"#.utf8), number: 3)
    let error = #expect(throws: JSONErrors.self) { try reader.finish() }
    #expect("\(String(describing: error))".contains("items.jsonl:3:"))
  }

  @Test("no judge, no line")
  func nobody() async throws {
    let (rows, runs) = try await ask([], ["refusal"])
    #expect(rows.isEmpty)
    #expect(runs.isEmpty)
  }

  @Test("what the receiver throws ends the asking")
  func refused() async throws {
    struct Full: Error {}
    let panel = [try judge("f")]
    await #expect(throws: Full.self) {
      _ = try await bench.host.judge(panel: panel, items(["refusal", "nonRefusal"])) { _ in throw Full() }
    }
  }
}

/// Where the two judges meet: ends when the second has judged its last item.
private enum Meeting { static let (end, source) = AsyncStream.makeStream(of: Void.self) }

private struct WaitingJudge: Judge {
  static let kind = "waiting"
  static let summary = "waits for the other one"
  static let options: [JudgeOption] = []
  init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {}

  func verdicts(on items: [Item]) async throws -> [Verdict] {
    for await _ in Meeting.end {}
    return items.map { _ in Verdict(.refusal, reading: "test") }
  }
}

private struct LastJudge: Judge {
  static let kind = "last"
  static let summary = "lets the other one go"
  static let options: [JudgeOption] = []
  static let batchSize = 1
  init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {}

  func verdicts(on items: [Item]) async throws -> [Verdict] {
    if items.contains(where: { $0.response == "last" }) { Meeting.source.finish() }
    return items.map { _ in Verdict(.nonRefusal, reading: "test") }
  }
}
