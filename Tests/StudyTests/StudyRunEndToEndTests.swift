import Foundation
import Inference
import JSON
import JudgeHost
import JudgeKit
import Locking
import Study
import TestKit
import Testing

@Suite("A whole small study", .timeLimit(.minutes(10)))
struct StudyRunEndToEndTests {
  /// Runs a study into a folder beside it.
  private static func run(
    _ study: SmallStudy,
    into name: String = "run",
    threads: Int = 1,
    batch: Int = 64,
    compute: ComputePath? = nil,
    allowsLeak: Bool = false,
    cache: (any VerdictCache)? = nil,
    refresh: Bool = false,
    observer: @escaping StudyObserver = { _ in }
  ) async throws -> RunResults {
    let plan = try StudyPlan.read(
      file: study.file,
      registry: StandardJudges.registry,
      overrides: StudyOverrides(compute: compute, allowsLeak: allowsLeak)
    )
    let runner = StudyRunner(
      plan,
      into: try RunStore.writing(folder: study.folder.appendingPathComponent(name).path),
      options: StudyRunner.Options(
        threads: threads,
        batch: batch,
        version: "test",
        cache: cache,
        refreshesCache: refresh
      ),
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
      observer: observer
    )
    return try await runner.run()
  }

  /// Everything a run found, timings aside.
  private func digest(_ results: RunResults) -> [String] {
    results.responses.map { "\($0)" } + results.systems.map { "\($0)" } + results.judges.map { "\($0)" }
      + results.verdicts.flatMap { $0.map { "\($0.map { "\($0)" } ?? "not asked")" } }
      + results.annotations.flatMap { $0.map { "\($0.map { "\($0)" } ?? "-")" } }
  }

