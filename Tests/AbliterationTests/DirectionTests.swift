import Abliteration
import Inference
import TestKit
import Testing

@Suite("Directions", .timeLimit(.minutes(10)))
struct DirectionTests {
  @Test(
    "the mean difference is the reference's at every layer, and nothing at layer 0",
    arguments: ComputePath.exact
  )
  func reference(compute: ComputePath) async throws {
    let fixture = try InstructFixture(compute)
    let found = try await MeanDifference.reading(
      fixture.engine,
      harmful: fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmful_train", count: 128)),
      harmless: fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmless_train", count: 128))
    )
    #expect(found.layerCount == 4)
    #expect(found.counts == (128, 128))
    #expect(found.difference[0].allSatisfy { $0 == 0 })
    #expect(found.norms[0] == 0)
    for (name, rows) in [
      ("direction", found.difference), ("harmful_mean", found.harmfulMean), ("harmless_mean", found.harmlessMean),
    ] {
      let expected = try InstructFixture.rows(name)
      for layer in 1...4 {
        #expect(cosine(rows[layer], expected[layer]) >= 0.99999)
        let largest = zip(rows[layer], expected[layer]).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest <= 1e-3, "\(name) at layer \(layer)")
      }
    }
    for layer in 1...4 {
      let norm = found.difference[layer].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(found.norms[layer] - norm) < 1e-9)
    }
  }

  @Test("means are summed in float64: a small difference beside a large common part survives many prompts")
  func precision() {
    let harmful = [[[Float]]](repeating: [[0], [4096.5]], count: 3001)
    let harmless = [[[Float]]](repeating: [[0], [4096.25]], count: 1999)
    let found = MeanDifference(harmful: harmful, harmless: harmless)
    #expect(found.difference == [[0], [0.25]])
    #expect(found.norms == [0, 0.25])
  }

  @Test("a lane removes the unit vector of its layer with the sites of its preset", arguments: EditPreset.allCases)
  func lane(preset: EditPreset) throws {
    let found = MeanDifference(harmful: [[[0, 0], [3, 4]]], harmless: [[[0, 0], [0, 0]]])
    let lane = try found.lane(layer: 1, preset: preset, strength: 0.25)
    #expect(lane.direction == [0.6, 0.8])
    #expect(lane.strength == 0.25)
    #expect(lane.layers == nil)
    #expect(lane.sites.contains(.embedding) == (preset == .allWriters))
    #expect(lane.sites.isSuperset(of: [.attentionOutput, .mlpOutput]))
  }

  @Test(
    "where there is no direction, the error says which layer",
    arguments: [(0, "layer 0"), (2, "no layer 2"), (-1, "no layer -1")]
  )
  func none(layer: Int, words: String) throws {
    let found = MeanDifference(harmful: [[[1], [3]]], harmless: [[[1], [2]]])
    let error = #expect(throws: DirectionError.self) { try found.lane(layer: layer, preset: .allWriters) }
    #expect(error?.description.contains(words) == true)
  }

  @Test("a class without prompts has no direction")
  func noPrompts() async throws {
    let fixture = try InstructFixture(.bf16)
    await #expect(throws: DirectionError.noPrompts) {
      try await MeanDifference.reading(fixture.engine, harmful: [], harmless: [[5]])
    }
    await #expect(throws: DirectionError.noPrompts) {
      try await MeanDifference.reading(fixture.engine, harmful: [[5]], harmless: [])
    }
  }
}
