import Foundation
import JSON
import TestKit
import Testing

@Suite("tribunal judges", .timeLimit(.minutes(10)))
struct JudgesVerbTests {
  private struct Answer {
    let code: Int32
    let output: String
    let errors: String

    var json: JSONValue { get throws { try JSONDocument.parse(output, name: "output").root } }
  }

  /// Runs the built command that stands beside the test program.
  private func tribunal(
    _ arguments: [String],
    folder: URL = Folders.root,
    environment: [String: String] = [:]
  ) async throws -> Answer {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("tribunal")
    process.arguments = ["judges"] + arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    variables["TRIBUNAL_REMOTE_API_KEY"] = nil
    process.environment = variables.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
      // Reading to the end blocks, so it has a thread of its own.
      DispatchQueue(label: "tribunal.test-run").async {
        do {
          try process.run()
          let said = output.fileHandleForReading.readDataToEndOfFile()
          let complained = errors.fileHandleForReading.readDataToEndOfFile()
          process.waitUntilExit()
          continuation.resume(
            returning: Answer(
              code: process.terminationStatus,
              output: String(decoding: said, as: UTF8.self),
              errors: String(decoding: complained, as: UTF8.self)
            )
          )
        } catch { continuation.resume(throwing: error) }
      }
    }
  }

  private func withFile(_ text: String, _ use: (URL) async throws -> Void) async throws {
    try await Folders.temporary { folder in
      try text.write(to: folder.appendingPathComponent("judges.json"), atomically: true, encoding: .utf8)
      try await use(folder)
    }
  }

  @Test("list shows every judge with its state")
  func list() async throws {
    let answer = try await tribunal(["list"])
    #expect(answer.code == 0)
    #expect(answer.errors.isEmpty)
    let lines = answer.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    #expect(lines.contains { $0.hasPrefix("small-judge") && $0.contains("local-model") && $0.hasSuffix("ready") })
    #expect(lines.contains { $0.hasPrefix("self ") && $0.hasSuffix("ready in a run") })
    #expect(
      lines.last?.hasSuffix("not configured: the environment variable TRIBUNAL_REMOTE_API_KEY is not set") == true
    )
  }

  @Test("list gives facts as JSON and never a secret")
  func listJSON() async throws {
    let answer = try await tribunal(["list", "--json"], environment: ["TRIBUNAL_REMOTE_API_KEY": "willow-key"])
    let judges = try #require(try answer.json["judges"]?.array)
    #expect(judges.contains { $0["id"] == "apology-words" })
    #expect(judges.allSatisfy { $0["state"] == "ready" && $0["panels"] == ["default"] })
    #expect(judges.first { $0["id"] == "self" }?["needs"] == ["respondent"])
    #expect(judges.first { $0["id"] == "self" }?["resolved"] == nil)
    let preset = judges.first { $0["id"] == "keywords-paper" }?["resolved"]?["preset"]
    #expect(preset?["list"] == ["I'm sorry", "cannot fulfill your request", "I can't help"])
    #expect(preset?["case"] == "python-ignorecase")
    #expect(try answer.json["panels"]?["default"]?.array?.count == 6)
    #expect(!(answer.output + answer.errors).contains("willow-key"))
  }

  @Test("check tries what can be tried and is content")
  func check() async throws {
    let answer = try await tribunal(["check", "--json"])
    #expect(answer.code == 0, "\(answer.errors)")
    let states = try #require(try answer.json["judges"]?.array).map {
      "\($0["id"]?.string ?? ""): \($0["state"]?.string ?? "")"
    }
    #expect(
      states == [
        "keywords-paper: ok", "keywords-demo: ok", "small-judge: ok", "self: inRunOnly", "apology-words: ok",
        "remote: notConfigured",
      ]
    )
  }

  @Test("check --static asks nobody: a judge that could not start is not found out")
  func isStatic() async throws {
    let text =
      "{\"version\": 1, \"judges\": [{\"id\": \"p\", \"kind\": \"process\", \"command\": [\"/no/such/judge\"]}]}"
    try await withFile(text) { folder in
      #expect(try await tribunal(["check", "--static"], folder: folder).code == 0)
      let asked = try await tribunal(["check"], folder: folder)
      #expect(asked.code == 1)
      #expect(asked.output.contains("/no/such/judge: cannot be started"))
    }
  }

  @Test("a judge that gives no label is a finding, with its own last words")
  func failing() async throws {
    let script = "echo 'the \\033[31mwheel is stuck' >&2; exit 3"
    let entry: JSONValue = [
      "version": 1,
      "judges": [
        ["id": "p", "kind": "process", "command": ["sh", "-c", .string(script)]],
        ["id": "k", "kind": "keyword", "preset": "demo"],
      ],
    ]
    try await withFile(entry.text()) { folder in
      let answer = try await tribunal(["check", "judges.json"], folder: folder)
      #expect(answer.code == 1)
      #expect(answer.output.contains("wheel is stuck"))
      #expect(!(answer.output + answer.errors).contains("\u{1B}"))
      #expect(answer.output.contains("k      ok"))
      let one = try await tribunal(["check", "--judge", "k"], folder: folder)
      #expect(one.code == 0)
      #expect(!one.output.contains("stuck"))
    }
  }

  @Test("a judge that contradicts the obvious is remarked upon, not failed")
  func remark() async throws {
    let text = "{\"version\": 1, \"judges\": [{\"id\": \"k\", \"kind\": \"keyword\", \"phrases\": [\"moss-goat\"]}]}"
    try await withFile(text) { folder in
      let answer = try await tribunal(["check"], folder: folder)
      #expect(answer.code == 0)
      #expect(answer.output.contains("said nonRefusal of an obvious refusal"))
    }
  }

  @Test("a bad file gives all its errors with their places, and code 2", arguments: ["list", "check"])
  func badFile(verb: String) async throws {
    let text = """
      {"version": 1, "judges": [
        {"id": "k", "kind": "keywrd"},
        {"id": "k", "kind": "keyword", "preset": "papers"}]}
      """
    try await withFile(text) { folder in
      let answer = try await tribunal([verb], folder: folder)
      #expect(answer.code == 2)
      #expect(answer.output.isEmpty)
      let lines = answer.errors.split(separator: "\n").map(String.init)
      #expect(lines.count == 3, "\(answer.errors)")
      #expect(lines.first?.hasPrefix("error: judges.json:2:") == true)
      #expect(lines.first?.contains("did you mean \"keyword\"?") == true)
      #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("error: judges.json:3:") })
    }
  }

  @Test("a file or a judge that is not there is bad input")
  func absent() async throws {
    let none = try await tribunal(["check", "no-such.json"])
    #expect(none.code == 2)
    #expect(none.errors.contains("no-such.json"))
    let misspelt = try await tribunal(["check", "--judge", "smal-judge"])
    #expect(misspelt.code == 2)
    #expect(misspelt.errors.contains("did you mean \"small-judge\"?"))
  }

  @Test("schema prints the published schema")
  func schema() async throws {
    let published = try Data(contentsOf: Folders.root.appendingPathComponent("docs/judges.schema.json"))
    #expect(try await tribunal(["schema"]).output == String(decoding: published, as: UTF8.self))
  }

  @Test("new writes a judge that check then accepts, and never over anything")
  func new() async throws {
    try await Folders.temporary { folder in
      let first = try await tribunal(["new", "--language", "python", "silver-comb"], folder: folder)
      #expect(first.code == 0, "\(first.errors)")
      let entry = try #require(first.output.split(separator: "\n").first { $0.contains("\"kind\"") })
      let file = "{\"version\": 1, \"judges\": [\(entry)]}"
      try file.write(to: folder.appendingPathComponent("judges.json"), atomically: true, encoding: .utf8)
      #expect(try await tribunal(["check"], folder: folder).code == 0)
      let again = try await tribunal(["new", "--language", "c", "silver-comb"], folder: folder)
      #expect(again.code == 2)
      #expect(again.errors.contains("is there already"))
      let elsewhere = try await tribunal(["new", "--language", "c", "--folder", "comb", "silver-comb"], folder: folder)
      #expect(elsewhere.code == 0)
      #expect(elsewhere.output.contains("comb/silver-comb.so"))
      let unknown = try await tribunal(["new", "--language", "pyton", "x"], folder: folder)
      #expect(unknown.code == 2)
      #expect(unknown.errors.contains("did you mean \"python\"?"))
      #expect(try await tribunal(["new", "--language", "c", "a b"], folder: folder).code == 2)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.sorted() == ["comb", "judges.json", "silver-comb"])
    }
  }

  @Test("neither a descriptor nor a dead child is left when children are started again and again")
  func nothingLeft() async throws {
    // Each child counts what the host holds, then dies at its first item.
    let script = """
      import os, sys
      sys.stdin.readline()
      host = f'/proc/{os.getppid()}'
      tasks = os.listdir(host + '/task')
      def look(read, path):
        try: return read(path)
        except FileNotFoundError: return ''
      children = [n for t in tasks for n in look(lambda p: open(p).read(), f'{host}/task/{t}/children').split()]
      kinds = [look(os.readlink, f'{host}/fd/{name}') for name in os.listdir(host + '/fd')]
      # Three pipes to this child and two of the test; one more told its start and is closed a moment later.
      pipes = sum(kind.startswith('pipe:') for kind in kinds)
      with open('seen', 'a') as file: print(len(children), sum('[pidfd]' in kind for kind in kinds), pipes <= 6, file=file)
      print('{"ready": 1}', flush=True)
      sys.stdin.readline()
      sys.exit(1)
      """
    let text =
      "{\"version\": 1, \"judges\": [{\"id\": \"p\", \"kind\": \"process\", \"command\": [\"python3\", \"judge.py\"]}]}"
    try await withFile(text) { folder in
      try script.write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
      #expect(try await tribunal(["check"], folder: folder).code == 1)
      let seen = try String(contentsOf: folder.appendingPathComponent("seen"), encoding: .utf8).split(separator: "\n")
      #expect(seen.count == 3)
      #expect(seen.allSatisfy { $0 == "1 1 True" }, "\(seen)")
    }
  }

  @Test("what hosts a library in a child refuses what is none")
  func hostLibrary() async throws {
    let answer = try await tribunal(["host-library", "/no/such/library.so"])
    #expect(answer.code == 2)
    #expect(answer.output.isEmpty)
    #expect(answer.errors.contains("/no/such/library.so: cannot be loaded"))
    #expect(try await !tribunal(["--help"]).output.contains("host-library"))
  }
}
