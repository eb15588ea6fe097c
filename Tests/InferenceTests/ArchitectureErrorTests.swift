import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

/// A line of a configuration that is changed, and what the one error says.
struct BadSetting: Sendable, CustomTestStringConvertible {
  let fixture: String
  /// Keys that replace or join those of the fixture's configuration; nil takes one away.
  let keys: [(String, JSONValue?)]
  /// Where the error points: the line that holds this text.
  let at: String
  let words: [String]

  var testDescription: String { "\(fixture): \(words.last ?? "")" }

  init(_ fixture: String, _ keys: [(String, JSONValue?)], at: String, _ words: [String]) {
    self.fixture = fixture
    self.keys = keys
    self.at = at
    self.words = words
  }

  static let all: [BadSetting] = [
    BadSetting("qwen2-upper-windows", [("layer_types", ["full_attention"])], at: "layer_types", ["1 entries", "3"]),
    BadSetting(
      "ministral-mixed",
      [("layer_types", ["sliding_atention", "full_attention", "full_attention"])],
      at: "sliding_atention",
      ["\"sliding_atention\" is not one of", "did you mean \"sliding_attention\""]
    ),
    BadSetting("ministral-mixed", [("layer_types", 3)], at: "layer_types", ["expected a list"]),
    BadSetting(
      "ministral-mixed",
      [("sliding_window", nil), ("sliding_window", .null)],
      at: "layer_types",
      ["no sliding_window"]
    ),
    BadSetting("gemma2-uncapped", [("sliding_window", 0)], at: "sliding_window", ["0 is outside"]),
    BadSetting("gemma2-uncapped", [("use_bidirectional_attention", true)], at: "bidirectional", ["later tokens"]),
    BadSetting(
      "gemma2-uncapped",
      [("hidden_activation", "relu")],
      at: "hidden_activation",
      ["\"relu\" is not supported"]
    ),
    BadSetting("gemma3-pattern", [("sliding_window_pattern", 0)], at: "sliding_window_pattern", ["0 is outside"]),
    BadSetting("gemma3-pattern", [("rope_parameters", 4)], at: "rope_parameters", ["expected an object or null"]),
    BadSetting("gemma3-pattern", [("model_type", "gemma3")], at: "{", ["missing key \"text_config\""]),
    BadSetting(
      "gemma3-pattern",
      [("model_type", "gemma3"), ("text_config", 1)],
      at: "text_config",
      ["expected an object"]
    ),
    BadSetting("llama-linear", [("partial_rotary_factor", 0.5)], at: "partial_rotary", ["0.5 is not supported"]),
    BadSetting("llama-linear", [("head_dim", 5)], at: "{", ["5 coordinates cannot be turned in pairs"]),
    BadSetting("llama-linear", [("rope_scaling", ["type": "linear"])], at: "rope_scaling", ["missing key \"factor\""]),
    BadSetting("llama-linear", [("rope_scaling", ["type": "linear", "factor": 0])], at: "factor", ["0.0 is outside"]),
    BadSetting("llama-linear", [("rope_scaling", "linear")], at: "rope_scaling", ["expected an object or null"]),
    BadSetting(
      "llama-linear",
      [("rope_scaling", ["full_attention": ["rope_type": "default"]])],
      at: "full_attention",
      ["by layer type are not supported"]
    ),
    BadSetting(
      "llama-linear",
      [("rope_scaling", ["rope_type": "llama3", "factor": 2, "low_freq_factor": 4, "high_freq_factor": 4])],
      at: "rope_scaling",
      ["must be greater than low_freq_factor"]
    ),
    BadSetting(
      "phi3-longrope",
      [("rope_scaling", ["type": "linear", "factor": 2])],
      at: "\"type\"",
      ["supported: default, longrope"]
    ),
    BadSetting(
      "phi3-longrope",
      [("rope_scaling", ["type": "su", "short_factor": [1, 2], "long_factor": [1, 2, 3]])],
      at: "short_factor",
      ["2 numbers", "expected 3"]
    ),
    BadSetting(
      "phi3-longrope",
      [("rope_scaling", ["type": "su", "short_factor": [1, 2, 3], "long_factor": [1, "2", 3]])],
      at: "\"2\"",
      ["expected a number"]
    ),
    BadSetting("smollm3-interval", [("no_rope_layers", [1, 0])], at: "no_rope_layers", ["2 entries", "4"]),
    BadSetting("smollm3-interval", [("no_rope_layers", [1, 0, 2, 0])], at: "2", ["2 is outside 0 to 1"]),
    BadSetting("smollm3-interval", [("no_rope_layer_interval", 0)], at: "interval", ["0 is outside"]),
    BadSetting("gptoss-plain", [("num_experts_per_tok", 6)], at: "num_experts_per_tok", ["6 experts", "among 5"]),
    BadSetting("gptoss-plain", [("num_local_experts", 0)], at: "num_local_experts", ["0 is outside"]),
    BadSetting("qwen3-yarn", [("num_key_value_heads", 3)], at: "num_key_value_heads", ["3 does not divide the 4"]),
    BadSetting("qwen3-yarn", [("num_key_value_heads", nil)], at: "{", ["32 does not divide the 4"]),
    BadSetting("glm-quarter", [("partial_rotary_factor", 1.5)], at: "partial_rotary_factor", ["1.5 is outside"]),
    BadSetting("glm-quarter", [("partial_rotary_factor", 0.01)], at: "{", ["0 coordinates cannot be turned"]),
  ]
}

