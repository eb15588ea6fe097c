import Inference
import TestKit
import Testing

@Suite("The demo checkpoints against the reference library", .timeLimit(.minutes(10)))
struct ParityTests {
  @Test("float32: logits, hidden states and residual streams are the reference's", arguments: DemoFixture.names)
  func forward(name: String) async throws {
    let fixture = try DemoFixture(name, compute: .f32)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    for (index, ids) in try fixture.prompts().enumerated() {
      let pass = try await engine.forward([LaneTokens(ids, lane: .none)])
      #expect(largestDifference(pass.logits, try fixture.floats("logits", index)) <= 2e-3)
      #expect(largestDifference(pass.hidden, try fixture.floats("hidden", index)) <= 2e-3)
      let streams = try fixture.floats("residual", index)
      #expect(largestDifference(pass.residual, streams[(ids.count * 128)...]) <= 2e-3)
      let last = try await engine.residuals([LaneTokens(ids, lane: .none)])[0]
      for layer in 0...4 {
        let end = (layer + 1) * ids.count * 128
        #expect(largestDifference(last[layer], streams[(end - 128)..<end]) <= 2e-3)
      }
    }
  }

  @Test("float32: greedy answers are the reference's, token for token", arguments: DemoFixture.names)
  func greedy(name: String) async throws {
    let fixture = try DemoFixture(name, compute: .f32)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let results = try await engine.greedy(try fixture.prompts())
    let expected = try fixture.greedy()
    for (result, tokens) in zip(results, expected) {
      #expect(result.tokens == tokens)
      #expect(result.finish == (tokens.count < 48 ? .stop : .length))
    }
    #expect(results.count == expected.count)
  }

  @Test("bfloat16: greedy tokens are the reference's while the choice is clear", arguments: DemoFixture.names)
  func greedyBF16(name: String) async throws {
    let reference = try DemoFixture(name, compute: .f32)
    let fixture = try DemoFixture(name, compute: .bf16)
    let teacher = try Engine(reference.checkpoint, threads: 2)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let (prompts, expected) = (try fixture.prompts(), try fixture.greedy())
    let results = try await engine.greedy(prompts)
    var compared = 0
    var equal = 0
    for (index, prompt) in prompts.enumerated() {
      let margins = try await Self.margins(teacher, prompt, expected[index])
      for (step, token) in expected[index].enumerated() {
        guard margins[step] >= 0.05 else { break }
        compared += 1
        if step < results[index].tokens.count, results[index].tokens[step] == token { equal += 1 }
      }
    }
    #expect(compared >= 50)
    #expect(Double(equal) >= 0.98 * Double(compared), "\(equal) of \(compared)")
  }

  @Test("the conversation of a prompt becomes the reference's token ids", arguments: DemoFixture.names)
  func promptTokens(name: String) throws {
    let fixture = try DemoFixture(name, compute: .bf16)
    let texts = try DemoFolder.prompts("harmful_eval", count: 4) + DemoFolder.prompts("harmless_eval", count: 4)
    for (text, ids) in zip(texts, try fixture.prompts()) {
      #expect(try fixture.checkpoint.promptTokens([.init(role: "user", text: text)]) == ids)
    }
  }

  /// Best minus second-best logit at each step of a forced continuation.
  private static func margins(_ engine: Engine, _ prompt: [Int32], _ answer: [Int32]) async throws -> [Float] {
    let logits = try await engine.forward([LaneTokens(prompt + answer, lane: .none)]).logits
    let size = engine.checkpoint.model.vocabularySize
    return answer.indices.map { step in
      let row = logits[((prompt.count + step - 1) * size)..<((prompt.count + step) * size)].sorted(by: >)
      return row[0] - row[1]
    }
  }
}
