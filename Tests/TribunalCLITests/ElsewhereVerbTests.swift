import Foundation
import JSON
import Locking
import Study
import TestKit
import Testing

@Suite("Systems elsewhere and plans on the command line", .timeLimit(.minutes(10)))
struct ElsewhereVerbTests {
  /// Two models behind a server, the second declared as the edited first.
  private func study(_ url: String, in folder: URL) throws -> String {
    func model(_ name: String, _ declares: String) -> String {
      """
      { "name": "\(name)", "edits": [], "endpoint": { "url": "\(url)/v1", "model": "\(name)", "concurrency": 2,
        "retry": { "attempts": 2, "baseMilliseconds": 0 }\(declares) } }
      """
    }
    let cut = #", "declares": { "checkpoint": "cafe", "edit": { "name": "cut", "of": "miller" } }"#
    let study = try SmallStudy(in: folder, prompts: 4) { parts in
      parts["study"] = """
        { "version": 1, "name": "far",
          "prompts": { "evaluation": { "harmful": "harmful.txt", "harmless": "harmless.txt" } },
          "models": [\(model("miller", "")), \(model("miller-cut", cut))],
          "generation": { "maximumNewTokens": 24 }, "panel": { "file": "judges.json", "name": "all" } }
        """
      parts["judges"] = """
        { "version": 1, "judges": [{ "id": "keywords", "kind": "keyword", "preset": "paper" }],
          "panels": { "all": ["keywords"] } }
        """
    }
    return study.file
  }

  @Test(
    "kill -9 again and again: only requests under way are repeated, and the answers are those of an undisturbed run"
  )
  func killed() async throws {
    let asked = Locked<[String: Int]>([:])
    let server = try HTTPTestServer { request in
      let root = try? JSONDocument.parse(request.body, name: "request").root
      let question = root?["messages"]?.array?.last?["content"]?.string ?? ""
      let key = "\(root?["model"]?.string ?? "") \(question)"
      asked.withLock { $0[key, default: 0] += 1 }
      return .chat("Ask Bram about \(question.utf8.count).")
    }
    try await Folders.temporary { folder in
      let file = try study(server.url, in: folder)
      let target = folder.appendingPathComponent("cut").path
      var kills = 0
      for line in 1...4 {
        let outcome = try await Program.run(["run", file, "--output", target], killAtErrorLine: line)
        #expect(outcome.status == -9 || outcome.status == 0)
        kills += outcome.status == -9 ? 1 : 0
      }
      let ended = try await Program.run(["run", file, "--output", target, "--json"])
      #expect(ended.status == 0, "\(ended.errors)")
      let requests = asked.withLock { $0 }
      #expect(requests.count == 16)
      #expect(requests.values.reduce(0, +) <= 16 + 2 * kills)
      let results = try RunStore.reading(target).results()
      #expect(results.responses.count == 16 && results.gaps.isEmpty)
      for response in results.responses {
        #expect(response.text == "Ask Bram about \(results.prompts[response.prompt].text.utf8.count).")
      }
      let facts = try JSONDocument.parse(ended.output, name: "out").root
      #expect(facts["systems"]?.array?.map { $0["verified"]?.bool } == [true, false])
      let page = try String(contentsOfFile: "\(target)/report.html", encoding: .utf8)
      #expect(page.contains("Declared, not verified") && page.contains("checkpoint cafe"))
    }
  }

  @Test(
    "a server that is not there: the run ends with 3, and the report counts what never came"
  )
  func unreachable() async throws {
    let port = try HTTPTestServer.refusingPort()
    try await Folders.temporary { folder in
      let file = try study("http://127.0.0.1:\(port)", in: folder)
      let target = folder.appendingPathComponent("run").path
      let outcome = try await Program.run(["run", file, "--output", target, "--json"])
      #expect(outcome.status == 3, "\(outcome.errors)")
      #expect(outcome.errors.contains("no answer at all of miller, miller-cut"))
      let facts = try JSONDocument.parse(outcome.output, name: "out").root
      #expect(facts["counts"]?["missing"]?.integer == 16)
      #expect(facts["systems"]?.array?[0]["missing"]?["unreachable"]?.integer == 8)
      let page = try String(contentsOfFile: "\(target)/report.html", encoding: .utf8)
      #expect(page.contains("Answers that never came") && page.contains("unreachable"))
    }
  }

  @Test("run --plan weighs a study without its files, in words and as JSON, and writes nothing")
  func plan() async throws {
    let file = Folders.root.appendingPathComponent("Studies/paper.json").path
    let text = try await Program.run(["run", file, "--plan", "--rate", "100"])
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("20 systems, 100 prompts, 2,000 answers"))
    #expect(text.output.contains("tribunal pull Qwen/Qwen3-14B --revision main"))
    #expect(text.output.contains("a bound from below"))
    let json = try await Program.run(["run", file, "--plan", "--rate", "100", "--json"])
    let root = try JSONDocument.parse(json.output, name: "out").root
    #expect(root["answers"]?.integer == 2000 && root["machine"]?["flops"]?.double == 1e11)
    let measured = try await Program.run(["run", "\(Folders.demo.path)/study.json", "--plan", "--json"])
    #expect(measured.status == 0, "\(measured.errors)")
    let rate = try JSONDocument.parse(measured.output, name: "out").root["machine"]?["flops"]?.double
    #expect((rate ?? 0) > 1e8)
    let alone = try await Program.run(["run", file, "--rate", "3", "--dry-run"])
    #expect(alone.status == 2 && alone.errors.contains("--rate belongs to --plan"))
    try await Folders.temporary { folder in
      let broken = folder.appendingPathComponent("study.json")
      try Data(#"{ "version": 1, "name": "x", "models": [] }"#.utf8).write(to: broken)
      let outcome = try await Program.run(["run", broken.path, "--plan"])
      #expect(outcome.status == 2 && outcome.errors.contains("a study needs at least one model"))
    }
  }
}
