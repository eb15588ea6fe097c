import Foundation
import Inference
import TestKit
import Testing

@Suite("Weights beyond the memory budget", .timeLimit(.minutes(10)))
struct StreamingTests {
  @Test("streamed weights change no bit, whatever part of them is streamed", arguments: ComputePath.allCases)
  func sameBits(compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      try WideModel.write(to: folder)
      func passes(_ budget: Int?) async throws -> (logits: [[Float]], warning: String?) {
        let checkpoint = try LanguageCheckpoint(folder: folder.path, compute: compute, memoryBudgetBytes: budget)
        let engine = try Engine(checkpoint, threads: 2)
        var logits: [[Float]] = []
        for count in [1, 9, 70] {
          logits.append(try await engine.forward([LaneTokens(WideModel.tokens(count), lane: .none)]).logits)
        }
        return (logits, checkpoint.memoryWarning)
      }
      let packed = try await passes(1 << 40)
      #expect(packed.warning == nil)
      for budget in [0, 1_000_000] {
        let streamed = try await passes(budget)
        #expect(streamed.logits == packed.logits, "budget \(budget)")
        let warning = try #require(streamed.warning)
        #expect(warning.contains(budget == 0 ? "8 of 8 matrices" : " of 8 matrices"), "\(warning)")
        #expect(warning.contains("exceed the memory budget of 0.0 GB") && warning.contains("1 GB/s"), "\(warning)")
      }
    }
  }

  @Test("damage is found in weights that are streamed too")
  func damage() async throws {
    for damage in Damage.weights.prefix(2) {
      try await Folders.temporary { folder in
        let copy = folder.appendingPathComponent("model")
        try DemoFolder.copy("instruct", to: copy)
        try damage.spoil(copy)
        let error = #expect(throws: CheckpointError.self) {
          try LanguageCheckpoint(folder: copy.path, compute: .bf16, memoryBudgetBytes: 0)
        }
        for word in damage.words { #expect(error?.description.contains(word) == true) }
      }
    }
  }
}
