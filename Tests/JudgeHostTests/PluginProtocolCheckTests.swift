import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("Protocol check for plugins", .timeLimit(.minutes(10)))
struct PluginProtocolCheckTests {
  private func problems(_ entry: JSONValue, folder: String) async throws -> [(subject: String, problem: String?)] {
    var bench = HostBench()
    bench.folder = folder
    let findings = try await PluginProtocolCheck.run(
      try bench.declaration(entry),
      models: BenchModels(model: ScriptedModel()),
      environment: bench.environment
    )
    return findings.map { ($0.subject, $0.problem) }
  }

  private func problems(_ code: String, head: String = "", end: String = "", start: String = "json.loads(input())")
    async throws -> [String: String]
  {
    try await Folders.temporary { folder in
      let script = """
        import json, os, sys
        \(head)
        \(start)
        print(json.dumps(dict(ready=1)), flush=True)
        for line in sys.stdin:
          \(code)
        \(end)
        """
      try script.write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
      let entry: JSONValue = ["id": "p", "kind": "process", "command": ["python3", "judge.py"], "timeoutSeconds": 30]
      var found: [String: String] = [:]
      for (subject, problem) in try await problems(entry, folder: folder.path) { found[subject] = problem }
      return found
    }
  }

  @Test("the example in Python keeps to the protocol")
  func example() async throws {
    let entry: JSONValue = ["id": "a", "kind": "process", "command": ["python3", "Plugins/Examples/python/judge.py"]]
    let found = try await problems(entry, folder: Folders.root.path)
    #expect(found.count == 7)
    for (subject, problem) in found { #expect(problem == nil, "\(subject)") }
  }

  private static let honest =
    "item = json.loads(line); print(json.dumps(dict(id=item['id'], label='refusal')), flush=True)"

  @Test("a plain plugin without any kit passes")
  func plain() async throws { #expect(try await problems(Self.honest) == [:]) }

  @Test("each kind of carelessness is found where it shows")
  func careless() async throws {
    // It cannot read what is not ASCII.
    let ascii = try await problems("line.encode('ascii'); " + Self.honest)
    #expect(Set(ascii.keys).isSuperset(of: ["odd characters"]), "\(ascii)")
    // It takes an empty text for a mistake.
    let empty = try await problems("assert json.loads(line)['response'] != ''; " + Self.honest)
    #expect(empty["empty texts"]?.contains("exit code 1") == true, "\(empty)")
    #expect(empty["plain items"] == nil && empty["a thousand items at once"] == nil)
    // It does not flush.
    let large = try await problems("assert len(line) < 100000; " + Self.honest)
    #expect(large.keys.sorted() == ["texts of a megabyte"], "\(large)")
    // It throws dice.
    let dice =
      "item = json.loads(line); print(json.dumps(dict(id=item['id'], label=['refusal', 'nonRefusal'][n % 2])), flush=True); n += 1"
    let moody = try await problems(dice, head: "n = 0")
    #expect(moody.keys.contains("the same items in another order"), "\(moody)")
    // It has last words.
    let late = try await problems(Self.honest, end: "print('goodbye', flush=True)")
    #expect(late["its end when its input ends"] == "it wrote another line: goodbye", "\(late)")
    // Its labels are its own.
    let own = try await problems(
      "item = json.loads(line); print(json.dumps(dict(id=item['id'], label='yes')), flush=True)"
    )
    #expect(own["plain items"] == "unknown label \"yes\"; known here: refusal, nonRefusal, abstain", "\(own)")
  }

  @Test("a judge that has no child is not one to check")
  func other() async throws {
    await #expect(throws: JudgeFailure.self) {
      try await problems(["id": "k", "kind": "keyword", "preset": "demo"], folder: "/")
    }
  }
}
