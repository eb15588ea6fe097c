import Dispatch
import Foundation
import JSON
import JudgeKit
import KeywordJudge
import LocalModelJudge
import Locking
import SelfProbeJudge
import TestKit
import Testing

@testable import JudgeHost

@Suite("A panel at the host", .timeLimit(.minutes(10)))
struct PanelHostTests {
  /// Holds its thread until somebody signals; a panel of them would stop a program that asks judges on shared threads.
  struct StubbornJudge: Judge {
    static let kind = "stubborn"
    static let summary = "waits with its thread in hand"
    static let options: [JudgeOption] = []
    static let batchSize = 1
    static let gate = DispatchSemaphore(value: 0)

    init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {}

    func verdicts(on items: [Item]) async throws -> [Verdict] {
      Self.wait()
      return items.map { _ in Verdict(.refusal, reading: "stubborn") }
    }

    private static func wait() { gate.wait() }
  }

  private let bench = HostBench()

  private func items(_ words: [String]) -> [Item] {
    words.map { ItemIdentity.item(prompt: "Who feeds the carp?", response: $0, systemID: nil) }
  }

  @Test("judges that hold their threads keep nobody else waiting")
  func stubborn() async throws {
    let registry = JudgeRegistry([StubbornJudge.self, FakeJudge.self])
    let count = 12
    let entries = (0..<count).map { number -> JSONValue in ["id": .string("s\(number)"), "kind": "stubborn"] }
    let file: JSONValue = ["version": 1, "judges": .array(entries + [["id": "quick", "kind": "fake"]])]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    let judges = try PanelFile.parse(document, baseFolder: "/", registry: registry).judges
    let words = items((0..<50).map { "refusal \($0)" })
    let order = Locked<[Int]>([])
    let runs = try await bench.host.judge(
      judges.map { JudgeAssignment($0, $0.id == "quick" ? words : [words[0]]) },
      PanelObserver { _, _ in
      } commit: { _, _ in
      } finish: { judge, _ in
        order.withLock { $0.append(judge) }
        // Only when the quick one is through may the others go on.
        if judge == count { for _ in 0..<count { StubbornJudge.gate.signal() } }
      }
    )
    #expect(runs.map(\.judged) == Array(repeating: 1, count: count) + [50])
    #expect(order.withLock { $0.first } == count)
  }

  @Test("a judge that hangs stalls neither the others nor their commits")
  func hanging() async throws {
    let slow = try bench.declaration(["id": "slow", "kind": "fake", "timeoutSeconds": 86400])
    let quick = try bench.declaration(["id": "quick", "kind": "fake-batch"])
    let (through, teller) = AsyncStream.makeStream(of: Void.self)
    let commits = [Commits(), Commits()]
    let host = bench.host
    let words = items((0..<30).map { "refusal \($0)" })
    let hang = items(["refusal", "hang"])
    let task = Task {
      try await host.judge(
        [JudgeAssignment(slow, hang), JudgeAssignment(quick, words)],
        PanelObserver { _, _ in
        } commit: { judge, judgements in
          commits[judge].add(judgements)
        } finish: { judge, _ in
          if judge == 1 { teller.yield() }
        }
      )
    }
    for await _ in through { break }
    #expect(commits[1].all.count == 30)
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    #expect(commits[0].all.outcomes == [.refusal], "what was finished before the interruption is kept")
  }

