import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("Judge host", .timeLimit(.minutes(10)))
struct JudgeHostTests {
  private let bench = HostBench()

  private func fake(_ more: JSONObject = [:], kind: String = "fake") -> JSONValue {
    var entry: JSONObject = ["id": "f", "kind": .string(kind), "retry": ["attempts": 3, "baseMilliseconds": 0]]
    for (key, value) in more.members { entry[key] = value }
    return .object(entry)
  }

  @Test("equal items are asked once")
  func deduplication() async throws {
    let (run, judgements) = try await bench.judge(
      fake(kind: "fake-batch"),
      ["refusal", "nonRefusal", "refusal", "refusal"]
    )
    #expect(run.judged == 2)
    #expect(run.log == ["asked refusal, nonRefusal"])
    #expect(judgements.outcomes == [.refusal, .nonRefusal])
  }

  @Test("batches have the judge's size and verdicts the order of the items")
  func order() async throws {
    let responses = (0..<10).map { $0 % 3 == 0 ? "nonRefusal \($0)" : "refusal \($0)" }
    let (run, judgements) = try await bench.judge(fake(kind: "fake-batch"), responses)
    #expect(run.log.count == 3)
    let ids = responses.map { ItemIdentity.item(prompt: "May I ring the bell?", response: $0, systemID: nil).id }
    #expect(judgements.map(\.itemID) == ids)
    #expect(judgements.outcomes == (0..<10).map { $0 % 3 == 0 ? .nonRefusal : .refusal })
    #expect(judgements.allSatisfy { $0.attempts == 1 && $0.seconds >= 0 })
  }

  @Test("with many batches at once every item has one judgement")
  func concurrency() async throws {
    let responses = (0..<200).map { "refusal \($0)" }
    let (run, judgements) = try await bench.judge(fake(["concurrency": 16]), responses)
    #expect(run.judged == 200)
    #expect(Set(judgements.map(\.itemID)).count == 200)
    #expect(run.failure == nil)
  }

  @Test("a judge that breaks costs the items of that batch only", arguments: ["throw", "cancelled"])
  func crash(word: String) async throws {
    let (run, judgements) = try await bench.judge(fake(), ["refusal", word, "nonRefusal"])
    #expect(judgements.outcomes == [.refusal, .abstain(.crashed), .nonRefusal])
    #expect(run.failure == nil)
  }

  @Test("too few or too many verdicts break the contract", arguments: ["tooFew", "tooMany"])
  func count(word: String) async throws {
    let (_, judgements) = try await bench.judge(fake(kind: "fake-batch"), ["a", word, "c", "d", "refusal"])
    let broken = Outcome.abstain(.protocolError)
    #expect(judgements.outcomes == [broken, broken, broken, broken, .refusal])
    #expect(judgements.first?.verdict.detail?.contains("for 4 items") == true)
  }

  @Test("a score outside 0 to 1 is no verdict", arguments: ["score 1.5", "score -0.01", "score nan", "score inf"])
  func score(word: String) async throws {
    let (_, judgements) = try await bench.judge(fake(), [word, "score 1", "score 0"])
    #expect(judgements.outcomes == [.abstain(.outOfRange), .refusal, .refusal])
    #expect(judgements.map(\.verdict.score) == [nil, 1, 0])
  }

  @Test(
    "a failure on the way is tried again, as often as declared",
    arguments: [("retry 2", .refusal, 3), ("retry 3", .abstain(.serverError), 3), ("retry 1 now", .refusal, 2)]
      as [(String, Outcome, Int)]
  )
  func retries(word: String, outcome: Outcome, attempts: Int) async throws {
    let (run, judgements) = try await bench.judge(fake(), [word, "nonRefusal"])
    #expect(judgements.outcomes == [outcome, .nonRefusal])
    #expect(judgements.map(\.attempts) == [attempts, 1])
    #expect(run.failure == nil)
  }

  @Test("a judge that says further requests would fail alike is asked no more")
  func fatal() async throws {
    let (run, judgements) = try await bench.judge(fake(), ["refusal", "fatal", "refusal 2", "refusal 3"])
    let quota = Outcome.abstain(.quota)
    #expect(judgements.outcomes == [.refusal, quota, quota, quota])
    #expect(judgements.map(\.attempts) == [1, 1, 0, 0])
    #expect(run.log == ["asked refusal", "asked fatal"])
    #expect(run.failure == "the purse is empty")
    #expect(judgements.last?.verdict.detail == "the purse is empty")
  }

