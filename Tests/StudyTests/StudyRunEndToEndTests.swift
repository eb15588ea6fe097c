import Foundation
import Inference
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
    observer: @escaping StudyObserver = { _ in }
  ) async throws -> RunResults {
    let plan = try StudyPlan.read(
      file: study.file,
      registry: StandardJudges.registry,
      overrides: StudyOverrides(compute: compute)
    )
    let runner = StudyRunner(
      plan,
      into: try RunStore.writing(folder: study.folder.appendingPathComponent(name).path),
      options: StudyRunner.Options(threads: threads, batch: batch, version: "test"),
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
        let seen = Locked(0)
        let gate = Locked<Task<RunResults, any Error>?>(nil)
        let task = Task {
          try await Self.run(study, into: "cut", batch: 4) { event in
            guard case .advanced(let count) = event else { return }
            let total = seen.withLock { seen -> Int in
              seen += count
              return seen
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
      let advanced = events.withLock { $0.reduce(0) { if case .advanced(let n) = $1 { $0 + n } else { $0 } } }
      #expect(advanced <= 8, "only the changed judge is asked")
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
}
