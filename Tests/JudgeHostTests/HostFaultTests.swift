import JSON
import JudgeKit
import Locking
import TestKit
import Testing

@testable import JudgeHost

@Suite("200 faults in a row", .timeLimit(.minutes(10)))
struct HostFaultTests {
  /// A kind of fault, and what each item that meets it must end as.
  private struct Fault {
    let name: String
    let word: @Sendable (Int) -> String
    let outcome: Outcome
    let attempts: Int
    var detail: String?
    var more: JSONObject = [:]
  }

  private static let faults = [
    Fault(name: "retried", word: { "retry 2 \($0)" }, outcome: .refusal, attempts: 3),
    Fault(name: "exhausted", word: { "retry 9 \($0)" }, outcome: .abstain(.serverError), attempts: 3, detail: "busy"),
    Fault(name: "throws", word: { "throw \($0)" }, outcome: .abstain(.crashed), attempts: 1, detail: "the bench broke"),
    Fault(name: "cancels", word: { "cancelled \($0)" }, outcome: .abstain(.crashed), attempts: 1),
    Fault(
      name: "too-few",
      word: { "tooFew \($0)" },
      outcome: .abstain(.protocolError),
      attempts: 1,
      detail: "0 verdicts for 1 items"
    ),
    Fault(
      name: "too-many",
      word: { "tooMany \($0)" },
      outcome: .abstain(.protocolError),
      attempts: 1,
      detail: "2 verdicts for 1 items"
    ),
    Fault(
      name: "out-of-range",
      word: { "score 1.5 \($0)" },
      outcome: .abstain(.outOfRange),
      attempts: 1,
      detail: "score 1.5"
    ),
    Fault(
      name: "hangs",
      word: { "hang \($0)" },
      outcome: .abstain(.timeout),
      attempts: 1,
      more: ["timeoutSeconds": 0.01, "concurrency": 256]
    ),
  ]

  private func items(_ words: [String]) -> [Item] {
    words.map { ItemIdentity.item(prompt: "Where is the silver comb?", response: $0, systemID: nil) }
  }

  @Test("each kind of fault 200 times in one run: nothing lost, nothing doubled, every reason told, order kept")
  func each() async throws {
    let bench = HostBench()
    let before = (0..<20).map { "nonRefusal before \($0)" }
    let after = (0..<20).map { "nonRefusal after \($0)" }
    var assignments: [JudgeAssignment] = []
    for fault in Self.faults {
      var entry: JSONObject = [
        "id": .string(fault.name), "kind": "fake", "retry": ["attempts": 3, "baseMilliseconds": 0],
      ]
      for (key, value) in fault.more.members { entry[key] = value }
      let words = before + (0..<200).map(fault.word) + after
      assignments.append(JudgeAssignment(try bench.declaration(.object(entry)), items(words)))
    }
    // Stops for good at the first of 200 and gives all that follow its reason.
    let fatal: JSONValue = ["id": "fatal", "kind": "fake"]
    let fatalWords = before + (0..<200).map { "fatal \($0)" } + after
    assignments.append(JudgeAssignment(try bench.declaration(fatal), items(fatalWords)))
    // A healthy one beside them.
    let healthy = (0..<240).map { $0 % 2 == 0 ? "refusal \($0)" : "nonRefusal \($0)" }
    assignments.append(JudgeAssignment(try bench.declaration(["id": "healthy", "kind": "fake-batch"]), items(healthy)))

    let found = assignments.map { _ in Commits() }
    let runs = try await bench.host.judge(assignments, PanelObserver(commit: { found[$0].add($1) }))

    #expect(runs.map(\.judged) == Array(repeating: 240, count: assignments.count))
    for (index, fault) in Self.faults.enumerated() {
      let all = found[index].all
      let asked = assignments[index].items.map(\.id)
      // Committed as they finish: with one at a time that is the order of the items.
      #expect(fault.name == "hangs" ? Set(all.map(\.itemID)) == Set(asked) : all.map(\.itemID) == asked)
      #expect(all.count == 240, "\(fault.name)")
      let byItem = Dictionary(all.map { ($0.itemID, $0) }, uniquingKeysWith: { first, _ in first })
      for (place, id) in asked.enumerated() {
        let judgement = try #require(byItem[id])
        let isFault = (20..<220).contains(place)
        #expect(judgement.verdict.outcome == (isFault ? fault.outcome : .nonRefusal), "\(fault.name) \(place)")
        #expect(judgement.attempts == (isFault ? fault.attempts : 1))
        if isFault, let detail = fault.detail { #expect(judgement.verdict.detail == detail) }
      }
      #expect(runs[index].failure == nil)
    }
    let fatalAt = assignments.count - 2
    #expect(found[fatalAt].all.map(\.itemID) == assignments[fatalAt].items.map(\.id))
    #expect(
      found[fatalAt].all.outcomes
        == Array(repeating: .nonRefusal, count: 20) + Array(repeating: .abstain(.quota), count: 220)
    )
    #expect(found[fatalAt].all.dropFirst(20).allSatisfy { $0.verdict.detail == "the purse is empty" })
    #expect(runs[fatalAt].failure == "the purse is empty")
    #expect(found[fatalAt + 1].all.outcomes == (0..<240).map { $0 % 2 == 0 ? .refusal : .nonRefusal })
  }

