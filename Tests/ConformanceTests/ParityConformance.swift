import Foundation
import Inference
import Tensors
import TestKit
import Testing

@Suite(
  "Forward passes against the reference data",
  .timeLimit(.minutes(10)),
  .enabled(if: Folders.shared != nil, "the parity packs were skipped because ../shared is absent")
)
struct ParityConformance {
  @Test(
    "float32: logits, hidden states and residual streams within 2e-3 standard deviations",
    arguments: ParityPack.families
  )
  func forward(family: String) async throws {
    let pack = try ParityPack(family)
    let engine = try pack.engine(.f32)
    let pass = try await engine.forward(pack.rows.map { LaneTokens($0, lane: .none) })
    try pack.expectNear(pass.logits, try pack.expected("logits"), "logits")
    try pack.expectSlices(pass.hidden, try pack.expected("hidden"), "hidden")
    try pack.expectSlices(pass.residual, try pack.expected("resid"), "resid")
  }

  @Test("float32: greedy tokens are the reference's while the margin is clear", arguments: ParityPack.families)
  func greedy(family: String) async throws {
    let pack = try ParityPack(family)
    let compared = try await pack.expectGreedy(
      try pack.engine(.f32),
      lane: .none,
      tokens: try pack.expected("greedy"),
      margins: try pack.expected("margin")
    )
    #expect(compared >= 24)
  }

  /// The edits of a pack: prefix of its tensors, sites, whether as a lane or in the weights.
  private static let edits: [(String, Set<EditSite>, EditFile.Application)] = [
    ("weights", [.attentionOutput, .mlpOutput], .weights), ("weights", [.attentionOutput, .mlpOutput], .lane),
    ("weights_embed", [.attentionOutput, .mlpOutput, .embedding], .weights),
    ("weights_embed", [.attentionOutput, .mlpOutput, .embedding], .lane),
    ("hook", [.attentionOutput, .mlpOutput], .lane), ("hook_post_norm", [.residualWrites], .lane),
  ]

  @Test(
    "float32: edits in weights and as lanes are the reference's",
    arguments: ["smollm2", "qwen3", "glm", "gemma2"],
    Array(edits.indices)
  )
  func edit(family: String, index: Int) async throws {
    let (prefix, sites, application) = Self.edits[index]
    let pack = try ParityPack(family)
    guard try pack.hasEdit(prefix) else {
      #expect(prefix == "hook_post_norm" && family != "gemma2")
      return
    }
    let edit = EditLane(direction: try pack.edit("direction").floats(), sites: sites)
    let engine = try pack.engine(.f32, weightEdit: application == .weights ? edit : .none)
    let lane = application == .lane ? edit : .none
    let pass = try await engine.forward(pack.rows.map { LaneTokens($0, lane: lane) })
    try pack.expectNear(pass.logits, try pack.edit("\(prefix).logits"), prefix)
    try pack.expectSlices(pass.residual, try pack.edit("\(prefix).resid"), prefix)
    guard !prefix.hasPrefix("hook") else { return }
    let compared = try await pack.expectGreedy(
      engine,
      lane: lane,
      tokens: try pack.edit("\(prefix).greedy"),
      margins: try pack.edit("\(prefix).margin")
    )
    #expect(compared >= 24)
  }

  @Test("bfloat16: the error is finite and reported", arguments: ParityPack.families)
  func bf16(family: String) async throws {
    let pack = try ParityPack(family)
    let engine = try pack.engine(.bf16)
    let logits = try await engine.forward(pack.rows.map { LaneTokens($0, lane: .none) }).logits
    let error = ParityPack.error(logits, try pack.expected("logits").floats())
    #expect(error.isFinite)
    print("parity \(family), bf16 weights: max |Δlogit| = \(error) standard deviations")
  }

  @Test(
    "float32: odd shapes keep their bits however they are cut",
    arguments: ParityPack.families,
    ComputePath.allCases
  )
  func invariance(family: String, compute: ComputePath) async throws {
    let pack = try ParityPack(family)
    let lanes = pack.rows.map { LaneTokens($0, lane: .none) }
    var limits = Engine.Limits()
    limits.rows = 7
    let plain = try await pack.engine(compute).forward(lanes)
    let cut = try await Engine(pack.checkpoint(compute), threads: 2, limits: limits).forward(lanes)
    #expect(plain.logits == cut.logits)
    #expect(plain.residual == cut.residual)
  }
}

