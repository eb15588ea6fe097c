import Inference
import TestKit
import Testing

@Suite("Every family against the reference library", .timeLimit(.minutes(10)))
struct ArchitectureParityTests {
  private static let names = ArchitectureFixture.names

  @Test("logits and residual streams are the reference's", arguments: names, ComputePath.exact)
  func forward(name: String, compute: ComputePath) async throws {
    let fixture = try ArchitectureFixture(name, compute: compute)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let tokens = try fixture.tokens()
    let pass = try await engine.forward([LaneTokens(tokens, lane: .none)])
    #expect(ArchitectureFixture.error(pass.logits, try fixture.floats("logits")) <= 2e-3)
    let size = tokens.count * fixture.checkpoint.model.hiddenSize
    let streams = try fixture.floats("resid")
    #expect(pass.residual.count == streams.count)
    for layer in 0..<fixture.checkpoint.model.layerCount {
      let part = (layer * size)..<((layer + 1) * size)
      #expect(ArchitectureFixture.error(pass.residual[part], streams[part]) <= 2e-3, "block \(layer)")
    }
    let last = try await engine.residuals([LaneTokens(tokens, lane: .none)])[0]
    let width = fixture.checkpoint.model.hiddenSize
    #expect(last.last.map { Array($0) } == Array(pass.residual.suffix(width)))
  }

  @Test("greedy answers are the reference's while the choice is clear", arguments: names, ComputePath.exact)
  func greedy(name: String, compute: ComputePath) async throws {
    let fixture = try ArchitectureFixture(name, compute: compute)
    let engine = try Engine(fixture.checkpoint, threads: 1)
    // The second prompt grows beyond the length at which LongRoPE changes.
    for prefix in ["", "short."] where fixture.has("\(prefix)greedy") {
      let prompt = try fixture.tokens("\(prefix)input_ids")
      let margins = try fixture.floats("\(prefix)margin")
      let clear = margins.prefix { $0 >= 1e-2 }.count
      #expect(clear >= 4)
      let settings = GenerationSettings(maximumNewTokens: margins.count)
      let request = GenerationRequest(tokens: prompt, lane: .none, settings: settings, stopTokens: [])
      let answer = try await engine.generate([request])[0].tokens
      let expected = try fixture.tokens("\(prefix)greedy")[prompt.count...]
      #expect(Array(answer.prefix(clear)) == Array(expected.prefix(clear)), "\(prefix)")
    }
  }

  @Test("a short sequence has other frequencies than a long one with the same beginning")
  func shortAndLong() async throws {
    let fixture = try ArchitectureFixture("phi3-longrope", compute: .f32)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let short = try fixture.tokens("short.input_ids")
    let alone = try await engine.forward([LaneTokens(short, lane: .none)]).logits
    #expect(ArchitectureFixture.error(alone, try fixture.floats("short.logits")) <= 2e-3)
    let within = try await engine.forward([LaneTokens(try fixture.tokens(), lane: .none)]).logits.prefix(alone.count)
    #expect(ArchitectureFixture.error(within, alone) > 0.05)
  }

  /// The edits of the fixtures: name, sites, layers, strength, whether biases are edited.
  private static let edits: [(String, EditLane)] = {
    let all: Set<EditSite> = [.attentionOutput, .mlpOutput, .embedding]
    let blocks: Set<EditSite> = [.attentionOutput, .mlpOutput]
    return [
      ("edit", EditLane(direction: [1], sites: all)),
      ("edit_without_bias", EditLane(direction: [1], sites: all, includesBias: false)),
      ("edit_part", EditLane(direction: [1], sites: blocks, layers: 1...1, strength: 0.5)),
      ("hook_post_norm", EditLane(direction: [1], sites: [.residualWrites])),
    ]
  }()

  @Test("edits as lanes and in the weights are the reference's", arguments: names, ComputePath.exact)
  func edits(name: String, compute: ComputePath) async throws {
    let fixture = try ArchitectureFixture(name, compute: compute)
    let tokens = try fixture.tokens()
    let engine = try Engine(fixture.checkpoint, threads: 2)
    for (edit, outline) in Self.edits where fixture.has("\(edit).logits") {
      let lane = EditLane(
        direction: try fixture.floats("direction"),
        sites: outline.sites,
        layers: outline.layers,
        strength: outline.strength,
        includesBias: outline.includesBias
      )
      let reference = try fixture.floats("\(edit).logits")
      let ours = try await engine.forward([LaneTokens(tokens, lane: lane)]).logits.suffix(reference.count)
      #expect(ArchitectureFixture.error(ours, reference) <= 2e-3, "\(edit) as a lane")
      guard lane.problemAsWeights(of: fixture.checkpoint.model) == nil else { continue }
      let weights = try Engine(try ArchitectureFixture(name, compute: compute, weightEdit: lane).checkpoint, threads: 2)
      let others = try await weights.forward([LaneTokens(tokens, lane: .none)]).logits.suffix(reference.count)
      #expect(ArchitectureFixture.error(others, reference) <= 2e-3, "\(edit) in the weights")
    }
  }

  @Test("what is added to the stream is what attention and MLP put out, where no norm stands between", arguments: names)
  func residualWrites(name: String) async throws {
    let fixture = try ArchitectureFixture(name, compute: .f32)
    let engine = try Engine(fixture.checkpoint, threads: 2)
    let direction = (0..<16).map { Float(($0 * 7) % 11) - 4 }
    func logits(_ sites: Set<EditSite>) async throws -> [Float] {
      try await engine.forward([LaneTokens(fixture.tokens(), lane: EditLane(direction: direction, sites: sites))])
        .logits
    }
    let (outputs, added) = (try await logits([.attentionOutput, .mlpOutput]), try await logits([.residualWrites]))
    let lane = EditLane(direction: direction, sites: [.residualWrites])
    if fixture.checkpoint.model.norm.hasPostNorms {
      #expect(ArchitectureFixture.error(outputs, added) > 0.05)
      #expect(throws: CheckpointError.self) {
        try ArchitectureFixture(name, compute: .f32, weightEdit: lane)
      }
    } else {
      #expect(outputs == added)
      #expect(try await logits([.attentionOutput, .mlpOutput, .residualWrites]) == added)
      let edited = try ArchitectureFixture(name, compute: .f32, weightEdit: lane)
      let weights = try await Engine(edited.checkpoint, threads: 2).forward([
        LaneTokens(fixture.tokens(), lane: .none)
      ])
      #expect(ArchitectureFixture.error(weights.logits, added) <= 2e-3)
    }
  }
}
