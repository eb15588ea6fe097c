import Abliteration
import Foundation
import Inference
import JSON
import Tensors
import TestKit

/// `instruct` with the reference's directions and edited replies.
struct InstructFixture {
  let checkpoint: LanguageCheckpoint
  let engine: Engine

  init(_ compute: ComputePath) throws {
    checkpoint = try LanguageCheckpoint(folder: DemoFolder.checkpoint("instruct").path, compute: compute)
    engine = try Engine(checkpoint, threads: 2)
  }

  private static let folder = Folders.fixtures.appendingPathComponent("demo/instruct")

  /// A [5, 128] tensor of the reference's directions.
  static func rows(_ name: String) throws -> [[Float]] {
    let path = folder.appendingPathComponent("direction.safetensors").path
    guard let tensor = try SafetensorsFile(path: path)[name] else {
      throw TensorError.missing(file: path, tensor: name, hint: "")
    }
    let values = try tensor.floats()
    return (0..<5).map { Array(values[($0 * 128)..<(($0 + 1) * 128)]) }
  }

  /// The reference's edit: layer 4, all writers.
  static func lane() throws -> EditLane {
    EditLane(direction: try rows("direction")[4], sites: EditPreset.allWriters.sites)
  }

  /// The reference's replies under that edit.
  static func replies() throws -> [(prompt: String, response: String)] {
    let text = try String(contentsOf: folder.appendingPathComponent("abliterated_responses.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map {
      let value = try JSONDocument.parse(String($0), name: "abliterated_responses.jsonl").root
      return (value["prompt"]?.string ?? "", value["response"]?.string ?? "")
    }
  }

  /// Greedy answers of at most 48 tokens.
  static func answers(_ engine: Engine, _ prompts: [String], lane: EditLane = .none) async throws -> [[Int32]] {
    let settings = GenerationSettings(maximumNewTokens: 48)
    let stop = engine.checkpoint.stopTokens
    let requests = try engine.checkpoint.promptTokens(asking: prompts).map {
      GenerationRequest(tokens: $0, lane: lane, settings: settings, stopTokens: stop)
    }
    return try await engine.generate(requests).map(\.tokens)
  }
}

func cosine(_ a: [Float], _ b: [Float]) -> Double {
  func dot(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
  return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}
