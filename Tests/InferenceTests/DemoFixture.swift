import Foundation
import Inference
import Tensors
import TestKit

/// A demo checkpoint with what the reference library computes for it.
struct DemoFixture {
  static let names = ["instruct", "oracle"]

  let checkpoint: LanguageCheckpoint
  private let expected: SafetensorsFile

  init(_ name: String, compute: ComputePath, weightEdit: EditLane = .none) throws {
    checkpoint = try LanguageCheckpoint(
      folder: DemoFolder.checkpoint(name).path,
      compute: compute,
      weightEdit: weightEdit
    )
    expected = try SafetensorsFile(
      path: Folders.fixtures.appendingPathComponent("demo/\(name)/expected.safetensors").path
    )
  }

  /// The eight prompts.
  func prompts() throws -> [[Int32]] { try (0..<8).map { try integers("input_ids.\($0)") } }
  /// Their greedy continuations, without the end of turn.
  func greedy() throws -> [[Int32]] { try (0..<8).map { try integers("greedy.\($0)") } }
  /// A float tensor of prompt `index`.
  func floats(_ name: String, _ index: Int) throws -> [Float] { try tensor("\(name).\(index)").floats() }

  private func integers(_ name: String) throws -> [Int32] { try tensor(name).integers().map { Int32($0) } }

  private func tensor(_ name: String) throws -> Tensor {
    guard let tensor = expected[name] else { throw TensorError.missing(file: expected.path, tensor: name, hint: "") }
    return tensor
  }

  /// The refusal direction of a layer of `instruct`, not normalised.
  static func direction(layer: Int = 4) throws -> [Float] {
    let path = Folders.fixtures.appendingPathComponent("demo/instruct/direction.safetensors").path
    guard let tensor = try SafetensorsFile(path: path)["direction"] else {
      throw TensorError.missing(file: path, tensor: "direction", hint: "")
    }
    return Array(try tensor.floats()[(layer * 128)..<((layer + 1) * 128)])
  }

  /// The edit of the fixture.
  static func lane(sites: Set<EditSite> = Set(EditSite.allCases), layers: ClosedRange<Int>? = nil, strength: Float = 1)
    throws -> EditLane
  {
    EditLane(direction: try direction(), sites: sites, layers: layers, strength: strength)
  }
}

/// The largest absolute difference; infinite if the counts differ or one is not a number.
func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
  guard a.count == b.count else { return .infinity }
  var largest: Float = 0
  for (x, y) in zip(a, b) {
    let difference = abs(x - y)
    if difference.isNaN { return .infinity }
    largest = max(largest, difference)
  }
  return largest
}

extension Engine {
  /// Greedy continuations of prompts under one edit, at most 48 tokens.
  func greedy(_ prompts: [[Int32]], lane: EditLane = .none) throws -> [GenerationResult] {
    try generate(
      prompts.map {
        GenerationRequest(
          tokens: $0,
          lane: lane,
          settings: GenerationSettings(maximumNewTokens: 48),
          stopTokens: checkpoint.stopTokens
        )
      }
    )
  }
}
