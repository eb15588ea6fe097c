import Foundation
import Inference
import Tensors
import TestKit
import Testing

/// A tiny checkpoint of a family with what the reference computes on it; made by `Tests/Oracles/architectures/make.py`.
struct ArchitectureFixture {
  static let names = [
    "llama-linear", "ministral-mixed", "qwen2-upper-windows", "qwen3-yarn", "glm-quarter", "glm4-half",
    "gemma2-uncapped", "gemma3-pattern", "phi3-longrope", "smollm3-interval", "gptoss-plain",
  ]

  let folder: String
  let checkpoint: LanguageCheckpoint
  private let expected: SafetensorsFile

  static func folder(_ name: String) -> String {
    Folders.root.appendingPathComponent("Tests/Oracles/architectures/\(name)").path
  }

  init(_ name: String, compute: ComputePath, weightEdit: EditLane = .none) throws {
    folder = Self.folder(name)
    checkpoint = try LanguageCheckpoint(folder: folder, compute: compute, weightEdit: weightEdit)
    expected = try SafetensorsFile(path: "\(folder)/expected.safetensors")
  }

  func has(_ name: String) -> Bool { expected[name] != nil }

  func tensor(_ name: String) throws -> Tensor { try #require(expected[name], "\(name)") }

  func floats(_ name: String) throws -> [Float] { try tensor(name).floats() }

  func tokens(_ name: String = "input_ids") throws -> [Int32] { try tensor(name).integers().map { Int32($0) } }

  /// Prompts that are pieces of the fixture's, so that a batch has several lengths.
  func pieces() throws -> [[Int32]] {
    let all = try tokens()
    return [all, Array(all[..<9]), Array(all[5...]), Array(all[..<17]), Array(all[1..<3])]
  }

  /// The largest difference in standard deviations of the reference; infinite where one is no number.
  static func error(_ ours: some Collection<Float>, _ reference: some Collection<Float>) -> Double {
    let mean = reference.reduce(0.0) { $0 + Double($1) } / Double(max(1, reference.count))
    let squares = reference.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return Double(largestDifference(ours, reference)) / (squares / Double(max(1, reference.count))).squareRoot()
  }
}