  @Test("a judge that hangs, deaf to its cancellation, is left behind when the time is over")
  func deadline() async throws {
    let (_, judgements) = try await bench.judge(fake(["timeoutSeconds": 0.01]), ["hang", "refusal"])
    #expect(judgements.outcomes == [.abstain(.timeout), .refusal])
  }

  @Test("a budget is spent to its last request, retries counted")
  func budget() async throws {
    let budget: JSONObject = ["budget": ["requests": 6]]
    let (_, judgements) = try await bench.judge(fake(budget, kind: "fake-batch"), (0..<9).map { "refusal \($0)" })
    #expect(judgements.outcomes == Array(repeating: .refusal, count: 6) + Array(repeating: .abstain(.budget), count: 3))
    let (run, retried) = try await bench.judge(fake(["budget": ["requests": 3]]), ["retry 2", "refusal", "refusal 2"])
    #expect(retried.outcomes == [.refusal, .abstain(.budget), .abstain(.budget)])
    #expect(run.log.count == 3)
    let (none, nothing) = try await bench.judge(fake(["budget": ["requests": 0]]), ["refusal"])
    #expect(nothing.outcomes == [.abstain(.budget)])
    #expect(none.log.isEmpty)
  }

  @Test("no items, no judge")
  func nothing() async throws {
    let (run, judgements) = try await bench.judge(["id": "p", "kind": "process", "command": ["false"]], [])
    #expect(run.judged == 0)
    #expect(run.failure == nil)
    #expect(judgements.isEmpty)
  }

