import Foundation
import Tensors
import TestKit
import Testing

@Suite("Weights of checkpoints", .timeLimit(.minutes(10)))
struct CheckpointWeightsTests {
  private static let index = "model.safetensors.index.json"

  private static func write(_ folder: URL, _ name: String, _ tensors: [String: [Float]]) throws {
    let data = tensors.sorted { $0.key < $1.key }.map {
      TensorData(name: $0.key, shape: [$0.value.count], floats: $0.value)
    }
    try SafetensorsWriter.write(data, to: folder.appendingPathComponent(name).path)
  }

  @Test("the demo's weights are read whole")
  func demo() throws {
    let weights = try CheckpointWeights(folder: Folders.demo.appendingPathComponent("checkpoints/instruct").path)
    #expect(weights.files.count == 1)
    #expect(weights.names.count > 10)
    #expect(weights.names.allSatisfy { weights[$0] != nil })
    #expect(weights.names == weights.names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(weights.headerHash.count == 64)
  }

  @Test("shards are found by their index, and a shard that is named wins over one file")
  func shards() async throws {
    try await Folders.temporary { folder in
      try Self.write(folder, "model.safetensors", ["other": [0]])
      try Self.write(folder, "b.safetensors", ["mill": [1, 2], "bees": [3]])
      try Self.write(folder, "a.safetensors", ["comb": [4]])
      let text = #"{"weight_map": {"mill": "b.safetensors", "comb": "a.safetensors", "bees": "b.safetensors"}}"#
      try Data(text.utf8).write(to: folder.appendingPathComponent(Self.index))
      let weights = try CheckpointWeights(folder: folder.path)
      #expect(weights.names == ["bees", "comb", "mill"])
      #expect(
        weights.files.map { URL(fileURLWithPath: $0.path).lastPathComponent } == ["a.safetensors", "b.safetensors"]
      )
      #expect(try weights.tensor("mill", shape: [2]).floats() == [1, 2])
      #expect(try weights.tensor("comb", shape: [1]).floats() == [4])
      let shape = #expect(throws: TensorError.self) { try weights.tensor("mill", shape: [3]) }
      #expect(shape?.description.contains("has shape [2], but the configuration asks for [3]") == true)
      let missing = #expect(throws: TensorError.self) { try weights.tensor("mil", shape: [2]) }
      #expect(missing?.description.contains("\"mil\" is missing; did you mean \"mill\"?") == true)
    }
  }

  @Test(
    "an index that does not fit its folder is refused",
    arguments: [
      ("{", "index.json:1:"), ("[]", "expected an object \"weight_map\""), (#"{"weight_map": {}}"#, "\"weight_map\""),
      (#"{"weight_map": {"mill": 5}}"#, "\"mill\": expected the name of a file in the same folder"),
      (#"{"weight_map": {"mill": "../a.safetensors"}}"#, "expected the name of a file in the same folder"),
      (#"{"weight_map": {"mill": "none.safetensors"}}"#, "none.safetensors: cannot be opened"),
      (#"{"weight_map": {"comb": "a.safetensors"}}"#, "\"comb\" is missing, although"),
      (#"{"weight_map": {"mill": ".."}}"#, "expected the name of a file in the same folder"),
      (#"{"weight_map": {"mill": "a.safetensors", "mill": "a.safetensors"}}"#, "duplicate"),
      (#"{"weight_map": {"mill": "a.safetensors", "wax": "b.safetensors"}}"#, "\"jar\": "),
      (#"{"weight_map": {"mill": "a.safetensors", "wax": "b.safetensors"}}"#, "does not list it"),
      (
        #"{"weight_map": {"mill": "a.safetensors", "jar": "b.safetensors", "wax": "b.safetensors", "bees": "c.safetensors"}}"#,
        "\"mill\": is here and in"
      ),
    ]
  )
  func badIndex(text: String, part: String) async throws {
    try await Folders.temporary { folder in
      try Self.write(folder, "a.safetensors", ["mill": [1]])
      try Self.write(folder, "b.safetensors", ["jar": [1], "wax": [1]])
      try Self.write(folder, "c.safetensors", ["bees": [1], "mill": [1]])
      try Data(text.utf8).write(to: folder.appendingPathComponent(Self.index))
      let error = #expect(throws: TensorError.self) { try CheckpointWeights(folder: folder.path) }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "no error")")
    }
  }

  @Test("a folder without weights says what was expected")
  func absent() async throws {
    try await Folders.temporary { folder in
      let error = #expect(throws: TensorError.self) { try CheckpointWeights(folder: folder.path) }
      #expect(error?.description.contains("expected one of them") == true)
    }
  }

  @Test("the hash of the headers sees names and shapes, the hash of the content sees values")
  func hashes() async throws {
    func weights(_ tensors: [String: [Float]]) async throws -> (header: String, content: String) {
      try await Folders.temporary { folder in
        try Self.write(folder, "model.safetensors", tensors)
        let weights = try CheckpointWeights(folder: folder.path)
        return (weights.headerHash, weights.contentHash)
      }
    }
    let first = try await weights(["mill": [1, 2]])
    let again = try await weights(["mill": [1, 2]])
    let value = try await weights(["mill": [1, 3]])
    let name = try await weights(["mint": [1, 2]])
    #expect(first == again)
    #expect(value.header == first.header)
    #expect(value.content != first.content)
    #expect(name.header != first.header)
    #expect(name.content != first.content)
  }
}
