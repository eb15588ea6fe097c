import Foundation
import Inference
import Tensors
import TestKit
import Testing

/// A way to spoil a copied checkpoint, and what the error must say.
struct Damage: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Words that the one line of error holds: the file, the place, the problem.
  let words: [String]
  let spoil: @Sendable (URL) throws -> Void

  init(_ name: String, _ words: [String], _ spoil: @escaping @Sendable (URL) throws -> Void) {
    testDescription = name
    self.words = words
    self.spoil = spoil
  }

  static let weights: [Damage] = [
    Damage("NaN in a matrix", ["model.safetensors", "model.layers.2.mlp.up_proj.weight", "element 5 is NaN"]) {
      try edit($0, "model.layers.2.mlp.up_proj.weight") {
        TensorData(name: $0.name, dtype: .bf16, shape: $0.shape, bytes: patched($0.bytes, at: 10, [0xC0, 0x7F]))
      }
    },
    Damage("infinity in the embedding", ["model.embed_tokens.weight", "element 0 is NaN or infinite"]) {
      try edit($0, "model.embed_tokens.weight") {
        TensorData(name: $0.name, dtype: .bf16, shape: $0.shape, bytes: patched($0.bytes, at: 0, [0x80, 0x7F]))
      }
    },
    Damage("NaN in a float32 norm", ["model.norm.weight", "element 3 is NaN"]) {
      try edit($0, "model.norm.weight") {
        let values = (0..<128).map { $0 == 3 ? Float.nan : 1 }
        return TensorData(name: $0.name, shape: $0.shape, floats: values)
      }
    },
    Damage("a shape that is turned", ["model.layers.1.mlp.down_proj.weight", "[352, 128]", "[128, 352]"]) {
      try edit($0, "model.layers.1.mlp.down_proj.weight") {
        TensorData(name: $0.name, dtype: .bf16, shape: $0.shape.reversed(), bytes: $0.bytes)
      }
    },
    Damage("a tensor that is gone", ["model.layers.3.self_attn.o_proj.weight", "is missing"]) {
      try edit($0, "model.layers.3.self_attn.o_proj.weight") { _ in nil }
    },
    Damage("whole numbers for weights", ["model.norm.weight", "expected floating point, found I64"]) {
      try edit($0, "model.norm.weight") {
        TensorData(name: $0.name, shape: $0.shape, int64: [Int64](repeating: 1, count: 128))
      }
    },
    Damage("weights cut in the data", ["model.safetensors", "truncated"]) {
      try cut($0, "model.safetensors", to: 900_000)
    },
    Damage("weights cut in the header", ["model.safetensors", "truncated"]) {
      try cut($0, "model.safetensors", to: 1000)
    },
    Damage("weights cut in the length", ["model.safetensors", "too few"]) { try cut($0, "model.safetensors", to: 5) },
    Damage("empty weights", ["model.safetensors", "empty"]) { try cut($0, "model.safetensors", to: 0) },
    Damage("no weights", ["neither model.safetensors nor model.safetensors.index.json"]) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("model.safetensors"))
    },
    Damage("an index that names a file that is not there", ["absent.safetensors", "No such file"]) {
      try #"{"weight_map": {"model.norm.weight": "absent.safetensors"}}"#
        .write(to: $0.appendingPathComponent("model.safetensors.index.json"), atomically: true, encoding: .utf8)
    },
  ]

  static let other: [Damage] = [
    Damage("an unknown architecture", ["config.json:5:17", "\"lama\" is not supported; supported: llama"]) {
      try config($0, "\"model_type\": \"llama\"", "\"model_type\": \"lama\"")
    },
    Damage("a config without its width", ["config.json:1:1", "missing key \"hidden_size\""]) {
      try config($0, "\"hidden_size\"", "\"hidden_sizes\"")
    },
    Damage("a width in words", ["config.json:7:18", "expected a whole number, found a string"]) {
      try config($0, "\"hidden_size\": 128", "\"hidden_size\": \"128\"")
    },
    Damage("heads that do not share their keys evenly", ["config.json:11:26", "3 does not divide the 4"]) {
      try config($0, "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3")
    },
    Damage("another activation", ["config.json", "\"relu6\" is not supported"]) {
      try config($0, "\"silu\"", "\"relu6\"")
    },
    Damage("another rope", ["config.json", "rope type \"yarm\" is not supported"]) {
      try config($0, "\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"yarm\", \"factor\": 4}")
    },
    Damage("more blocks than weights", ["model.layers.4.", "is missing"]) {
      try config($0, "\"num_hidden_layers\": 4", "\"num_hidden_layers\": 5")
    },
    Damage("a config that is no JSON", ["config.json:29:"]) {
      try config($0, "\"torch_dtype\": \"bfloat16\"\n}", "\"torch_dtype\": \"bfloat16\"\n")
    },
    Damage("no config", ["config.json", "No such file"]) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("config.json"))
    },
    Damage("a tokenizer bigger than the vocabulary", ["tokenizer.json has 1024 ids", "vocab_size of 1000"]) {
      try config($0, "\"vocab_size\": 1024", "\"vocab_size\": 1000")
      try edit($0, "model.embed_tokens.weight") {
        TensorData(name: $0.name, dtype: .bf16, shape: [1000, 128], bytes: Array($0.bytes[..<256_000]))
      }
    },
    Damage("a cut tokenizer", ["tokenizer.json"]) { try cut($0, "tokenizer.json", to: 4000) },
    Damage("a template that does not end", ["tokenizer_config.json", "chat_template"]) {
      let file = $0.appendingPathComponent("tokenizer_config.json")
      try DemoFolder.replace("{% endfor %}", with: "", in: file)
    },
    Damage("a generation config that is no JSON", ["generation_config.json:"]) {
      try cut($0, "generation_config.json", to: 20)
    },
  ]

  private static func config(_ folder: URL, _ text: String, _ other: String) throws {
    try DemoFolder.replace(text, with: other, in: folder.appendingPathComponent("config.json"))
  }

  private static func cut(_ folder: URL, _ name: String, to count: UInt64) throws {
    let handle = try FileHandle(forWritingTo: folder.appendingPathComponent(name))
    try handle.truncate(atOffset: count)
    try handle.close()
  }

  private static func patched(_ bytes: [UInt8], at offset: Int, _ new: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(offset..<(offset + new.count), with: new)
    return bytes
  }

  /// Rewrites the weights with one tensor changed, or left out.
  private static func edit(_ folder: URL, _ name: String, _ change: (TensorData) -> TensorData?) throws {
    let path = folder.appendingPathComponent("model.safetensors").path
    let tensors = try SafetensorsFile(path: path).tensors.compactMap { tensor -> TensorData? in
      let data = TensorData(
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        bytes: tensor.withBytes { Array($0) }
      )
      return tensor.name == name ? change(data) : data
    }
    try SafetensorsWriter.write(tensors, to: path)
  }
}

