import Foundation
import JSON
import TestKit
import Testing

@Suite("tribunal judge --items", .timeLimit(.minutes(10)))
struct JudgeItemsTests {
  private static let entries = """
    { "id": "words", "kind": "keyword", "phrases": ["sorry"] },
    { "id": "key", "kind": "remote", "endpoint": "https://api.example.org/v1", "model": "m",
      "apiKeyEnv": "TRIBUNAL_TEST_KEY_THAT_IS_NOT_SET" },
    { "id": "self", "kind": "self-probe" },
    { "id": "gone", "kind": "process", "command": ["./broken"] }
    """

  private static let items = """
    {"id": "a", "prompt": "May I ring the bell?", "response": "I'm sorry, no."}
    {"id": "b", "prompt": "May I ring the bell?", "response": "Gladly."}
    {"id": "c", "prompt": "May I ring the bell?", "response": "I'm sorry, no."}

    """

  /// Writes judges and items, and runs the verb on them.
  private func judge(
    _ more: [String] = [],
    panels: String = "\"default\": [\"words\"]",
    entries: String = JudgeItemsTests.entries,
    items: String = JudgeItemsTests.items,
    stdin: Bool = false,
    launcher: [String] = []
  ) async throws -> Program.Outcome {
    try await Folders.temporary { folder in
      let judges = folder.appendingPathComponent("judges.json").path
      let file = folder.appendingPathComponent("items.jsonl").path
      try "{ \"version\": 1, \"judges\": [\(entries)], \"panels\": {\(panels)} }"
        .write(toFile: judges, atomically: true, encoding: .utf8)
      try items.write(toFile: file, atomically: true, encoding: .utf8)
      try Folders.writeBrokenProgram("broken", in: folder)
      return try await Program.run(
        ["judge", "--judges", judges, "--items", stdin ? "-" : file] + more,
        input: stdin ? items : "",
        launcher: launcher
      )
    }
  }

  private func line(_ item: String, _ judge: String, _ label: String, reason: String? = nil) -> String {
    let why = reason.map { "\"\($0)\"" } ?? "null"
    return "{\"item\":\"\(item)\",\"judge\":\"\(judge)\",\"label\":\"\(label)\",\"reason\":\(why),"
  }

  @Test(
    "a judge in a child works where the program is bound more tightly than the judge, and its end is told as it was"
  )
  func tightHost() async throws {
    let launcher = """
      import os, resource, signal, sys
      signal.signal(signal.SIGCHLD, signal.SIG_IGN)
      resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
      os.execv(sys.argv[1], sys.argv[1:])
      """
    let script = """
      read -r hello; echo '{"ready":1}'
      while read -r item; do
        case $item in *Gladly*) exit 7;; esac
        id=${item#*:\\"}
        echo "{\\"id\\":\\"${id%%\\"*}\\",\\"label\\":\\"refusal\\",\\"detail\\":\\"$(ulimit -n)\\"}"
      done
      """
    let entry: JSONValue = ["id": "words", "kind": "process", "command": ["sh", "-c", .string(script)]]
    let answer = try await judge(["--json"], entries: entry.text(), launcher: ["python3", "-c", launcher])
    #expect(answer.output.contains(line("a", "words", "refusal") + "\"detail\":\"64\""), "\(answer)")
    let end = "\"detail\":\"it ended with exit code 7\""
    #expect(answer.output.contains(line("b", "words", "abstain", reason: "crashed") + end), "\(answer)")
  }

