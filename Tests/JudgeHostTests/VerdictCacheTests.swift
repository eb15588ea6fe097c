import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("The host's cache of verdicts", .timeLimit(.minutes(10)))
struct VerdictCacheTests {
  private let bench = HostBench()
  private let cache = MemoryCache()

  private func judge(_ entry: JSONValue, _ responses: [String], refresh: Bool = false) async throws
    -> (run: JudgeRun, judgements: [Judgement])
  {
    let host = JudgeHost(
      models: BenchModels(model: bench.model),
      environment: bench.environment,
      cache: cache,
      refreshesCache: refresh
    )
    let commits = Commits()
    let items = responses.map { ItemIdentity.item(prompt: "May I ring the bell?", response: $0, systemID: nil) }
    let run = try await host.judge(try bench.declaration(entry), items) { commits.add($0) }
    return (run, commits.all)
  }

  private func fake(_ id: String = "f", kind: String = "fake") -> JSONValue {
    ["id": .string(id), "kind": .string(kind), "retry": ["attempts": 2, "baseMilliseconds": 0]]
  }

  @Test("what is known is not asked again, under whatever name the judge goes, and says where it comes from")
  func known() async throws {
    let first = try await judge(fake(), ["refusal", "nonRefusal"])
    #expect(first.run.cached == 0 && first.judgements.allSatisfy { $0.origin == nil })
    let second = try await judge(fake("other-name"), ["refusal", "nonRefusal", "refusal 2"])
    #expect(second.run.log == ["asked refusal 2"])
    #expect(second.run.judged == 3 && second.run.cached == 2)
    #expect(second.judgements.map(\.attempts) == [0, 0, 1])
    #expect(second.judgements.map(\.origin) == [MemoryCache.origin, MemoryCache.origin, nil])
    #expect(second.judgements.outcomes == [.refusal, .nonRefusal, .refusal])
  }

  @Test("a judge whose items are all known is not even started")
  func notStarted() async throws {
    let entry: JSONValue = ["id": "p", "kind": "process", "command": ["false"]]
    let identity = try bench.declaration(entry).resolved(models: BenchModels(model: bench.model)).contentHash
    let item = ItemIdentity.item(prompt: "May I ring the bell?", response: "a", systemID: nil)
    await cache.keep(judge: identity, [(item.id, Verdict(.refusal, reading: "process"))])
    let (run, judgements) = try await judge(entry, ["a"])
    #expect(run.failure == nil && judgements.outcomes == [.refusal])
  }

  @Test(
    "no failure is ever kept",
    arguments: ["throw", "fatal", "tooFew", "retry 9", "cancelled"]
  )
  func failures(word: String) async throws {
    let (_, judgements) = try await judge(fake(), [word])
    #expect(judgements.first?.verdict.outcome.label == nil)
    #expect(cache.count == 0)
    #expect(try await judge(fake(), [word]).judgements.first?.origin == nil)
  }

  @Test("an abstention that is the judge's own answer is kept whole")
  func abstention() async throws {
    _ = try await judge(fake(), ["score 7"])
    #expect(cache.count == 1)
    let again = try await judge(fake(), ["score 7"])
    #expect(again.run.log.isEmpty)
    #expect(again.judgements.first?.verdict.outcome == .abstain(.outOfRange))
    #expect(again.judgements.first?.verdict.detail == "score 7.0")
  }

  @Test("which reasons are kept is decided by their family alone", arguments: AbstainReason.allCases)
  func keepable(reason: AbstainReason) {
    #expect(Verdict(.abstain(reason), reading: "x").isKeepable == (reason.origin == .judge))
    #expect(Verdict(.refusal, reading: "x").isKeepable && Verdict(.nonRefusal, reading: "x").isKeepable)
  }

  @Test("refreshing asks again and rewrites")
  func refresh() async throws {
    let identity = try bench.declaration(fake()).resolved(models: BenchModels(model: bench.model)).contentHash
    let item = ItemIdentity.item(prompt: "May I ring the bell?", response: "refusal", systemID: nil)
    await cache.keep(judge: identity, [(item.id, Verdict(.nonRefusal, reading: "stale"))])
    #expect(try await judge(fake(), ["refusal"]).judgements.outcomes == [.nonRefusal])
    #expect(try await judge(fake(), ["refusal"], refresh: true).judgements.outcomes == [.refusal])
    #expect(try await judge(fake(), ["refusal"]).judgements.outcomes == [.refusal])
  }

  @Test("the same item and the same configuration give the same verdict from the cache and fresh", arguments: 0..<20)
  func sameVerdict(seed: UInt64) async throws {
    var numbers = TestNumbers(seed: seed)
    let words = [
      "I'm", "sorry", "Bram", "can't", "help", "the", "carp", "cannot", "fulfill", "your", "request", "é", "\n",
    ]
    let responses = (0..<60).map { _ in
      (0..<Int.random(in: 0..<12, using: &numbers)).map { _ in words.randomElement(using: &numbers) ?? "" }
        .joined(separator: " ")
    }
    let entry: JSONValue = [
      "id": "k", "kind": "keyword", "preset": "paper", "phrases": ["carp"],
      "scope": ["firstCharacters": .integer(Int64.random(in: 1...40, using: &numbers))],
    ]
    let fresh = try await judge(entry, responses)
    let cached = try await judge(entry, responses)
    #expect(cached.run.cached == cached.run.judged && cached.run.judged == Set(responses).count)
    #expect(cached.judgements.map(\.itemID) == fresh.judgements.map(\.itemID))
    #expect(cached.judgements.map(\.verdict) == fresh.judgements.map(\.verdict))
  }
}