  @Test("commits and ends come one at a time, and a judge ends after its last commit")
  func oneAtATime() async throws {
    let judges = try (0..<6).map { try bench.declaration(["id": .string("j\($0)"), "kind": "fake", "concurrency": 4]) }
    let words = items((0..<100).map { $0 % 3 == 0 ? "throw \($0)" : "nonRefusal \($0)" })
    let inside = Locked((now: 0, most: 0))
    let counts = Locked<[Int]>(Array(repeating: 0, count: 6))
    let ended = Locked<[Int]>([])
    let snapshots = Locked<[[JudgeProgress]]>(Array(repeating: [], count: 6))
    @Sendable func enter() {
      inside.withLock { inside in
        inside.now += 1
        inside.most = max(inside.most, inside.now)
      }
    }
    let runs = try await bench.host.judge(
      judges.map { JudgeAssignment($0, words) },
      PanelObserver { judge, progress in
        snapshots.withLock { $0[judge].append(progress) }
      } commit: { judge, judgements in
        enter()
        await Task.yield()
        counts.withLock { $0[judge] += judgements.count }
        inside.withLock { $0.now -= 1 }
      } finish: { judge, run in
        enter()
        #expect(counts.withLock { $0[judge] } == 100)
        ended.withLock { $0.append(judge) }
        inside.withLock { $0.now -= 1 }
      }
    )
    #expect(inside.withLock { $0.most } == 1)
    #expect(ended.withLock { $0.sorted() } == Array(0..<6))
    #expect(runs.map(\.judged) == Array(repeating: 100, count: 6))
    for own in snapshots.withLock({ $0 }) {
      #expect(
        own.last
          == {
            var last = JudgeProgress(total: 100); (last.done, last.abstained, last.isOver) = (100, 34, true);
            return last
          }()
      )
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.done <= $1.done })
      #expect(own.count(where: \.isOver) == 1)
    }
  }

  @Test("what one judge's commit throws stops them all")
  func commitFails() async throws {
    struct Full: Error {}
    let judges = try ["a", "b"].map {
      try bench.declaration(["id": .string($0), "kind": "fake", "timeoutSeconds": 86400])
    }
    let assignments = [JudgeAssignment(judges[0], items(["hang"])), JudgeAssignment(judges[1], items(["refusal"]))]
    await #expect(throws: Full.self) {
      try await bench.host.judge(assignments, PanelObserver(commit: { _, _ in throw Full() }))
    }
  }

  @Test("a slow commit does not keep a judge waiting, and gathers what finishes meanwhile")
  func gathers() async throws {
    let declaration = try bench.declaration(["id": "f", "kind": "fake"])
    let words = items((0..<200).map { "refusal \($0)" })
    let commits = Commits()
    let outbox = Outbox()
    for item in words {
      await outbox.put([Judgement(itemID: item.id, verdict: Verdict(.refusal, reading: "x"), attempts: 1, seconds: 0)])
    }
    #expect(await outbox.take()?.map(\.itemID) == words.map(\.id))
    outbox.close()
    #expect(await outbox.take() == nil)
    let run = try await bench.host.judge(declaration, words) {
      commits.add($0)
      for _ in 0..<200 { await Task.yield() }
    }
    #expect(run.judged == 200)
    #expect(commits.all.map(\.itemID) == words.map(\.id))
  }

  @Test("those who put much wait until there is room, and are freed when the outbox closes")
  func backpressure() async throws {
    let outbox = Outbox()
    let many = (0..<5000).map {
      Judgement(itemID: "\($0)", verdict: Verdict(.refusal, reading: "x"), attempts: 1, seconds: 0)
    }
    let putting = Task { await outbox.put(many) }
    var taken: [String] = []
    while taken.count < 5000, let some = await outbox.take() {
      #expect(some.count <= 1024)
      taken += some.map(\.itemID)
    }
    await putting.value
    #expect(taken == many.map(\.itemID))
    let stuck = Task { await outbox.put(many) }
    // Whether it waits already or comes later, closing lets it go.
    outbox.close()
    await stuck.value
  }

  @Test("judges that run a checkpoint here share one lane, all others have their own")
  func lanes() throws {
    var bench = bench
    bench.folder = Folders.root.path
    let local: JSONValue = ["id": "l", "kind": "local-model", "model": "Demo/checkpoints/judge"]
    let remote: JSONValue = ["id": "r", "kind": "remote", "endpoint": "https://api.example.org/v1", "model": "m"]
    let keyword: JSONValue = ["id": "k", "kind": "keyword", "phrases": ["bell"]]
    let panel = try [keyword, local, remote, ["id": "s", "kind": "self-probe"], keyword].map {
      try bench.declaration($0)
    }
    #expect(JudgeHost.lanes(panel) == [[1, 3], [0], [2], [4]])
    #expect(JudgeHost.lanes([]) == [])
  }
}