  @Test("what a commit throws comes out, and nothing more is committed")
  func commitFails() async throws {
    struct Full: Error {}
    let items = (0..<5).map { ItemIdentity.item(prompt: "p", response: "refusal \($0)", systemID: nil) }
    let declaration = try bench.declaration(fake())
    let commits = Commits()
    await #expect(throws: Full.self) {
      try await bench.host.judge(declaration, items) { batch in
        commits.add(batch)
        throw Full()
      }
    }
    #expect(commits.batches.count == 1)
  }

  @Test("a failing commit does not wait for a judge that hangs")
  func commitFailsBesideHang() async throws {
    struct Full: Error {}
    let items = ["refusal", "hang"].map { ItemIdentity.item(prompt: "p", response: $0, systemID: nil) }
    let declaration = try bench.declaration(fake(["concurrency": 2, "timeoutSeconds": 86400]))
    await #expect(throws: Full.self) { try await bench.host.judge(declaration, items) { _ in throw Full() } }
  }

  @Test("cancelling ends a run even while a judge hangs")
  func cancellation() async throws {
    let items = ["refusal", "hang"].map { ItemIdentity.item(prompt: "p", response: $0, systemID: nil) }
    let declaration = try bench.declaration(fake(["timeoutSeconds": 86400]))
    let host = bench.host
    let commits = Commits()
    let (committed, teller) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      try await host.judge(declaration, items) { batch in
        commits.add(batch)
        teller.yield()
      }
    }
    for await _ in committed { break }
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(commits.all.outcomes == [.refusal])
  }

  @Test("cancelling ends a run while its judge hangs at the start")
  func cancelledStart() async throws {
    let declaration = try bench.declaration(fake(["mood": "cross"], kind: "fake-batch"))
    let host = bench.host
    let item = ItemIdentity.item(prompt: "p", response: "refusal", systemID: nil)
    let commits = Commits()
    let task = Task { try await host.judge(declaration, [item]) { commits.add($0) } }
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(commits.all.isEmpty)
  }

  @Test("a judge that cannot start gives every item its reason")
  func cannotStart() async throws {
    try await Folders.temporary { folder in
      try Folders.writeBrokenProgram("broken", in: folder)
      var bench = bench
      bench.folder = folder.path
      let entry: JSONValue = ["id": "p", "kind": "process", "command": ["./broken"]]
      let (run, judgements) = try await bench.judge(entry, ["a", "b"])
      #expect(judgements.outcomes == [.abstain(.crashed), .abstain(.crashed)])
      #expect(judgements.map(\.attempts) == [0, 0])
      #expect(run.failure?.contains("./broken: cannot be started: No such file") == true, "\(run.failure ?? "")")
      // One that goes away after the file was read.
      let gone = try bench.declaration(entry)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("broken"))
      let items = [ItemIdentity.item(prompt: "p", response: "r", systemID: nil)]
      let failure = try await bench.host.judge(gone, items) { _ in }.failure
      #expect(failure?.contains("./broken: cannot be started") == true, "\(failure ?? "")")
    }
  }

  @Test("a local judge and a self-probe are asked through the models of the run")
  func models() async throws {
    var bench = bench
    bench.folder = Folders.root.path
    bench.model = ScriptedModel(logProbabilities: [-0.1, -3], massOutside: 0.05)
    let local: JSONValue = ["id": "l", "kind": "local-model", "model": "Demo/checkpoints/judge"]
    #expect(try await bench.judge(local, ["I won't."]).judgements.outcomes == [.refusal])
    #expect(try await bench.judge(["id": "s", "kind": "self-probe"], ["I won't."]).judgements.outcomes == [.refusal])
    #expect(bench.model.chats.last?.turns.map(\.role) == [.user, .assistant, .user])
  }

  @Test("what is not set makes a judge not configured, without asking anyone")
  func status() throws {
    var bench = bench
    let entry: JSONValue = [
      "id": "r", "kind": "remote", "endpoint": "https://api.example.org/v1", "model": "miller", "apiKeyEnv": "MILL_KEY",
    ]
    let declaration = try bench.declaration(entry)
    #expect(bench.host.status(of: declaration) == .notConfigured("the environment variable MILL_KEY is not set"))
    bench.environment["MILL_KEY"] = "willow"
    #expect(bench.host.status(of: declaration) == .ready)
    #expect(bench.host.status(of: try bench.declaration(fake())) == .ready)
  }

  @Test("identity is what is shown; the system counts for judges that ask it")
  func identity() {
    let item = ItemIdentity.item(prompt: "a", response: "b", systemID: nil)
    #expect(item.id.count == 64)
    #expect(item == ItemIdentity.item(prompt: "a", response: "b", systemID: nil))
    let others = [
      ItemIdentity.item(prompt: "ab", response: "", systemID: nil),
      ItemIdentity.item(prompt: "b", response: "a", systemID: nil),
      ItemIdentity.item(prompt: "a", response: "b", systemID: "x"),
      ItemIdentity.item(prompt: "a", response: "b", systemID: "y"),
      ItemIdentity.item(prompt: "a\n1\nb", response: "", systemID: nil),
      ItemIdentity.item(prompt: "\u{E9}", response: "", systemID: nil),
      ItemIdentity.item(prompt: "e\u{301}", response: "", systemID: nil),
    ]
    #expect(Set((others + [item]).map(\.id)).count == 8)
  }

  @Test("a judge's identity follows what can change its verdicts and nothing else")
  func resolved() async throws {
    try await Folders.temporary { folder in
      var bench = bench
      bench.folder = folder.path
      let models = BenchModels(model: bench.model)
      func hash(_ entry: JSONValue) throws -> String {
        try bench.declaration(entry).resolved(models: models).contentHash
      }
      let base: JSONObject = ["id": "k", "kind": "keyword", "phrases": ["bell"]]
      func with(_ key: String, _ value: JSONValue) -> JSONValue {
        var entry = base
        entry[key] = value
        return .object(entry)
      }
      let own = try hash(.object(base))
      for same in [with("id", "other"), with("timeoutSeconds", 3), with("ignoreCase", true), with("match", "anywhere")]
      {
        #expect(try hash(same) == own)
      }
      for other in [with("phrases", ["wool"]), with("ignoreCase", false), with("scope", ["firstCharacters": 9])] {
        #expect(try hash(other) != own)
      }
      let script: JSONValue = ["id": "p", "kind": "process", "command": ["python3", "judge.py"]]
      try FileBytes.write(Array("one".utf8), to: folder.appendingPathComponent("judge.py").path)
      let before = try hash(script)
      try FileBytes.write(Array("two".utf8), to: folder.appendingPathComponent("judge.py").path)
      #expect(try hash(script) != before)
    }
  }
}
