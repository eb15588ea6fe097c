import Foundation
import Inference
import TestKit
import Testing

/// One way to run the same work.
struct RunningWay: Sendable, CustomTestStringConvertible {
  let compute: ComputePath
  var threads = 1
  var sequences = 64
  var rows = 512
  var instructions = InstructionSet.best

  var testDescription: String {
    "\(compute.rawValue), \(threads) threads, \(sequences) sequences, \(rows) rows, \(instructions.rawValue)"
  }

  func engine(_ checkpoint: LanguageCheckpoint) throws -> Engine {
    var limits = Engine.Limits()
    limits.sequences = sequences
    limits.rows = rows
    return try Engine(checkpoint, threads: threads, limits: limits, instructions: instructions)
  }

  static var all: [RunningWay] {
    var ways: [RunningWay] = []
    for compute in ComputePath.allCases {
      ways.append(RunningWay(compute: compute, threads: 2))
      ways.append(RunningWay(compute: compute, sequences: 1))
      ways.append(RunningWay(compute: compute, rows: 7))
      ways.append(RunningWay(compute: compute, threads: 2, sequences: 3, rows: 5))
    }
    for set in InstructionSet.allCases where set.isAvailable && set != .best {
      ways.append(RunningWay(compute: .bf16, threads: 2, instructions: set))
    }
    return ways
  }
}

@Suite("No bit of a result depends on how it is run", .timeLimit(.minutes(10)))
struct InvarianceTests {
  /// Prompts under three edits, so that a batch mixes lanes.
  private static func mixed(_ fixture: DemoFixture) throws -> [LaneTokens] {
    let lanes = [EditLane.none, try DemoFixture.lane(), try DemoFixture.lane(sites: [.mlpOutput], strength: 0.5)]
    return try fixture.prompts().enumerated().map { LaneTokens($1, lane: lanes[$0 % 3]) }
  }

  @Test("forward passes and residual streams", arguments: RunningWay.all)
  func forward(way: RunningWay) async throws {
    let fixture = try DemoFixture("instruct", compute: way.compute)
    let plain = try RunningWay(compute: way.compute).engine(fixture.checkpoint)
    let other = try way.engine(fixture.checkpoint)
    let prompts = try Self.mixed(fixture)
    #expect(try await plain.residuals(prompts) == other.residuals(prompts))
    for prompt in prompts[..<3] {
      let (a, b) = (try await plain.forward([prompt]), try await other.forward([prompt]))
      #expect(a.logits == b.logits)
      #expect(a.hidden == b.hidden)
      #expect(a.residual == b.residual)
    }
  }

  @Test("scores of choices", arguments: RunningWay.all)
  func score(way: RunningWay) async throws {
    let fixture = try DemoFixture("instruct", compute: way.compute)
    let plain = try RunningWay(compute: way.compute).engine(fixture.checkpoint)
    let other = try way.engine(fixture.checkpoint)
    let prompts = try Self.mixed(fixture)
    let choices = [try fixture.greedy()[0], try fixture.greedy()[7], [40], [500, 2]]
    let scores = try await plain.score(prompts, choices: choices)
    #expect(try await scores == other.score(prompts, choices: choices))
    #expect(scores.allSatisfy { $0.count == 4 && $0.allSatisfy { $0 < 0 && $0.isFinite } })
  }

  @Test("greedy and sampled answers, whatever else is in the batch", arguments: RunningWay.all)
  func generation(way: RunningWay) async throws {
    let fixture = try DemoFixture("instruct", compute: way.compute)
    let plain = try RunningWay(compute: way.compute).engine(fixture.checkpoint)
    let other = try way.engine(fixture.checkpoint)
    let stop = fixture.checkpoint.stopTokens
    let requests = try Self.mixed(fixture).enumerated().map { index, prompt in
      GenerationRequest(
        tokens: prompt.tokens,
        lane: prompt.lane,
        settings: GenerationSettings(maximumNewTokens: 12 + index, temperature: index < 3 ? 0 : 1.5, seed: 7),
        stopTokens: stop,
        stream: UInt64(index)
      )
    }
    let results = try await plain.generate(requests)
    #expect(try await results == other.generate(requests))
    // Alone, and in another order.
    #expect(try await results[5] == other.generate([requests[5]])[0])
    #expect(try await results == other.generate(requests.reversed()).reversed())
  }

  @Test("a batched score is the sum of what one forward pass says", arguments: ComputePath.allCases)
  func scoreIsForward(compute: ComputePath) async throws {
    let fixture = try DemoFixture("instruct", compute: compute)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let size = fixture.checkpoint.model.vocabularySize
    let choice = try fixture.greedy()[6]
    for prompt in try Self.mixed(fixture)[..<3] {
      let scores = try await engine.score([prompt], choices: [choice, [choice[0]], []])
      let logits = try await engine.forward([LaneTokens(prompt.tokens + choice, lane: prompt.lane)]).logits
      let terms = choice.enumerated().map { step, token -> Double in
        let start = (prompt.tokens.count + step - 1) * size
        let row = logits[start..<(start + size)].map { Double($0) }
        let top = row.max() ?? 0
        let total = top + log(row.reduce(0) { $0 + exp($1 - top) })
        return row[Int(token)] - total
      }
      #expect(abs(scores[0][0] - terms.reduce(0, +)) < 1e-9)
      #expect(abs(scores[0][1] - terms[0]) < 1e-9)
      #expect(scores[0][2] == 0)
    }
  }
}
