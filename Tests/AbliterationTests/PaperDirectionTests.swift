import Abliteration
import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("The direction and the edit of the paper's code", .timeLimit(.minutes(10)))
struct PaperDirectionTests {
  /// A case of `Tests/Oracles/paper`, made by torch.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let value: JSONValue

    func rows(_ key: String, width: Int) -> [[Float]] {
      let all = floats(key)
      return stride(from: 0, to: all.count, by: width).map { Array(all[$0..<($0 + width)]) }
    }

    func bits(_ key: String) -> [Int] { (value[key]?.array ?? []).compactMap(\.integer) }
    func floats(_ key: String) -> [Float] { bits(key).map { float(bf16: UInt16($0)) } }
    func number(_ key: String) -> Int { value[key]?.integer ?? 0 }

    static let all: [Case] = {
      let path = Folders.root.appendingPathComponent("Tests/Oracles/paper/paper.json").path
      let cases = (try? JSONDocument.read(file: path))?.root["cases"]?.array ?? []
      return cases.map { Case(testDescription: $0["name"]?.string ?? "", value: $0) }
    }()
  }

  private func bits(_ values: [Float]) -> [Int] { values.map { Int(bf16($0)) } }

  @Test("there are cases") func cases() { #expect(Case.all.count == 5) }

  @Test("running means, difference, norm and direction are torch's bfloat16 bit by bit", arguments: Case.all)
  func direction(one: Case) throws {
    let width = one.number("width")
    let found = try PaperDirection(
      harmful: one.rows("harmful", width: width),
      harmless: one.rows("harmless", width: width),
      layerCount: 4
    )
    #expect(bits(found.harmfulMean) == one.bits("harmfulMean"))
    #expect(bits(found.harmlessMean) == one.bits("harmlessMean"))
    #expect(bits(found.difference) == one.bits("difference"))
    #expect(Int(bf16(found.norm)) == one.number("norm"))
    #expect(bits(found.direction) == one.bits("direction"))
  }

  @Test(
    "edited weights are torch's bfloat16 bit by bit, the direction's odd length and the strength included",
    arguments: Case.all
  )
  func weights(one: Case) throws {
    let lane = PaperDirection.lane(
      direction: one.floats("direction"),
      layerCount: 4,
      strength: Float(one.value["scale"]?.double ?? 0)
    )
    let edited = lane.editingWriter(one.floats("weights"), out: one.number("width"), in: one.number("columns"))
    #expect(bits(edited) == one.bits("edited"))
    #expect(edited.allSatisfy { float(bf16: bf16($0)) == $0 })
  }

  @Test("the running mean depends on the order and drifts; the corrected mean does neither")
  func drift() throws {
    let one = try #require(Case.all.first { $0.testDescription.hasPrefix("outlier") })
    let width = one.number("width")
    let (harmful, harmless) = (one.rows("harmful", width: width), one.rows("harmless", width: width))
    let forwards = try PaperDirection(harmful: harmful, harmless: harmless, layerCount: 2)
    let backwards = try PaperDirection(harmful: harmful.reversed(), harmless: harmless, layerCount: 2)
    #expect(forwards.direction != backwards.direction)
    let exact = MeanDifference(harmful: harmful.map { [$0] }, harmless: harmless.map { [$0] }).difference[0]
    #expect((0.5..<0.9999).contains(forwards.cosine(to: exact)))
  }

  @Test("no prompts, no difference and a single block are told")
  func refusals() throws {
    #expect(throws: DirectionError.noPrompts) { try PaperDirection(harmful: [], harmless: [[1]], layerCount: 2) }
    #expect(throws: DirectionError.zero(layer: 2)) {
      try PaperDirection(harmful: [[1, 2]], harmless: [[1, 2]], layerCount: 2)
    }
    let shallow = try PaperDirection(harmful: [[1, 2]], harmless: [[2, 2]], layerCount: 1)
    #expect(throws: DirectionError.tooShallow(layers: 1)) { try shallow.lane() }
  }

  @Test(
    "on a model: blocks 1 to L−1, no embedding, rounded weights; from block 1 on nothing changes along the direction"
  )
  func model() async throws {
    let fixture = try InstructFixture(.f32)
    let plan = try await EditPlan.reading(
      fixture.engine,
      harmful: DemoFolder.prompts("harmful_train", count: 24),
      harmless: DemoFolder.prompts("harmless_train", count: 24),
      rule: .largestNorm,
      preset: .paper,
      strength: 1
    )
    let layers = fixture.checkpoint.model.layerCount
    #expect(plan.lane.layers == 1...(layers - 1) && plan.lane.roundsToBF16)
    #expect(plan.targets.count == 2 * (layers - 1) && plan.targets.allSatisfy { $0.site != .embedding })
    let paper = try #require(plan.paper)
    #expect(abs(cosine(paper.direction, plan.directions.difference[layers])) < 0.999, "the basis is another one (A1)")
    #expect(plan.facts["paper"]?["discrepancies"]?.array?.count == EditPreset.paper.discrepancies.count)
    let edited = try Engine(
      try LanguageCheckpoint(folder: fixture.checkpoint.folder, compute: .f32, weightEdit: plan.lane),
      threads: 2
    )
    let prompts = try fixture.checkpoint.promptTokens(asking: DemoFolder.prompts("harmful_eval", count: 4))
    func along(_ engine: Engine) async throws -> [[Double]] {
      try await engine.residuals(prompts.map { LaneTokens($0, lane: .none) }).map { streams in
        streams.map { stream in zip(stream, paper.direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
      }
    }
    for (streams, original) in zip(try await along(edited), try await along(fixture.engine)) {
      // Row 1 is after the first block; rounding to bfloat16 leaves a little.
      let scale = original.map(abs).max() ?? 1
      for k in 2...layers { #expect(abs(streams[k] - streams[1]) < 0.01 * scale) }
      #expect((2...layers).contains { abs(original[$0] - original[1]) > 0.1 * scale })
    }
  }

  @Test("corrected is another word for all-writers, and counts as the same edit")
  func corrected() {
    #expect(EditPreset.corrected.sites == EditPreset.allWriters.sites)
    #expect(EditPreset.corrected.identity == EditPreset.allWriters.identity)
    #expect(EditPreset.allCases.filter { !$0.discrepancies.isEmpty } == [.paper])
  }
}
