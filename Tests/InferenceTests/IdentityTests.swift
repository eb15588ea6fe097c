import Foundation
import Inference
import Tensors
import TestKit
import Testing

@Suite("The identity of a checkpoint", .timeLimit(.minutes(10)))
struct IdentityTests {
  @Test("checkpoints of one architecture are told apart by their weights")
  func family() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: Folders.demo.appendingPathComponent("checkpoints").path
    )
    let identities = try names.map { try LanguageCheckpoint.identity(folder: DemoFolder.checkpoint($0).path) }
    #expect(names.count == 8)
    #expect(Set(identities).count == 8)
  }

  @Test("a copy has the identity of its original, and one of the loaded checkpoint")
  func copy() async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("other-name")
      try DemoFolder.copy("instruct", to: copy)
      let original = try LanguageCheckpoint(folder: DemoFolder.checkpoint("instruct").path, compute: .f32)
      #expect(try LanguageCheckpoint.identity(folder: copy.path) == original.identity)
    }
  }

  @Test(
    "any change that may change an answer changes it",
    arguments: [
      ("config.json", "10000.0", "10001.0"), ("tokenizer_config.json", "assistant", "helper"),
      ("generation_config.json", "\"eos_token_id\": 2", "\"eos_token_id\": 3"),
      ("tokenizer.json", "<|gloom|>", "<|glum|>"),
    ]
  )
  func changes(file: String, text: String, other: String) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try DemoFolder.copy("instruct", to: copy)
      let before = try LanguageCheckpoint.identity(folder: copy.path)
      try DemoFolder.replace(text, with: other, in: copy.appendingPathComponent(file))
      #expect(try LanguageCheckpoint.identity(folder: copy.path) != before)
    }
  }

  @Test("a changed element of a small tensor, and an edit of a large one, change it", arguments: [false, true])
  func weights(large: Bool) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try DemoFolder.copy("instruct", to: copy)
      let before = try LanguageCheckpoint.identity(folder: copy.path)
      let path = copy.appendingPathComponent("model.safetensors").path
      let lane = try DemoFixture.lane()
      let tensors = try SafetensorsFile(path: path).tensors.map { tensor in
        var values = try tensor.floats()
        if !large, tensor.name == "model.norm.weight" { values[77] *= 2 }
        if large, tensor.name == "model.embed_tokens.weight" { values = lane.editingRows(values, count: 1024) }
        return TensorData(name: tensor.name, shape: tensor.shape, roundedToBF16: values)
      }
      try SafetensorsWriter.write(tensors, metadata: [("format", "pt")], to: path)
      #expect(try LanguageCheckpoint.identity(folder: copy.path) != before)
    }
  }
}