/// One family's checkpoint and reference tensors.
private struct ParityPack {
  static let families = [
    "smollm2", "llama3", "qwen2", "qwen3", "glm", "glm4", "mistral", "gemma2", "gemma3", "phi3", "smollm3", "gptoss",
  ]

  let folder: String
  let rows: [[Int32]]
  private let reference: SafetensorsFile

  init(_ family: String) throws {
    let shared = try #require(Folders.shared)
    folder = shared.appendingPathComponent("conformance/parity/\(family)").path
    reference = try SafetensorsFile(path: "\(folder)/expected.safetensors")
    let ids = try #require(reference["input_ids"])
    let flat = try ids.integers().map { Int32($0) }
    let length = ids.shape[1]
    rows = stride(from: 0, to: flat.count, by: length).map { Array(flat[$0..<($0 + length)]) }
  }

  func checkpoint(_ compute: ComputePath, weightEdit: EditLane = .none) throws -> LanguageCheckpoint {
    try LanguageCheckpoint(folder: folder, compute: compute, weightEdit: weightEdit)
  }

  func engine(_ compute: ComputePath, weightEdit: EditLane = .none) throws -> Engine {
    try Engine(checkpoint(compute, weightEdit: weightEdit), threads: 2)
  }

  func expected(_ name: String) throws -> Tensor { try #require(reference[name]) }

  func hasEdit(_ prefix: String) throws -> Bool {
    try SafetensorsFile(path: "\(folder)/edits.safetensors")["\(prefix).logits"] != nil
  }

  func edit(_ name: String) throws -> Tensor {
    try #require(try SafetensorsFile(path: "\(folder)/edits.safetensors")[name])
  }

  /// The largest absolute difference in standard deviations of the reference; infinite where one is no number.
  static func error(_ ours: some Collection<Float>, _ reference: some Collection<Float>) -> Double {
    guard ours.count == reference.count, !reference.isEmpty else { return .infinity }
    let mean = reference.reduce(0.0) { $0 + Double($1) } / Double(reference.count)
    let variance = reference.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(reference.count)
    var largest = 0.0
    for (x, y) in zip(ours, reference) {
      let difference = Double(abs(x - y))
      if difference.isNaN { return .infinity }
      largest = max(largest, difference)
    }
    return largest / variance.squareRoot()
  }

  func expectNear(_ ours: some Collection<Float>, _ tensor: Tensor, _ name: String) throws {
    let error = Self.error(ours, try tensor.floats())
    #expect(error <= 2e-3, "\(name): \(error) standard deviations")
  }

  /// Each slice along the first axis against its own standard deviation.
  func expectSlices(_ ours: [Float], _ tensor: Tensor, _ name: String) throws {
    let reference = try tensor.floats()
    #expect(ours.count == reference.count)
    let size = reference.count / tensor.shape[0]
    for layer in 0..<tensor.shape[0] where ours.count == reference.count {
      let error = Self.error(
        ours[(layer * size)..<((layer + 1) * size)],
        reference[(layer * size)..<((layer + 1) * size)]
      )
      #expect(error <= 2e-3, "\(name) at \(layer): \(error) standard deviations")
    }
  }

  /// Compares each row up to the first margin below 1e-2; returns how many tokens were compared.
  func expectGreedy(_ engine: Engine, lane: EditLane, tokens: Tensor, margins: Tensor) async throws -> Int {
    let expected = try tokens.integers().map { Int32($0) }
    let margins = try margins.floats()
    let steps = margins.count / rows.count
    let settings = GenerationSettings(maximumNewTokens: steps)
    let results = try await engine.generate(
      rows.map { GenerationRequest(tokens: $0, lane: lane, settings: settings, stopTokens: []) }
    )
    var compared = 0
    for (row, result) in results.enumerated() {
      let clear = (0..<steps).prefix { margins[row * steps + $0] >= 1e-2 }.count
      let start = row * tokens.shape[1] + rows[row].count
      #expect(Array(result.tokens.prefix(clear)) == Array(expected[start..<(start + clear)]), "row \(row)")
      compared += clear
    }
    return compared
  }
}
