import Inference
import TestKit
import Testing

@testable import Inference

@Suite("No bit of any family depends on how it is run", .timeLimit(.minutes(10)))
struct ArchitectureInvarianceTests {
  private static let names = ArchitectureFixture.names

  /// Prompts of several lengths under several edits.
  private static func mixed(_ fixture: ArchitectureFixture) throws -> [LaneTokens] {
    let direction = (0..<16).map { Float(($0 * 5) % 13) - 6 }
    let lanes = [
      EditLane.none, EditLane(direction: direction, sites: [.attentionOutput, .mlpOutput, .embedding]),
      EditLane(direction: direction, sites: [.residualWrites], layers: 1...1, strength: 0.5),
      EditLane(direction: direction, sites: [.mlpOutput], includesBias: false),
    ]
    return try fixture.pieces().enumerated().map { LaneTokens($1, lane: lanes[$0 % 4]) }
  }

  private static func ways(_ compute: ComputePath) -> [RunningWay] {
    let others = InstructionSet.allCases.filter { $0.isAvailable && $0 != .best }
    return [
      RunningWay(compute: compute, threads: 2, rows: 7), RunningWay(compute: compute, sequences: 1, rows: 3),
      RunningWay(compute: compute, threads: 3, sequences: 2, rows: 65),
    ] + others.map { RunningWay(compute: compute, threads: 2, rows: 5, instructions: $0) }
  }

  @Test("forward passes, scores and answers", arguments: names, ComputePath.allCases)
  func everything(name: String, compute: ComputePath) async throws {
    let fixture = try ArchitectureFixture(name, compute: compute)
    let prompts = try Self.mixed(fixture)
    let requests = prompts.enumerated().map { index, prompt in
      GenerationRequest(
        tokens: prompt.tokens,
        lane: prompt.lane,
        settings: GenerationSettings(maximumNewTokens: 8 + index, temperature: index < 3 ? 0 : 1.2, seed: 5),
        stopTokens: [],
        stream: UInt64(index)
      )
    }
    let choices: [[Int32]] = [[4, 5], [4, 9, 6], [11]]
    let plain = try RunningWay(compute: compute).engine(fixture.checkpoint)
    var passes: [ForwardPass] = []
    for prompt in prompts { passes.append(try await plain.forward([prompt])) }
    let scores = try await plain.score(prompts, choices: choices)
    let answers = try await plain.generate(requests)
    #expect(scores.joined().allSatisfy { $0 < 0 && $0.isFinite })
    for way in Self.ways(compute) {
      let other = try way.engine(fixture.checkpoint)
      for (prompt, pass) in zip(prompts, passes) {
        let again = try await other.forward([prompt])
        #expect(again.logits == pass.logits, "\(way)")
        #expect(again.residual == pass.residual, "\(way)")
      }
      #expect(try await other.score(prompts, choices: choices) == scores, "\(way)")
      #expect(try await other.generate(requests) == answers, "\(way)")
      #expect(try await other.generate(requests.reversed()) == answers.reversed(), "\(way)")
    }
  }

  @Test("an answer is what forward passes over the growing sequence say", arguments: names)
  func answersAreForwardPasses(name: String) async throws {
    let fixture = try ArchitectureFixture(name, compute: .bf16)
    let engine = try Engine(fixture.checkpoint, threads: 1)
    var tokens = Array(try fixture.tokens()[..<12])
    let request = GenerationRequest(
      tokens: tokens,
      lane: .none,
      settings: GenerationSettings(maximumNewTokens: 9),
      stopTokens: []
    )
    let answer = try await engine.generate([request])[0].tokens
    for token in answer {
      let logits = try await engine.forward([LaneTokens(tokens, lane: .none)]).logits
      let last = Array(logits.suffix(fixture.checkpoint.model.vocabularySize))
      #expect(last.withUnsafeBufferPointer { Sampler.argmax($0) } == token)
      tokens.append(token)
    }
    #expect(answer.count == 9)
  }

  @Test("beginnings are shared among sequences whose keys turn alike, and change no bit", arguments: [false, true])
  func sharing(shares: Bool) async throws {
    let fixture = try ArchitectureFixture("phi3-longrope", compute: .bf16)
    let all = try fixture.tokens()
    let prompts = ([9, 14, 18, 19, 20].map { Array(all[..<$0]) } + [Array(all[..<17]) + [7, 8, 9, 10]])
      .map { LaneTokens($0, lane: .none) }
    var limits = Engine.Limits()
    limits.sharesPrefixes = shares
    let engine = try Engine(fixture.checkpoint, threads: 2, limits: limits)
    let together = try await engine.score(prompts, choices: [[4, 5], [4, 9]])
    for (prompt, expected) in zip(prompts, together) {
      #expect(try await engine.score([prompt], choices: [[4, 5], [4, 9]])[0] == expected)
    }
    let model = fixture.checkpoint.model
    let groups = SharedPrefixes.groups(prompts + prompts[..<2], regime: model.ropeRegime)
    #expect(groups.map(\.members) == [[2, 3, 4, 5]])
    #expect(model.ropeRegime(length: 16) == 0 && model.ropeRegime(length: 17) == 1)
  }
}