  @Test("faults of all kinds mixed, many at once", arguments: [1, 7, 64])
  func mixed(concurrency: Int) async throws {
    let bench = HostBench()
    var numbers = TestNumbers(seed: UInt64(concurrency))
    let kinds = Self.faults.filter { $0.name != "hangs" || concurrency == 64 }
    let chosen = (0..<400).map { _ in Int.random(in: 0..<kinds.count, using: &numbers) }
    let words = chosen.enumerated().map { kinds[$1].word($0) }
    let entry: JSONValue = [
      "id": "m", "kind": "fake", "concurrency": .integer(Int64(concurrency)), "timeoutSeconds": 0.01,
      "retry": ["attempts": 3, "baseMilliseconds": 0],
    ]
    let (run, judgements) = try await bench.judge(entry, words)
    #expect(run.judged == 400 && judgements.count == 400)
    let byItem = Dictionary(judgements.map { ($0.itemID, $0) }, uniquingKeysWith: { first, _ in first })
    #expect(byItem.count == 400)
    for (kind, word) in zip(chosen, words) {
      let id = ItemIdentity.item(prompt: "May I ring the bell?", response: word, systemID: nil).id
      #expect(byItem[id]?.verdict.outcome == kinds[kind].outcome, "\(word)")
    }
  }

  @Test("a run cut off anywhere and continued has every verdict once", arguments: 0..<8)
  func cut(seed: UInt64) async throws {
    let bench = HostBench()
    var numbers = TestNumbers(seed: seed)
    let words = (0..<300).map { $0 % 4 == 0 ? "score 0.5 \($0)" : "nonRefusal \($0)" }
    let all = items(words)
    let declaration = try bench.declaration(["id": "f", "kind": "fake", "concurrency": 5])
    let host = bench.host
    let kept = Locked<[String]>([])
    var left = all
    while !left.isEmpty {
      let stop = Int.random(in: 1...80, using: &numbers)
      let goal = kept.withLock { $0.count } + stop
      let running = Locked<Task<JudgeRun, any Error>?>(nil)
      let asked = left
      let task = Task {
        try await host.judge(declaration, asked) { judgements in
          let count = kept.withLock { kept -> Int in
            kept += judgements.map(\.itemID)
            return kept.count
          }
          if count >= goal { running.withLock { $0?.cancel() } }
        }
      }
      running.withLock { $0 = task }
      _ = try? await task.value
      let known = Set(kept.withLock { $0 })
      left = all.filter { !known.contains($0.id) }
    }
    #expect(kept.withLock { $0.count } == 300)
    #expect(Set(kept.withLock { $0 }) == Set(all.map(\.id)))
  }
}
