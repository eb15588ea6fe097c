import Foundation
import Inference
import TestKit
import Testing

@Suite("At the widths of a real model, with biases and an untied head", .timeLimit(.minutes(10)))
struct WideModelTests {
  @Test("no bit depends on batch, cut, threads or instruction set", arguments: ComputePath.allCases)
  func invariance(compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      try WideModel.write(to: folder)
      let checkpoint = try LanguageCheckpoint(folder: folder.path, compute: compute)
      let lane = EditLane(direction: WideModel.direction(), sites: Set(EditSite.allCases))
      let prompts = [5, 70, 1].enumerated().map {
        LaneTokens(WideModel.tokens($1), lane: $0 % 2 == 0 ? .none : lane)
      }
      let choices: [[Int32]] = [[3], [9, 4, 200], [1, 2]]
      let plain = try RunningWay(compute: compute).engine(checkpoint)
      let streams = try await plain.residuals(prompts)
      let scores = try await plain.score(prompts, choices: choices)
      let logits = try await plain.forward([prompts[1]]).logits
      var ways = [RunningWay(compute: compute, threads: 2, sequences: 1), RunningWay(compute: compute, rows: 7)]
      if compute == .bf16 {
        ways += InstructionSet.allCases.filter { $0.isAvailable && $0 != .best }
          .map { RunningWay(compute: compute, threads: 2, sequences: 2, rows: 50, instructions: $0) }
      }
      for way in ways {
        let other = try way.engine(checkpoint)
        #expect(try await other.residuals(prompts) == streams, "\(way.testDescription)")
        #expect(try await other.score(prompts, choices: choices) == scores, "\(way.testDescription)")
        #expect(try await other.forward([prompts[1]]).logits == logits, "\(way.testDescription)")
      }
    }
  }

  @Test("both compute paths are one function")
  func paths() async throws {
    try await Folders.temporary { folder in
      try WideModel.write(to: folder)
      var passes: [ForwardPass] = []
      for compute in ComputePath.exact {
        let engine = try Engine(try LanguageCheckpoint(folder: folder.path, compute: compute), threads: 2)
        passes.append(try await engine.forward([LaneTokens(WideModel.tokens(70), lane: .none)]))
      }
      #expect(largestDifference(passes[0].logits, passes[1].logits) <= 1e-3)
      #expect(largestDifference(passes[0].residual, passes[1].residual) <= 1e-3)
      #expect((passes[0].logits.max() ?? 0) > 1)
    }
  }

  @Test("beside biases a lane is still the edit of the weights: biases stay", arguments: ComputePath.exact)
  func lane(compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      try WideModel.write(to: folder)
      let lane = EditLane(direction: WideModel.direction(), sites: Set(EditSite.allCases))
      let one = try Engine(try LanguageCheckpoint(folder: folder.path, compute: compute), threads: 2)
      let other = try Engine(
        try LanguageCheckpoint(folder: folder.path, compute: compute, weightEdit: lane),
        threads: 2
      )
      let ids = WideModel.tokens(33)
      let a = try await one.forward([LaneTokens(ids, lane: lane)])
      let b = try await other.forward([LaneTokens(ids, lane: .none)])
      #expect(largestDifference(a.logits, b.logits) <= 1e-3)
      #expect(try await one.forward([LaneTokens(ids, lane: .none)]).logits != a.logits)
    }
  }
}
