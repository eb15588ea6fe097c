import Abliteration
import Foundation
import Inference
import JSON
import Tensors
import TestKit
import Testing

@Suite("Exports of experts in MXFP4", .timeLimit(.minutes(10)))
struct QuantizedExportTests {
  private static let (hidden, inner, experts) = (32, 64, 3)
  private static let config = """
    {"model_type": "gpt_oss", "vocab_size": 41, "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4,
     "num_key_value_heads": 2, "head_dim": 8, "num_hidden_layers": 2, "num_local_experts": 3, "num_experts_per_tok": 2,
     "sliding_window": 3, "max_position_embeddings": 128, "quantization_config": {"quant_method": "mxfp4"}}
    """

  /// A tiny gpt-oss with random codes and scales.
  private static func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(config.utf8).write(to: folder.appendingPathComponent("config.json"))
    var numbers = TestNumbers(seed: 31)
    var tensors: [TensorData] = []
    func add(_ name: String, _ shape: [Int]) {
      let values = numbers.floats(shape.reduce(1, *))
      tensors.append(TensorData(name: name, shape: shape, roundedToBF16: values))
    }
    func addCodes(_ name: String, _ out: Int, _ width: Int) {
      func bytes(_ count: Int, _ range: ClosedRange<UInt8>) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: range, using: &numbers) }
      }
      let shape = [experts, out, width / 32]
      let count = shape.reduce(1, *)
      let codes = bytes(16 * count, 0...255)
      tensors.append(TensorData(name: "\(name)_blocks", dtype: .u8, shape: shape + [16], bytes: codes))
      tensors.append(TensorData(name: "\(name)_scales", dtype: .u8, shape: shape, bytes: bytes(count, 121...124)))
    }
    for (name, shape) in [("model.embed_tokens.weight", [41, hidden]), ("model.norm.weight", [hidden])] {
      add(name, shape)
    }
    add("lm_head.weight", [41, hidden])
    for layer in 0..<2 {
      let block = "model.layers.\(layer)"
      for norm in ["input_layernorm", "post_attention_layernorm"] { add("\(block).\(norm).weight", [hidden]) }
      for (name, out, width) in [("q", 32, hidden), ("k", 16, hidden), ("v", 16, hidden), ("o", hidden, 32)] {
        add("\(block).self_attn.\(name)_proj.weight", [out, width])
        add("\(block).self_attn.\(name)_proj.bias", [out])
      }
      add("\(block).self_attn.sinks", [4])
      add("\(block).mlp.router.weight", [experts, hidden])
      add("\(block).mlp.router.bias", [experts])
      addCodes("\(block).mlp.experts.gate_up_proj", 2 * inner, hidden)
      add("\(block).mlp.experts.gate_up_proj_bias", [experts, 2 * inner])
      addCodes("\(block).mlp.experts.down_proj", hidden, inner)
      add("\(block).mlp.experts.down_proj_bias", [experts, hidden])
    }
    try SafetensorsWriter.write(tensors, to: folder.appendingPathComponent("model.safetensors").path)
  }

  @Test("edited experts are written out with all others, and the copy computes what the lane computes")
  func experts() async throws {
    try await Folders.temporary { folder in
      let source = folder.appendingPathComponent("source")
      try Self.write(to: source)
      let original = try LanguageCheckpoint(folder: source.path, compute: .f32)
      let direction = (0..<Self.hidden).map { Float(($0 * 7) % 11) - 5 }
      let lane = EditLane(direction: direction, sites: [.attentionOutput, .mlpOutput], layers: 1...1)
      let target = folder.appendingPathComponent("edited").path
      let report = try CheckpointExport.write(
        lane,
        of: source.path,
        model: original.model,
        to: target,
        precision: .f32,
        provenance: [:]
      )
      #expect(report.isDequantized)
      #expect(report.rows.count == 4)
      let file = try SafetensorsFile(path: "\(target)/model.safetensors")
      #expect(!file.tensors.contains { $0.name.hasSuffix("_blocks") || $0.name.hasSuffix("_scales") })
      #expect(file["model.layers.0.mlp.experts.down_proj"]?.shape == [Self.experts, Self.inner, Self.hidden])
      #expect(file["model.layers.0.mlp.experts.gate_up_proj"]?.dtype == .bf16)
      #expect(try JSONDocument.read(file: "\(target)/config.json").root["quantization_config"] == nil)

      let tokens = (0..<17).map { Int32(($0 * 13) % 41) }
      let wanted = try await Engine(original, threads: 1).forward([LaneTokens(tokens, lane: lane)]).logits
      let edited = try Engine(try LanguageCheckpoint(folder: target, compute: .f32), threads: 1)
      let found = try await edited.forward([LaneTokens(tokens, lane: .none)]).logits
      let spread = (wanted.reduce(0) { $0 + $1 * $1 } / Float(wanted.count)).squareRoot()
      let largest = zip(found, wanted).map { abs($0 - $1) }.max() ?? .infinity
      #expect(found.count == wanted.count && largest <= 2e-3 * spread, "\(largest) of \(spread)")
    }
  }

  @Test("codes stay codes where no expert is edited")
  func attentionAlone() async throws {
    try await Folders.temporary { folder in
      let source = folder.appendingPathComponent("source")
      try Self.write(to: source)
      let model = try LanguageCheckpoint.description(folder: source.path)
      let target = folder.appendingPathComponent("edited").path
      let lane = EditLane(direction: [Float](repeating: 1, count: Self.hidden), sites: [.attentionOutput])
      let report = try CheckpointExport.write(
        lane,
        of: source.path,
        model: model,
        to: target,
        precision: .bf16,
        provenance: [:]
      )
      #expect(!report.isDequantized)
      let file = try SafetensorsFile(path: "\(target)/model.safetensors")
      #expect(file["model.layers.0.mlp.experts.down_proj_blocks"]?.dtype == .u8)
      #expect(try JSONDocument.read(file: "\(target)/config.json").root["quantization_config"] != nil)
    }
  }
}
