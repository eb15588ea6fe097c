import Foundation
import JSON
import TestKit
import Testing

@testable import Inference

@Suite("Configurations are read as the reference reads them", .timeLimit(.minutes(10)))
struct ArchitectureSettingsTests {
  /// Configurations and what the reference makes of them; made by `Tests/Oracles/architectures/make_settings.py`.
  private static let cases: Result<[JSONValue], any Error> = Result {
    let path = Folders.root.appendingPathComponent("Tests/Oracles/architectures/settings.json").path
    return try JSONDocument.read(file: path).root.array ?? []
  }

  private static func described(_ config: JSONValue) throws -> ModelDescription {
    let problems = JSONProblems()
    let document = try JSONDocument.parse(config.text(.pretty), name: "config.json")
    let described = ArchitectureRegistry.description(of: JSONReader(document, problems: problems))
    try problems.throwIfAny()
    return try #require(described)
  }

  @Test("sizes, standards, rotary settings and windows", arguments: 0..<48)
  func settings(index: Int) throws {
    let all = try Self.cases.get()
    #expect(all.count == 48)
    let config = try #require(all[index]["config"])
    let expected = try #require(all[index]["expected"])
    let model = try Self.described(config)
    #expect(model.headSize == expected["head_size"]?.integer)
    #expect(model.kvHeadCount == expected["kv_heads"]?.integer)
    #expect(model.contextLength == expected["context"]?.integer)
    #expect(near(Double(model.attention.scale), expected["scale"]?.double))
    #expect(near(Double(model.norm.epsilon), expected["epsilon"]?.double))
    #expect(model.hasTiedHead == expected["tied"]?.bool)
    let biases = AttentionProjection.allCases.filter { model.attention.biases.contains($0) }.map(\.rawValue)
    #expect(biases == expected["biases"]?.array?.compactMap(\.string))
    #expect(model.feedForward.hasBias == expected["mlp_bias"]?.bool)
    #expect(near(model.attention.softCap.map { Double($0) }, expected["score_cap"]?.double))
    #expect(near(model.logitSoftCap.map { Double($0) }, expected["logit_cap"]?.double))
    #expect(model.parameterCount == expected["parameters"]?.integer)
    if let experts = expected["experts"]?.array {
      #expect(model.feedForward.experts?.count == experts[0].integer)
      #expect(model.feedForward.experts?.chosen == experts[1].integer)
      guard case .clamped(let limit, let alpha) = model.feedForward.activation else {
        Issue.record("the experts' activation is not clamped")
        return
      }
      #expect(near(Double(limit), experts[2].double) && near(Double(alpha), experts[3].double))
    }
    let layers = expected["layers"]?.array ?? []
    #expect(layers.count == model.layerCount)
    for (layer, wanted) in zip(model.layers, layers) {
      #expect(layer.window == wanted["window"]?.integer)
      try compare(layer.rope, wanted["rope"]?.integer.flatMap { expected["ropes"]?.array?[$0] })
    }
  }

  private func compare(_ rope: RopeDescription?, _ wanted: JSONValue?) throws {
    guard let wanted else {
      #expect(rope == nil)
      return
    }
    let rope = try #require(rope)
    let short = try #require(wanted["frequencies"]?.array)
    let sets = RopeTable.frequencies(rope)
    let lists = [short] + [wanted["long"]?.array].compactMap { $0 }
    #expect(sets.map(\.count) == lists.map(\.count))
    for (ours, theirs) in zip(sets, lists) {
      for (a, b) in zip(ours, theirs) { #expect(near(Double(a), b.double, 2e-6)) }
    }
    #expect(near(rope.attentionFactor, wanted["factor"]?.double))
    #expect(rope.longAbove == wanted["original"]?.integer)
  }

  private func near(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-6) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= tolerance * abs(b)
  }
}