@Suite("Configurations that cannot be right", .timeLimit(.minutes(10)))
struct ArchitectureErrorTests {
  /// Copies a fixture without what it expects.
  private static func copy(_ name: String, to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let source = URL(fileURLWithPath: ArchitectureFixture.folder(name))
    for file in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(at: source.appendingPathComponent(file), to: folder.appendingPathComponent(file))
    }
  }

  /// Writes a configuration with changed keys; returns its lines.
  private static func write(_ keys: [(String, JSONValue?)], to folder: URL) throws -> [String] {
    let path = folder.appendingPathComponent("config.json").path
    var config = try #require(try JSONDocument.read(file: path).root.object)
    for (key, value) in keys { config[key] = value }
    let text = JSONValue.object(config).text(.pretty)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Writes the weights anew, each tensor as `change` says.
  private static func rewrite(_ folder: URL, _ change: (TensorData) -> TensorData?) throws {
    let path = folder.appendingPathComponent("model.safetensors").path
    let tensors = try SafetensorsFile(path: path).tensors.compactMap { tensor -> TensorData? in
      let bytes = tensor.withBytes { Array($0) }
      return change(TensorData(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, bytes: bytes))
    }
    try SafetensorsWriter.write(tensors, to: path)
  }

  private static func renamed(_ tensor: TensorData, _ name: String) -> TensorData {
    TensorData(name: name, dtype: tensor.dtype, shape: tensor.shape, bytes: tensor.bytes)
  }

  @Test("each is told once, with its place", arguments: BadSetting.all)
  func bad(setting: BadSetting) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try Self.copy(setting.fixture, to: copy)
      let lines = try Self.write(setting.keys, to: copy)
      let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: copy.path, compute: .f32) }
      guard case .config(let errors) = error, let first = errors.errors.first else {
        Issue.record("expected an error of the configuration, got \(String(describing: error))")
        return
      }
      #expect(errors.errors.count == 1, "\(errors)")
      for word in setting.words { #expect("\(first)".contains(word), "\(first)") }
      let line = try #require(first.place?.line)
      #expect(lines[line - 1].contains(setting.at), "\(first)")
    }
  }

  /// A tensor that is taken away, renamed or cut, and what the error says.
  @Test(
    "parts that the weights do not have are named",
    arguments: [
      ("qwen2-upper-windows", "model.layers.0.self_attn.k_proj.bias", "is missing"),
      ("qwen3-yarn", "model.layers.1.self_attn.q_norm.weight", "is missing"),
      ("gemma2-uncapped", "model.layers.0.pre_feedforward_layernorm.weight", "is missing"),
      ("glm4-half", "model.layers.0.post_mlp_layernorm.weight", "is missing"),
      ("phi3-longrope", "model.layers.0.self_attn.qkv_proj.weight", "is missing"),
      ("gptoss-plain", "model.layers.1.self_attn.sinks", "is missing"),
      ("gptoss-plain", "model.layers.1.mlp.router.bias", "is missing"),
      ("gptoss-plain", "model.layers.0.mlp.experts.down_proj", "is missing"),
    ]
  )
  func missing(fixture: String, tensor: String, words: String) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try Self.copy(fixture, to: copy)
      try Self.rewrite(copy) { $0.name == tensor ? nil : $0 }
      let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: copy.path, compute: .bf16) }
      #expect(error?.description.contains("\"\(tensor)\"") == true, "\(String(describing: error))")
      #expect(error?.description.contains(words) == true)
    }
  }

  @Test("a number in an expert that is none is named with its place in the file", arguments: ComputePath.allCases)
  func damagedExpert(compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try Self.copy("gptoss-plain", to: copy)
      let name = "model.layers.1.mlp.experts.gate_up_proj"
      // Expert 2 of matrices [16, 48], row 3, column 7.
      let element = 2 * 16 * 48 + 3 * 48 + 7
      try Self.rewrite(copy) { tensor in
        guard tensor.name == name else { return tensor }
        var bytes = tensor.bytes
        bytes.replaceSubrange((2 * element)..<(2 * element + 2), with: [0xC0, 0x7F])
        return TensorData(name: name, dtype: .bf16, shape: tensor.shape, bytes: bytes)
      }
      let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: copy.path, compute: compute) }
      #expect(
        error?.description.contains("\"\(name)\": element \(element) is NaN") == true,
        "\(String(describing: error))"
      )
    }
  }

  @Test("experts of other element types are the same experts", arguments: [DType.f32, .f64])
  func expertTypes(type: DType) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try Self.copy("gptoss-plain", to: copy)
      try Self.rewrite(copy) { tensor in
        guard tensor.name.contains("experts") else { return tensor }
        let floats = tensor.bytes.withUnsafeBytes { bytes in bytes.bindMemory(to: UInt16.self).map { float(bf16: $0) } }
        if type == .f32 { return TensorData(name: tensor.name, shape: tensor.shape, floats: floats) }
        let doubles = floats.map { Double($0) }.withUnsafeBytes { Array($0) }
        return TensorData(name: tensor.name, dtype: .f64, shape: tensor.shape, bytes: doubles)
      }
      let original = try ArchitectureFixture("gptoss-plain", compute: .f32)
      let prompt = LaneTokens(try original.tokens(), lane: .none)
      let other = try LanguageCheckpoint(folder: copy.path, compute: .f32)
      let expected = try await Engine(original.checkpoint, threads: 1).forward([prompt]).logits
      #expect(try await Engine(other, threads: 1).forward([prompt]).logits == expected)
    }
  }

  @Test(
    "the text part of a model that also sees runs under each of its names",
    arguments: [
      ("language_model.model.", "language_model.lm_head.weight"), ("model.language_model.", "lm_head.weight"),
      ("model.", "lm_head.weight"),
    ]
  )
  func textPart(base: String, head: String) async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("model")
      try Self.copy("gemma3-pattern", to: copy)
      let path = copy.appendingPathComponent("config.json").path
      let inner = try JSONDocument.read(file: path).root
      let config: JSONValue = ["model_type": "gemma3", "text_config": inner, "vision_config": ["hidden_size": 3]]
      try config.text(.pretty).write(toFile: path, atomically: true, encoding: .utf8)
      try Self.rewrite(copy) { tensor in
        Self.renamed(tensor, tensor.name.replacingOccurrences(of: "model.", with: base))
      }
      let original = try ArchitectureFixture("gemma3-pattern", compute: .bf16)
      let prompt = LaneTokens(try original.tokens(), lane: .none)
      let checkpoint = try LanguageCheckpoint(folder: copy.path, compute: .bf16)
      #expect(checkpoint.model.architecture == "gemma3")
      #expect(checkpoint.model.naming.base == base && checkpoint.model.naming.headWeight == head)
      let expected = try await Engine(original.checkpoint, threads: 1).forward([prompt]).logits
      #expect(try await Engine(checkpoint, threads: 1).forward([prompt]).logits == expected)
    }
  }
}