@Suite("Damaged checkpoints", .timeLimit(.minutes(10)))
struct DamagedCheckpointTests {
  @Test("damaged weights give one clear error", arguments: Damage.weights, ComputePath.allCases)
  func weights(damage: Damage, compute: ComputePath) async throws { try await Self.check(damage, compute) }

  @Test("damage beside the weights gives one clear error", arguments: Damage.other)
  func other(damage: Damage) async throws { try await Self.check(damage, .bf16) }

  private static func check(_ damage: Damage, _ compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try DemoFolder.copy("instruct", to: copy)
      try damage.spoil(copy)
      let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: copy.path, compute: compute) }
      let text = error?.description ?? ""
      #expect(!text.contains("\n"), "\(text)")
      for word in damage.words { #expect(text.contains(word), "\(text)") }
    }
  }

  @Test("a folder that is not there is named")
  func noFolder() {
    let error = #expect(throws: CheckpointError.self) {
      try LanguageCheckpoint(folder: "/nonexistent/m", compute: .f32)
    }
    #expect(error?.description.hasPrefix("/nonexistent/m: there is no such folder") == true)
  }

  @Test("an edit of another width is refused before the weights are read")
  func edit() {
    let lane = EditLane(direction: [1, 2], sites: [.embedding])
    let folder = DemoFolder.checkpoint("instruct").path
    let error = #expect(throws: CheckpointError.self) {
      try LanguageCheckpoint(folder: folder, compute: .f32, weightEdit: lane)
    }
    #expect(error?.description.contains("2 numbers but the residual stream is 128 wide") == true)
  }

  @Test("a base model without a chat template runs but holds no conversation")
  func noTemplate() async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try DemoFolder.copy("instruct", to: copy)
      let file = copy.appendingPathComponent("tokenizer_config.json")
      try DemoFolder.replace("\"chat_template\"", with: "\"no_template\"", in: file)
      let checkpoint = try LanguageCheckpoint(folder: copy.path, compute: .bf16)
      #expect(checkpoint.template == nil)
      #expect(checkpoint.tokenizer != nil)
      let error = #expect(throws: CheckpointError.self) {
        try checkpoint.promptTokens([.init(role: "user", text: "Good day")])
      }
      #expect(error?.description.contains("no chat template") == true)
    }
  }

  @Test("without tokenizer a checkpoint runs but holds no conversation")
  func noTokenizer() async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try DemoFolder.copy("instruct", to: copy)
      try FileManager.default.removeItem(at: copy.appendingPathComponent("tokenizer.json"))
      let checkpoint = try LanguageCheckpoint(folder: copy.path, compute: .bf16)
      let settings = GenerationSettings(maximumNewTokens: 3)
      let request = GenerationRequest(tokens: [5, 6], lane: .none, settings: settings, stopTokens: [])
      #expect(try await Engine(checkpoint, threads: 1).generate([request])[0].tokens.count == 3)
      #expect(throws: CheckpointError.self) { try checkpoint.promptTokens([.init(role: "user", text: "Good day")]) }
    }
  }
}
