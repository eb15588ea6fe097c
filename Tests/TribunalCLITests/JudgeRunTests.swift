import Foundation
import JSON
import JudgeHost
import JudgeKit
import Locking
import Study
import TestKit
import Testing

@Suite("tribunal judge RUN, its replay, and judges try and check on a run", .timeLimit(.minutes(10)))
struct JudgeRunTests {
  /// A run of the small study, and a second file of judges whose remote judge is answered by `server`.
  private func withRun(
    _ server: HTTPTestServer,
    _ use: (_ run: String, _ judges: String) async throws -> Void
  ) async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2)
      let run = folder.appendingPathComponent("run").path
      let made = try await Program.run(["run", study.file, "--output", run, "--quiet"])
      #expect(made.status == 0, "\(made.errors)")
      let judges = folder.appendingPathComponent("more.json").path
      try """
      { "version": 1, "judges": [
        { "id": "far", "kind": "remote", "endpoint": "\(server.url)/v1", "model": "m",
          "read": { "method": "generate", "parser": "label-line-v1" } },
        { "id": "keywords", "kind": "keyword", "preset": "demo" },
        { "id": "self", "kind": "self-probe" }
      ] }
      """.write(toFile: judges, atomically: true, encoding: .utf8)
      try await use(run, judges)
    }
  }

  private func server() throws -> HTTPTestServer {
    try HTTPTestServer { request in
      String(decoding: request.body, as: UTF8.self).contains("sorry") ? .chat("**REFUSAL**") : .chat("NON-REFUSAL")
    }
  }

  private func names(_ run: String) throws -> [String] {
    try RunStore.reading(run).results().judges.map { "\($0.name) \($0.kind)" }
  }

  @Test("a second panel judges the stored answers; the run keeps both, asks nobody twice and leaves self-probes alone")
  func judging() async throws {
    let server = try server()
    try await withRun(server) { run, judges in
      let before = try RunStore.reading(run).results()
      let answer = try await Program.run(["judge", run, "--judges", judges, "--json"])
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(answer.errors.contains("judge self asks the system that answered"))
      #expect(answer.errors.contains("judge keywords is configured anew"))
      let facts = try #require(try JSONDocument.parse(answer.output, name: "out").root["judges"]?.array)
      #expect(facts.map { $0["judge"] } == ["far", "keywords"])
      #expect(facts[0]["known"] == 0)
      let after = try RunStore.reading(run).results()
      #expect(after.responses == before.responses)
      #expect(after.judges.map(\.name) == before.judges.map(\.name) + ["far"])
      #expect(after.verdicts[5].allSatisfy { $0 != nil })
      #expect(after.judges[0].id != before.judges[0].id)
      #expect(after.verdicts[2] == before.verdicts[2], "the self-probe's verdicts stay")
      let requests = server.requests.count
      let again = try await Program.run(["judge", run, "--judges", judges])
      #expect(again.status == 0)
      #expect(server.requests.count == requests)
      #expect(!again.errors.contains("configured anew"))
    }
  }

  @Test("a judge that cannot be reached for good gives 3, and its abstentions are asked again")
  func stopped() async throws {
    let isOpen = Locked(false)
    let gate = try HTTPTestServer { _ in isOpen.withLock { $0 } ? .chat("REFUSAL") : .whole(401) }
    try await withRun(gate) { run, judges in
      let only = ["judge", run, "--judges", judges, "--judge", "far"]
      #expect(try await Program.run(only).status == 3)
      isOpen.withLock { $0 = true }
      let after = try await Program.run(only + ["--json"])
      #expect(after.status == 0, "\(after.errors)")
      let facts = try JSONDocument.parse(after.output, name: "out").root["judges"]?.array?.first
      #expect(facts?["known"] == 0 && facts?["state"] == "done")
      #expect(facts?["refusals"]?["of"]?.integer == facts?["refusals"]?["count"]?.integer)
    }
  }

  @Test("a judge that is never reached gives 3 on a run too, and so does trying it; what the others said is kept")
  func unreached() async throws {
    try await withRun(try server()) { run, judges in
      let file = URL(fileURLWithPath: judges).deletingLastPathComponent().appendingPathComponent("gone.json").path
      let port = try HTTPTestServer.refusingPort()
      try """
      { "version": 1, "judges": [
        { "id": "gone", "kind": "remote", "endpoint": "http://127.0.0.1:\(port)/v1", "model": "m", "retry": {"attempts": 1} },
        { "id": "bell", "kind": "keyword", "phrases": ["bell"] }
      ] }
      """.write(toFile: file, atomically: true, encoding: .utf8)
      let answer = try await Program.run(["judge", run, "--judges", file])
      #expect(answer.status == 3)
      #expect(answer.errors.contains("judge gone: could not be reached, no answer to any item: unreachable "))
      let after = try RunStore.reading(run).results()
      let bell = try #require(after.judges.firstIndex { $0.name == "bell" })
      #expect(after.verdicts[bell].allSatisfy { $0?.verdict.outcome.label != nil })
      let tried = try await Program.run(["judges", "try", "gone", "--judges", file, "--prompt", "p", "--response", "r"])
      #expect(tried.status == 3)
      #expect(tried.output.contains("unreachable"))
    }
  }

  @Test("a replay shows what another parser reads, changes nothing, and can be kept beside its source")
  func replay() async throws {
    try await withRun(try server()) { run, judges in
      #expect(try await Program.run(["judge", run, "--judges", judges, "--judge", "far"]).status == 0)
      let stored = try RunStore.reading(run).results()
      let refusals = stored.verdicts[5].count { $0?.verdict.outcome == .refusal }
      #expect(refusals > 0)
      let shown = try await Program.run(["judge", run, "--replay", "exact-v1", "--json"])
      #expect(shown.status == 0, "\(shown.errors)")
      let facts = try JSONDocument.parse(shown.output, name: "out").root
      #expect(facts["judges"]?.array?.map { $0["judge"] } == ["far"])
      #expect(facts["judges"]?.array?[0]["changed"]?.array?.count == refusals)
      #expect(facts["unreadable"]?.array?.count == 5)
      #expect(try RunStore.reading(run).results().verdicts == stored.verdicts)
      let same = try await Program.run(["judge", run, "--replay", "label-line-v1", "--judge", "far"])
      #expect(same.output.contains("far: 0 of \(stored.responses.count) answers read otherwise"))
      #expect(same.output.contains("nothing in the run was changed"))

      let keep = ["judge", run, "--replay", "exact-v1", "--keep", "far-exact"]
      let kept = try await Program.run(keep)
      #expect(kept.status == 0, "\(kept.errors)")
      let after = try RunStore.reading(run).results()
      #expect(after.judges.map(\.name) == stored.judges.map(\.name) + ["far-exact"])
      #expect(after.verdicts[6].count { $0?.verdict.outcome == .abstain(.unparsed) } == refusals)
      #expect(after.verdicts.prefix(6).elementsEqual(stored.verdicts))
      #expect(try await Program.run(keep).status == 0, "the same again is no clash")
      let clash = try await Program.run(["judge", run, "--replay", "paper-hf", "--judge", "far", "--keep", "far-exact"])
      #expect(clash.status == 2)
      #expect(clash.errors.contains("give --keep a name that is not taken"))
      #expect(try await Program.run(["agree", run]).output.contains("far-exact"))
    }
  }

  @Test("a kept replay outlives a change of the panel; a parser, a judge or a run that is not there is bad input")
  func keeping() async throws {
    try await withRun(try server()) { run, judges in
      #expect(try await Program.run(["judge", run, "--judges", judges, "--judge", "far"]).status == 0)
      #expect(
        try await Program.run(["judge", run, "--replay", "paper-substring", "--judge", "far", "--keep", "kept"]).status
          == 0
      )
      let study = URL(fileURLWithPath: judges).deletingLastPathComponent().appendingPathComponent("study.json").path
      #expect(try await Program.run(["run", study, "--output", run, "--quiet"]).status == 0)
      #expect(try names(run).last == "kept replay")
      #expect(try names(run).count == 6)
      let parser = try await Program.run(["judge", run, "--replay", "exakt-v1"])
      #expect(parser.status == 2)
      #expect(parser.errors.contains("did you mean \"exact-v1\"?"))
      let judge = try await Program.run(["judge", run, "--replay", "exact-v1", "--judge", "kep"])
      #expect(judge.status == 2)
      #expect(judge.errors.contains("did you mean \"kept\"?"))
      let none = try await Program.run(["judge", "/no/such/run", "--judges", judges])
      #expect(none.status == 2)
      #expect(!FileManager.default.fileExists(atPath: "/no/such/run"))
    }
  }

  @Test("try shows an item of the run, and what the run holds of it")
  func trying() async throws {
    try await withRun(try server()) { run, judges in
      #expect(try await Program.run(["judge", run, "--judges", judges, "--judge", "far"]).status == 0)
      let listed = try await Program.run(["judge", run, "--replay", "exact-v1", "--json"])
      let item = try #require(
        try JSONDocument.parse(listed.output, name: "out").root["judges"]?.array?[0]["changed"]?.array?[0]["item"]?
          .string
      )
      let arguments = ["judges", "try", "far", "--judges", judges, "--run", run, "--item", String(item.prefix(16))]
      let shown = try await Program.run(arguments)
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(shown.output.contains("item \(item)"))
      #expect(shown.output.contains("read by        label-line-v1: \"REFUSAL\" at character 2"))
      #expect(shown.output.contains("in the run     refusal, read by label-line-v1"))
      let facts = try JSONDocument.parse(try await Program.run(arguments + ["--json"]).output, name: "out").root
      #expect(facts["trials"]?.array?[0]["stored"] == "refusal")
      #expect(facts["trials"]?.array?[0]["exchanges"]?.array?.count == 1)
      let vague = try await Program.run(Array(arguments.dropLast()) + ["zzzz"])
      #expect(vague.status == 2)
      #expect(vague.errors.contains("no item of the run has a hash that begins with \"zzzz\""))
    }
  }

  @Test("with its study the systems of a run can be asked: a self-probe is judged and tried")
  func selfProbe() async throws {
    try await withRun(try server()) { run, judges in
      let folder = URL(fileURLWithPath: judges).deletingLastPathComponent()
      let study = folder.appendingPathComponent("study.json").path
      let other = folder.appendingPathComponent("probe.json").path
      try
        "{\"version\": 1, \"judges\": [{\"id\": \"probe\", \"kind\": \"self-probe\", \"read\": {\"minimumMass\": 0.4}}]}"
        .write(toFile: other, atomically: true, encoding: .utf8)
      let before = try RunStore.reading(run).results()
      let without = try await Program.run(["judge", run, "--judges", other])
      #expect(without.status == 0)
      #expect(without.errors.contains("--study STUDY brings it"))
      let answer = try await Program.run(["judge", run, "--judges", other, "--study", study])
      #expect(answer.status == 0, "\(answer.errors)")
      let after = try RunStore.reading(run).results()
      #expect(after.judges.map(\.name) == before.judges.map(\.name) + ["probe"])
      // The same question as the study's own self-probe, with another floor for the mass.
      #expect(after.verdicts[5].map { $0?.verdict.raw } == before.verdicts[2].map { $0?.verdict.raw })
      #expect(after.systems == before.systems && after.responses == before.responses)

      let item = try #require(before.responses.first)
      let prompt = before.prompts[item.prompt].text
      let hash = ItemIdentity.item(prompt: prompt, response: item.text, systemID: before.systems[item.system].id).id
      let shown = try await Program.run(
        ["judges", "try", "probe", "--judges", other, "--run", run, "--item", hash, "--study", study]
      )
      #expect(shown.status == 0, "\(shown.errors)")
      #expect(shown.output.contains("assistant\n  | "))
      #expect(shown.output.contains("Did you refuse"))
      #expect(shown.output.contains("in the run     "))
      let wrong = try await Program.run(
        ["judge", run, "--judges", other, "--study", Folders.demo.appendingPathComponent("study.json").path]
      )
      #expect(wrong.status == 2)
      #expect(wrong.errors.contains("holds the study"))
    }
  }

  @Test("the card of a check is kept in the run under the judge's identity")
  func card() async throws {
    try await withRun(try server()) { run, judges in
      let store = try RunStore.reading(run)
      let words = try #require(try store.results().judges.first { $0.name == "keywords" })
      let declared = URL(fileURLWithPath: judges).deletingLastPathComponent().appendingPathComponent("judges.json").path
      let checked = try await Program.run(["judges", "check", declared, "--judge", "keywords", "--run", run, "--json"])
      #expect(checked.status == 0, "three phrases make a weak judge, which is no finding: \(checked.errors)")
      let cards = try store.checks(judge: words.id)
      #expect(cards.count == 1)
      let card = try JSONDocument.parse(cards[0].card, name: "card").root
      let shown = try JSONDocument.parse(checked.output, name: "out").root["judges"]?.array?[0]
      #expect(card.text(.canonical) == shown?.text(.canonical))
      #expect(card["card"]?["clear"]?["of"] == 20)
    }
  }
}
