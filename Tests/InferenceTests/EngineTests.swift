import Inference
import Locking
import TestKit
import Testing

@Suite("The engine's limits", .timeLimit(.minutes(10)))
struct EngineTests {
  @Test(
    "sequences that cannot run are refused before anything is computed",
    arguments: [
      ([], "empty"), ([1, 1024], "1024 is outside"), ([-1], "-1 is outside"),
      ([Int32](repeating: 5, count: 513), "513 tokens do not fit the model's context of 512"),
    ] as [([Int32], String)]
  )
  func badTokens(tokens: [Int32], words: String) async throws {
    let engine = try Engine(try DemoFixture("instruct", compute: .bf16).checkpoint, threads: 1)
    let bad = LaneTokens(tokens, lane: .none)
    let error = await #expect(throws: EngineError.self) { try await engine.forward([bad]) }
    #expect(error?.description.contains(words) == true)
    await #expect(throws: EngineError.self) { try await engine.greedy([[5], tokens]) }
    await #expect(throws: EngineError.self) { try await engine.residuals([bad]) }
    await #expect(throws: EngineError.self) { try await engine.score([bad], choices: [[5]]) }
  }

  @Test("a direction of another width and a choice outside the vocabulary are refused")
  func badLaneAndChoice() async throws {
    let engine = try Engine(try DemoFixture("instruct", compute: .bf16).checkpoint, threads: 1)
    let narrow = EditLane(direction: [1, 2], sites: [.mlpOutput])
    await #expect(throws: EngineError.badDirection(count: 2, expected: 128)) {
      try await engine.forward([LaneTokens([5], lane: narrow)])
    }
    await #expect(throws: EngineError.self) {
      try await engine.score([LaneTokens([5], lane: .none)], choices: [[5000]])
    }
    let full = LaneTokens([Int32](repeating: 5, count: 512), lane: .none)
    await #expect(throws: EngineError.contextLength(tokens: 513, limit: 512)) {
      try await engine.score([full], choices: [[5]])
    }
  }

  @Test("an answer ends at the context's end, at its own limit, or before it began")
  func ends() async throws {
    let engine = try Engine(try DemoFixture("instruct", compute: .bf16).checkpoint, threads: 2)
    func answer(_ count: Int, _ new: Int) async throws -> GenerationResult {
      let settings = GenerationSettings(maximumNewTokens: new)
      let tokens = [Int32](repeating: 5, count: count)
      return try await engine.generate([
        GenerationRequest(tokens: tokens, lane: .none, settings: settings, stopTokens: [])
      ])[0]
    }
    #expect(try await answer(509, 40).tokens.count == 3)
    #expect(try await answer(512, 40) == GenerationResult(tokens: [], finish: .length))
    #expect(try await answer(4, 6).tokens.count == 6)
    #expect(try await answer(4, 0) == GenerationResult(tokens: [], finish: .length))
    #expect(try await answer(4, -3) == GenerationResult(tokens: [], finish: .length))
  }

  @Test("every answer is reported once, as it ends, and no work gives no answers")
  func reports() async throws {
    let fixture = try DemoFixture("instruct", compute: .bf16)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let heard = Locked<[Int: GenerationResult]>([:])
    let requests = try fixture.prompts().map {
      GenerationRequest(
        tokens: $0,
        lane: .none,
        settings: GenerationSettings(maximumNewTokens: 8),
        stopTokens: fixture.checkpoint.stopTokens
      )
    }
    let results = try await engine.generate(requests) { index, result in
      heard.withLock { #expect($0.updateValue(result, forKey: index) == nil) }
    }
    #expect(heard.withLock { heard in results.indices.map { heard[$0] } } == results)
    #expect(try await engine.generate([]).isEmpty)
    #expect(try await engine.score([], choices: [[5]]).isEmpty)
    #expect(try await engine.residuals([]).isEmpty)
  }

  @Test("limits of zero are limits of one, and a small cache changes nothing but the pace")
  func tightLimits() async throws {
    let fixture = try DemoFixture("instruct", compute: .bf16)
    let prompts = Array(try fixture.prompts()[..<3])
    let expected = try await Engine(fixture.checkpoint, threads: 1).greedy(prompts)
    var limits = Engine.Limits()
    (limits.rows, limits.sequences, limits.cacheBytes) = (0, 0, 0)
    let tight = try Engine(fixture.checkpoint, threads: 0, limits: limits)
    #expect(try await tight.greedy(prompts) == expected)
    let lanes = prompts.map { LaneTokens($0, lane: .none) }
    let scores = try await Engine(fixture.checkpoint, threads: 1).score(lanes, choices: [[5, 6], [7]])
    #expect(try await tight.score(lanes, choices: [[5, 6], [7]]) == scores)
  }

  @Test("a cancelled task stops between two steps")
  func cancellation() async throws {
    let fixture = try DemoFixture("instruct", compute: .bf16)
    let engine = try Engine(fixture.checkpoint, threads: 1)
    let prompts = try fixture.prompts()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await engine.greedy(prompts)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