  @Test("stdout has one line a verdict with all keys in their order, and nothing else", arguments: [false, true])
  func lines(stdin: Bool) async throws {
    let answer = try await judge(["--json"], stdin: stdin)
    #expect(answer.status == 0)
    #expect(answer.errors.isEmpty, "\(answer.errors)")
    let rest = "\"detail\":null,\"score\":null,\"raw\":null}\n"
    #expect(
      answer.output == line("a", "words", "refusal") + rest + line("b", "words", "nonRefusal") + rest
        + line("c", "words", "refusal") + rest
    )
  }

  @Test("without a panel the default one is asked, else all judges of the file; a named one wins")
  func panels() async throws {
    let named = try await judge(["--json", "--panel", "two"], panels: "\"default\": [\"gone\"], \"two\": [\"words\"]")
    #expect(named.status == 0)
    #expect(named.output.split(separator: "\n").count == 3)
    let all = try await judge(["--json"], panels: "\"two\": [\"words\"]")
    #expect(all.output.split(separator: "\n").count == 9)
    let none = try await judge(["--json", "--panel", "tow"], panels: "\"two\": [\"words\"]")
    #expect(none.status == 2)
    #expect(none.errors.contains("there is no panel \"tow\"; did you mean \"two\"?"))
    #expect(none.output.isEmpty)
  }

  @Test(
    "a judge without its key gives no line and one note; a self-probe abstains; a stopped judge abstains and gives 3"
  )
  func states() async throws {
    let answer = try await judge(["--json"], panels: "\"default\": [\"key\", \"self\", \"gone\", \"words\"]")
    #expect(answer.status == 3)
    let lines = answer.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 9)
    for (index, item) in ["a", "b", "c"].enumerated() {
      #expect(lines[3 * index].hasPrefix(line(item, "self", "abstain", reason: "outOfScope")))
      #expect(lines[3 * index + 1].hasPrefix(line(item, "gone", "abstain", reason: "crashed")))
      #expect(lines[3 * index + 2].hasPrefix(line(item, "words", item == "b" ? "nonRefusal" : "refusal")))
    }
    let notes = answer.errors.split(separator: "\n")
    #expect(notes.count { $0.contains("judge key is not asked") } == 1)
    #expect(notes.count { $0.contains("judge gone stopped") } == 1)
    let named = try await judge(["--judge", "self"])
    #expect(named.status == 2)
    #expect(named.errors.contains("judges.json:4:") && named.errors.contains("asks the system that answered"))
  }

  @Test("a real endpoint: what it answers is raw, untrimmed; one that turns the key away stops the judge")
  func endpoint() async throws {
    let server = try HTTPTestServer { request in
      String(decoding: request.body, as: UTF8.self).contains("sorry") ? .chat("REFUSAL\\n") : .chat(" Certainly.")
    }
    let entry = "{ \"id\": \"r\", \"kind\": \"remote\", \"endpoint\": \"\(server.url)/v1\", \"model\": \"m\" }"
    let answer = try await judge(["--json"], panels: "\"default\": [\"r\"]", entries: entry)
    #expect(answer.status == 0, "\(answer.errors)")
    let facts = try answer.output.split(separator: "\n").map { try JSONDocument.parse(String($0), name: "line").root }
    #expect(facts.map { $0["label"] } == ["refusal", "abstain", "refusal"])
    #expect(facts[1]["reason"] == "unparsed")
    #expect(facts.map { $0["raw"] } == ["REFUSAL\n", " Certainly.", "REFUSAL\n"])
    #expect(server.requests.count == 2, "equal items are asked once")
    let closed = try HTTPTestServer { _ in .whole(401, [], "{\"error\": {\"message\": \"no\"}}") }
    let turned = try await judge(
      ["--json"],
      panels: "\"default\": [\"r\"]",
      entries: entry.replacing("\(server.url)", with: closed.url)
    )
    #expect(turned.status == 3)
    let reasons = try turned.output.split(separator: "\n").map {
      try JSONDocument.parse(String($0), name: "line").root["reason"]
    }
    #expect(reasons == ["authentication", "authentication", "authentication"])
  }

  @Test(
    "an endpoint that nothing comes back from stops nobody: its items abstain with the reason, and a note says so",
    arguments: [false, true]
  )
  func unreached(isBroken: Bool) async throws {
    let server = isBroken ? try HTTPTestServer { _ in .whole(503, [], "") } : nil
    let address = try server?.url ?? "http://127.0.0.1:\(HTTPTestServer.refusingPort())"
    let entry = """
      { "id": "r", "kind": "remote", "endpoint": "\(address)/v1", "model": "m", "retry": {"attempts": 1} },
      { "id": "words", "kind": "keyword", "phrases": ["sorry"] }
      """
    let answer = try await judge(["--json"], panels: "", entries: entry)
    #expect(answer.status == 0)
    let reason = isBroken ? "serverError" : "unreachable"
    let lines = answer.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    for (index, item) in ["a", "b", "c"].enumerated() {
      #expect(lines[2 * index].hasPrefix(line(item, "r", "abstain", reason: reason)))
      #expect(lines[2 * index + 1].hasPrefix(line(item, "words", item == "b" ? "nonRefusal" : "refusal")))
    }
    #expect(
      answer.errors.hasPrefix("note: judge r could not be reached: no answer to any item: \(reason) 2"),
      "\(answer.errors)"
    )
    let table = try await judge(panels: "\"default\": [\"r\"]", entries: entry)
    #expect(table.status == 0 && table.output.contains("\(reason) 3"))
  }

  @Test("an endpoint that answers one item, or answers without a label, was reached")
  func reachedOnce() async throws {
    let server = try HTTPTestServer { request in
      String(decoding: request.body, as: UTF8.self).contains("sorry") ? .whole(503, [], "") : .chat("Certainly.")
    }
    let entry = """
      { "id": "r", "kind": "remote", "endpoint": "\(server.url)/v1", "model": "m", "retry": {"attempts": 1} }
      """
    let answer = try await judge(["--json"], panels: "", entries: entry)
    #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
    #expect(answer.output.contains("serverError") && answer.output.contains("unparsed"))
  }

  @Test("bad items are told with their places, all at once, before anybody is asked")
  func badItems() async throws {
    let items = "\u{FEFF}{\"id\": \"a\", \"prompt\": 1, \"response\": \"\"}\r\n{\"id\": \"a\"}\r\n"
    let answer = try await judge(["--json"], items: items)
    #expect(answer.status == 2)
    #expect(answer.output.isEmpty)
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.count == 4, "\(answer.errors)")
    #expect(lines.first?.contains("items.jsonl:1:23: prompt: expected a string") == true)
    #expect(lines.contains { $0.contains("items.jsonl:2:8: id: the id of line 1 again") })
    let empty = try await judge(["--json"], items: "")
    #expect(empty.status == 2)
    #expect(empty.errors.contains("holds no item"))
    let absent = try await Program.run(["judge", "--items", "/no/such.jsonl"])
    #expect(absent.status == 2)
    #expect(absent.errors.contains("/no/such.jsonl: cannot be opened"))
    let folder = try await Program.run(["judge", "--items", "/tmp"])
    #expect(folder.status == 2)
    #expect(folder.errors.contains("is a folder"))
    // A file that opens and cannot be read must not pass for an empty or a short one.
    let damaged = try await Program.run(["judge", "--items", "/proc/self/mem"])
    #expect(damaged.status == 2)
    #expect(damaged.errors.contains("/proc/self/mem: cannot be read: "))
  }

  @Test("a pipe that does not block and is full loses no line; an output that cannot be written is an error")
  func output() async throws {
    let id = String(repeating: "carp", count: 50)
    let lines = (0..<1000).map { "{\"id\": \"\(id)-\($0)\", \"prompt\": \"p\", \"response\": \"sorry \($0)\"}\n" }
    try await Folders.temporary { folder in
      let judges = folder.appendingPathComponent("judges.json").path
      let file = folder.appendingPathComponent("items.jsonl").path
      let words = "{ \"id\": \"words\", \"kind\": \"keyword\", \"phrases\": [\"sorry\"] }"
      try "{ \"version\": 1, \"judges\": [\(words)] }".write(toFile: judges, atomically: true, encoding: .utf8)
      try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
      let arguments = ["judge", "--judges", judges, "--judge", "words", "--items", file, "--json"]
      let full = try await Program.runIntoFullPipe(arguments)
      #expect(full.status == 0 && full.lines == 1000)
      #expect(try await Program.run(arguments, output: "/dev/full") == 2)
    }
  }

  @Test("a mark at the start, carriage returns and ids of any letters are taken as they are")
  func tolerated() async throws {
    let items = "\u{FEFF}{\"id\": \"p\u{F6}nd \\u001b[31m\", \"prompt\": \"p\", \"response\": \"sorry\"}\r\n\r\n"
    let answer = try await judge(["--json"], items: items)
    #expect(answer.status == 0)
    #expect(try JSONDocument.parse(answer.output, name: "line").root["item"]?.string == "p\u{F6}nd \u{1B}[31m")
    let table = try await judge(items: items)
    #expect(table.output.contains("p\u{F6}nd \\u{1b}[31m"))
    #expect(!table.output.contains("\u{1B}"))
  }

  @Test("for people there is a table with totals and abstentions by reason")
  func table() async throws {
    let answer = try await judge(panels: "\"default\": [\"words\", \"self\"]")
    #expect(answer.status == 0)
    let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0].hasPrefix("item   words         self"))
    #expect(lines[1].hasPrefix("a      refusal       (outOfScope)"))
    #expect(lines.contains { $0.hasPrefix("words  2 of 3    67 %") })
    #expect(lines.contains { $0.hasPrefix("self   0 of 0    undefined  3          outOfScope 3") })
  }

  @Test(
    "a command line that says nothing, or two things, is refused",
    arguments: [
      ["judge"], ["judge", "run", "--items", "x"], ["judge", "--items", "x", "--replay", "exact-v1"],
      ["judge", "run", "--keep", "x"], ["judge", "--items", "x", "--panel", "a", "--judge", "b"],
      ["judge", "run", "--replay", "exact-v1", "--panel", "a"],
    ]
  )
  func commandLine(arguments: [String]) async throws {
    let answer = try await Program.run(arguments)
    #expect(answer.status == 2)
    #expect(answer.output.isEmpty && !answer.errors.isEmpty)
  }
}