  @Test("every system answers every prompt, every configured judge judges every answer, the reference labels them")
  func whole() async throws {
    try await Folders.temporary { folder in
      let results = try await Self.run(try SmallStudy(in: folder))
      #expect(results.systems.map(\.name) == ["instruct", "instruct · abliterated"])
      #expect(results.systems[1].original == 0 && results.systems[1].edit == "abliterated")
      #expect(results.responses.count == 16)
      #expect(results.judges.map(\.name) == ["keywords", "small-judge", "self", "words", "remote"])
      #expect(
        results.judges[4].status
          == .notConfigured("the environment variable TRIBUNAL_TEST_KEY_THAT_IS_NOT_SET is not set")
      )
      for judge in 0..<4 {
        #expect(results.verdicts[judge].allSatisfy { $0 != nil }, "\(results.judges[judge].name)")
        #expect(results.judges[judge].status == .ready)
      }
      #expect(results.verdicts[4].allSatisfy { $0 == nil })
      #expect(results.annotations[0].allSatisfy { $0 != nil })
      #expect(results.annotators[0].kind == "constructed reference")
      // The very answers of the label file, cut at this study's token limit.
      #expect(results.responses[0].text.isEmpty == false)
      #expect(results.provenance.contains { $0.name == "version" && $0.value == "test" })
    }
  }

  @Test("a leak that was allowed stands in the run file, the summary and the JSON; a run without says nothing of it")
  func allowedLeak() async throws {
    try await Folders.temporary { folder in
      let train = Folders.demo.appendingPathComponent("prompts/harmful_train.txt")
      let line = try String(contentsOf: train, encoding: .utf8).split(separator: "\n")[2]
      let study = try SmallStudy(in: folder, prompts: 1) { $0["harmful"] = "\(line)\n" }
      let results = try await Self.run(study, allowsLeak: true)
      let summary = "1 of 2 evaluation prompts also serves the direction (1 exactly, 0 nearly)"
      #expect(results.allowedLeak == summary)
      #expect(results.provenance.contains { $0.group == "leak" && $0.value.contains("harmful.txt:1 = ") })
      let analysis = StudyAnalysis(results)
      #expect(analysis.json["study"]?["allowedLeak"]?.string == summary)
      #expect(analysis.summaryLines(width: 100)[1] == "LEAK ALLOWED: " + summary)
      let clean = try await Self.run(try SmallStudy(in: folder, prompts: 1), into: "clean")
      #expect(clean.allowedLeak == nil && StudyAnalysis(clean).json["study"]?["allowedLeak"] == .null)
    }
  }

  @Test("what rounded weights do to the logits stands with every system, also after a second pass")
  func damage() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 1)
      for _ in 0..<2 {
        let results = try await Self.run(study, compute: .int4)
        for system in results.systems {
          let fact = try #require(system.facts.first { $0.group == "weights" && $0.name == "damage" })
          let figures = try JSONDocument.parse(Array(fact.value.utf8), name: "damage").root
          #expect(try #require(figures["mean_in_deviations"]?.double) > 0)
          #expect(try #require(figures["positions"]?.integer) > 10)
        }
      }
      let stored = try await Self.run(study, into: "stored", compute: .bf16)
      #expect(stored.systems.allSatisfy { system in !system.facts.contains { $0.group == "weights" } })
    }
  }

  @Test("threads, batch and a second pass change nothing", arguments: [ComputePath.f32, .bf16])
  func invariance(compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder)
      let one = try await Self.run(study, into: "a", threads: 1, batch: 1, compute: compute)
      let two = try await Self.run(study, into: "b", threads: 2, batch: 64, compute: compute)
      let again = try await Self.run(study, into: "b", threads: 1, batch: 3, compute: compute)
      #expect(digest(one) == digest(two))
      #expect(digest(two) == digest(again))
    }
  }

  @Test("a cancelled run is continued and ends like an undisturbed one, without asking anything twice")
  func cancelled() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, models: ["instruct", "raw"])
      let whole = try await Self.run(study, into: "whole", batch: 4)
      for stop in [1, 9, 22, 40] {
        let seen = Locked((answers: 0, verdicts: 0))
        let gate = Locked<Task<RunResults, any Error>?>(nil)
        let task = Task {
          try await Self.run(study, into: "cut", batch: 4) { event in
            let total = seen.withLock { seen -> Int in
              switch event {
              case .advanced(let count): seen.answers += count
              case .judging(let standings): seen.verdicts = standings.reduce(0) { $0 + $1.progress.done }
              default: break
              }
              return seen.answers + seen.verdicts
            }
            if total >= stop { gate.withLock { $0?.cancel() } }
          }
        }
        gate.withLock { $0 = task }
        _ = try? await task.value
      }
      let done = Locked(0)
      let finished = try await Self.run(study, into: "cut", batch: 4) { event in
        if case .stage(_, let before, _) = event { done.withLock { $0 += before } }
        if case .judging(let standings) = event {
          for standing in standings { #expect(standing.progress.done <= standing.progress.total) }
        }
      }
      #expect(digest(finished) == digest(whole))
      #expect(done.withLock { $0 } > 0)
    }
  }

  @Test("a changed study is refused where an old run lies; a changed panel judges the stored answers anew")
  func changed() async throws {
    try await Folders.temporary { folder in
      var study = try SmallStudy(in: folder, prompts: 2)
      let first = try await Self.run(study)
      study = try SmallStudy(in: folder, prompts: 2) { parts in
        parts["judges"] = parts["judges"]?.replacing("\"preset\": \"paper\"", with: "\"preset\": \"demo\"")
      }
      let events = Locked<[StudyEvent]>([])
      let second = try await Self.run(study) { event in events.withLock { $0.append(event) } }
      #expect(second.responses == first.responses)
      #expect(second.judges[0].id != first.judges[0].id)
      #expect(second.judges[1].id == first.judges[1].id)
      let standings = events.withLock { events in
        events.compactMap { if case .judging(let standings) = $0 { standings } else { nil } }
      }
      let open = standings.first?.map(\.progress.total) ?? []
      #expect(open.first.map { $0 > 0 && $0 <= 8 } == true && open.dropFirst().allSatisfy { $0 == 0 })
      #expect(standings.last?.first?.progress.done == open.first, "only the changed judge is asked")
      study = try SmallStudy(in: folder, prompts: 3)
      let error = await #expect(throws: RunError.self) { try await Self.run(study) }
      #expect(error?.description.contains("give a new folder") == true)
    }
  }

  @Test("sampled answers come from the seed and are the same in any batch")
  func sampled() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2) { parts in
        parts["study"] = parts["study"]?
          .replacing("\"maximumNewTokens\": 24", with: "\"maximumNewTokens\": 24, \"temperature\": 1, \"samples\": 2")
      }
      let one = try await Self.run(study, into: "a", batch: 1)
      let two = try await Self.run(study, into: "b", threads: 2, batch: 16)
      #expect(one.responses == two.responses)
      #expect(one.responses.count == 16)
      #expect(one.responses.map(\.sample).prefix(4) == [0, 1, 0, 1])
    }
  }

  @Test("verdicts of the cache serve other runs and other studies, say where they come from, and change no finding")
  func cached() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2)
      let file = folder.appendingPathComponent("verdicts.sqlite").path
      let opened = VerdictCacheFile.opening(file, version: "early", warn: { Issue.record("\($0)") })
      let cache = try #require(opened)
      let fresh = try await Self.run(study, into: "a", cache: cache)
      let again = try await Self.run(study, into: "b", cache: cache)
      func verdicts(_ results: RunResults) -> [[Verdict?]] { results.verdicts.map { $0.map { $0?.verdict } } }
      #expect(verdicts(again) == verdicts(fresh))
      #expect(
        again.verdicts.joined().compactMap { $0 }.allSatisfy { $0.attempts == 0 && $0.origin?.version == "early" }
      )
      #expect(fresh.verdicts.joined().compactMap { $0 }.allSatisfy { $0.attempts == 1 && $0.origin == nil })
      #expect(StudyAnalysis(again).findings == StudyAnalysis(fresh).findings)
      #expect(StudyAnalysis(again).accounts.map(\.cached) == [8, 8, 8, 8, 0])
      // Another study with one prompt more: what is known is not asked again.
      let larger = try SmallStudy(in: folder, prompts: 3)
      let third = try await Self.run(larger, into: "c", cache: cache)
      #expect(StudyAnalysis(third).accounts[0].cached >= 8)
      let renewed = try await Self.run(larger, into: "d", cache: cache, refresh: true)
      #expect(renewed.verdicts.joined().compactMap { $0 }.allSatisfy { $0.origin == nil })
      // A process numbers its items anew in each run, so that its raw line may differ.
      func outcomes(_ results: RunResults) -> [[Outcome?]] { results.verdicts.map { $0.map { $0?.verdict.outcome } } }
      #expect(outcomes(renewed) == outcomes(third))
    }
  }

  @Test("a forecast counts what is there, and leaves no trace on the disk")
  func forecast() async throws {
    try await Folders.temporary { folder in
      let study = try SmallStudy(in: folder, prompts: 2)
      let plan = try StudyPlan.read(file: study.file, registry: StandardJudges.registry)
      let run = folder.appendingPathComponent("run").path
      func forecast(_ cache: (any VerdictCache)?) async throws -> StudyForecast {
        try await StudyForecast(plan, folder: run, cache: cache, environment: [:]) { JudgePricing.cost(of: $0, $1) }
      }
      let before = try await forecast(nil)
      #expect(before.answers == 8 && before.answered == 0)
      #expect(before.judges.map(\.toAsk) == [8, 8, 8, 8, 0])
      #expect(!FileManager.default.fileExists(atPath: run))

      let file = folder.appendingPathComponent("verdicts.sqlite").path
      let opened = VerdictCacheFile.opening(file, version: "early", warn: { Issue.record("\($0)") })
      let cache = try #require(opened)
      let results = try await Self.run(study, cache: cache)
      let files = try FileManager.default.subpathsOfDirectory(atPath: run).sorted()
      let after = try await forecast(cache)
      #expect(after.answered == 8)
      let different = Set(results.responses.map { "\($0.prompt) \($0.text)" }).count
      #expect(after.judges.map(\.unique) == [different, different, 8, different, different])
      #expect(after.judges.map(\.judged) == [different, different, 8, different, 0])
      #expect(after.judges.map(\.toAsk) == [0, 0, 0, 0, 0])
      #expect(try FileManager.default.subpathsOfDirectory(atPath: run).sorted() == files)

      // A changed judge is asked again, the others' verdicts are there.
      let changed = try SmallStudy(in: folder, prompts: 2) { parts in
        parts["judges"] = parts["judges"]?.replacing("\"preset\": \"paper\"", with: "\"preset\": \"demo\"")
      }
      let other = try StudyPlan.read(file: changed.file, registry: StandardJudges.registry)
      let third = try await StudyForecast(other, folder: run, cache: cache, environment: [:]) { _, _ in nil }
      #expect(third.judges.map(\.toAsk) == [different, 0, 0, 0, 0])
      // The same in a new folder: nothing is answered yet, so nothing can be known.
      let fourth = try await StudyForecast(other, folder: nil, cache: cache, environment: [:]) { _, _ in nil }
      #expect(fourth.judges.map(\.toAsk) == [8, 8, 8, 8, 0])
      let larger = try SmallStudy(in: folder, prompts: 3)
      let strange = try StudyPlan.read(file: larger.file, registry: StandardJudges.registry)
      await #expect(throws: RunError.self) {
        try await StudyForecast(strange, folder: run, cache: nil, environment: [:]) { _, _ in nil }
      }
    }
  }

  @Test("a remote judge's forecast counts requests and bounds tokens")
  func pricing() throws {
    let file: JSONValue = [
      "version": 1,
      "judges": [
        ["id": "r", "kind": "remote", "endpoint": "https://api.example.org/v1", "model": "m"],
        ["id": "k", "kind": "keyword", "preset": "paper"],
      ],
    ]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    let judges = try PanelFile.parse(document, baseFolder: "/", registry: StandardJudges.registry).judges
    let cost = try #require(JudgePricing.cost(of: judges[0], JudgeLoad(items: 10, bytes: 1000...3000)))
    #expect(cost.requests == 10 && cost.tokens.lowerBound >= 200 && cost.tokens.upperBound >= 3000)
    #expect(cost.money == nil)
    #expect(JudgePricing.cost(of: judges[1], JudgeLoad(items: 10, bytes: 1000...3000)) == nil)
    let nothing = try #require(JudgePricing.cost(of: judges[0], JudgeLoad(items: 0, bytes: 0...0)))
    #expect(nothing.requests == 0 && nothing.tokens == 0...0)
  }
}
