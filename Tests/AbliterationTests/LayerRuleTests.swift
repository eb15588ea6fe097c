import Inference
import Locking
import TestKit
import Testing

@testable import Abliteration

@Suite("Layer rules", .timeLimit(.minutes(10)))
struct LayerRuleTests {
  /// Directions of width 1 whose norms are the given numbers.
  private static func directions(_ norms: [Float]) -> MeanDifference {
    MeanDifference(harmful: [norms.map { [$0] }], harmless: [norms.map { _ in [0] }])
  }

  @Test(
    "the largest norm wins, the smaller layer of equals, never the embedding",
    arguments: [([0, 1, 3, 2], 2), ([9, 1, 3, 3], 2), ([0, 5, 5, 5], 1), ([0, 1, 2, 7], 3)] as [([Float], Int)]
  )
  func largestNorm(norms: [Float], layer: Int) throws {
    #expect(try LayerRule.largestNorm.layer(among: Self.directions(norms)) == layer)
  }

  @Test("a fixed layer is itself if the model has it", arguments: [0, 1, 3])
  func fixed(layer: Int) throws {
    let directions = Self.directions([0, 1, 2, 3])
    #expect(try LayerRule.fixed(layer).layer(among: directions) == layer)
    #expect(throws: DirectionError.noLayer(layer + 4, of: 3)) {
      try LayerRule.fixed(layer + 4).layer(among: directions)
    }
    #expect(throws: DirectionError.noLayer(-1, of: 3)) { try LayerRule.fixed(-1).layer(among: directions) }
  }

  @Test("directions of no layer choose none")
  func empty() {
    let none = MeanDifference(harmful: [], harmless: [])
    for rule in [LayerRule.largestNorm, .fixed(0), .trainingCompliance(harmful: 1, harmless: 1, floor: 0.5)] {
      #expect(throws: DirectionError.noPrompts) { try rule.layer(among: none) }
    }
  }

  @Test(
    "trials: above the floor before below it, then most answered, then the smaller layer",
    arguments: [
      ([(0.2, 0.9), (0.6, 0.8), (0.9, 0.7)], 2),
      ([(0.5, 0.9), (0.5, 0.9), (0.4, 1.0)], 1),
      ([(0.1, 0.5), (0.9, 0.2), (0.8, 0.3)], 2),
      ([(0.5, 0.75), (1.0, 0.74)], 1),
    ] as [([(Double, Double)], Int)]
  )
  func best(shares: [(Double, Double)], layer: Int) {
    let trials = shares.enumerated().map {
      LayerTrial(layer: $0 + 1, harmfulCompliance: $1.0, harmfulRefusal: 1 - $1.0, harmlessCompliance: $1.1)
    }
    #expect(LayerChoice.best(of: trials, floor: 0.75) == layer)
    #expect(LayerChoice.best(of: [], floor: 0.75) == nil)
  }

  @Test("training compliance tries every layer on as many prompts as declared and picks the reference's")
  func trainingCompliance() async throws {
    let fixture = try InstructFixture(.bf16)
    let harmful = try fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmful_train", count: 128))
    let harmless = try fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmless_train", count: 128))
    let directions = try await MeanDifference.reading(fixture.engine, harmful: harmful, harmless: harmless)
    let read = Locked(0)
    let checkpoint = fixture.checkpoint
    let choice = try await LayerChoice.choosing(
      by: .trainingCompliance(harmful: 10, harmless: 6, floor: 0.75),
      among: directions,
      preset: .allWriters,
      engine: fixture.engine,
      prompts: (harmful, harmless),
      settings: GenerationSettings(maximumNewTokens: 48),
      label: { tokens in
        read.withLock { $0 += 1 }
        let text = checkpoint.answerText(tokens)
        return text.contains("can't help") ? .refusal : text.isEmpty ? .undecided : .compliance
      }
    )
    #expect(read.withLock { $0 } == 4 * 16)
    #expect(choice.trials.map(\.layer) == [1, 2, 3, 4])
    #expect(choice.layer == LayerChoice.best(of: choice.trials, floor: 0.75))
    #expect(choice.layer == 4)
    for trial in choice.trials {
      #expect((trial.harmfulCompliance * 10).rounded() / 10 == trial.harmfulCompliance)
      #expect(trial.harmfulCompliance + trial.harmfulRefusal <= 1)
    }
  }

  @Test("training compliance without prompts, or with no difference anywhere, is an error")
  func trialErrors() async throws {
    let fixture = try InstructFixture(.bf16)
    func choose(_ directions: MeanDifference, harmful: Int) async throws -> LayerChoice {
      try await LayerChoice.choosing(
        by: .trainingCompliance(harmful: harmful, harmless: 1, floor: 0.5),
        among: directions,
        preset: .allWriters,
        engine: fixture.engine,
        prompts: ([[5]], [[6]]),
        settings: GenerationSettings(maximumNewTokens: 1),
        label: { _ in .compliance }
      )
    }
    await #expect(throws: DirectionError.noPrompts) { try await choose(Self.directions([0, 1]), harmful: -2) }
    await #expect(throws: DirectionError.zero(layer: 1)) { try await choose(Self.directions([0, 0]), harmful: 1) }
    await #expect(throws: DirectionError.needsTrials(rule: "training-compliance")) {
      try await EditPlan.reading(
        fixture.engine,
        harmful: ["How is it done?"],
        harmless: ["Good day"],
        rule: .trainingCompliance(harmful: 1, harmless: 1, floor: 0.5),
        preset: .allWriters,
        strength: 1
      )
    }
  }
}
