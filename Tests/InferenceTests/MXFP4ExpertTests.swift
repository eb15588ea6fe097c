import Foundation
import Inference
import Tensors
import TestKit
import Testing

@Suite("Experts in MXFP4", .timeLimit(.minutes(10)))
struct MXFP4ExpertTests {
  private static let config = """
    {"model_type": "gpt_oss", "vocab_size": 41, "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4,
     "num_key_value_heads": 2, "head_dim": 8, "num_hidden_layers": 2, "num_local_experts": 5, "num_experts_per_tok": 3,
     "sliding_window": 3, "max_position_embeddings": 128, "hidden_act": "silu"}
    """

  private static let shapes: [(name: String, shape: [Int])] =
    [("model.embed_tokens.weight", [41, 32]), ("model.norm.weight", [32]), ("lm_head.weight", [41, 32])]
    + (0..<2).flatMap { layer in
      [
        ("input_layernorm.weight", [32]), ("post_attention_layernorm.weight", [32]),
        ("self_attn.q_proj.weight", [32, 32]),
        ("self_attn.q_proj.bias", [32]), ("self_attn.k_proj.weight", [16, 32]), ("self_attn.k_proj.bias", [16]),
        ("self_attn.v_proj.weight", [16, 32]), ("self_attn.v_proj.bias", [16]), ("self_attn.o_proj.weight", [32, 32]),
        ("self_attn.o_proj.bias", [32]), ("self_attn.sinks", [4]), ("mlp.router.weight", [5, 32]),
        ("mlp.router.bias", [5]), ("mlp.experts.gate_up_proj", [5, 32, 128]),
        ("mlp.experts.gate_up_proj_bias", [5, 128]),
        ("mlp.experts.down_proj", [5, 64, 32]), ("mlp.experts.down_proj_bias", [5, 32]),
      ].map { ("model.layers.\(layer).\($0.0)", $0.1) }
    }

  /// A tiny gpt-oss with random MXFP4 experts, or with the values of those as stacks [experts, in, out].
  private static func write(to folder: URL, asBlocks: Bool) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(config.utf8).write(to: folder.appendingPathComponent("config.json"))
    var numbers = TestNumbers(seed: 12)
    var tensors: [TensorData] = []
    for tensor in shapes {
      guard tensor.name.hasSuffix("experts.gate_up_proj") || tensor.name.hasSuffix("experts.down_proj") else {
        let values = numbers.floats(tensor.shape.reduce(1, *))
        tensors.append(TensorData(name: tensor.name, shape: tensor.shape, roundedToBF16: values))
        continue
      }
      let (experts, width, out) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
      let codes = (0..<(experts * out * width / 2)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      let scales = (0..<(experts * out * width / 32)).map { _ in UInt8.random(in: 120...124, using: &numbers) }
      let groups = width / 32
      if asBlocks {
        tensors.append(
          TensorData(name: "\(tensor.name)_blocks", dtype: .u8, shape: [experts, out, groups, 16], bytes: codes)
        )
        tensors.append(
          TensorData(name: "\(tensor.name)_scales", dtype: .u8, shape: [experts, out, groups], bytes: scales)
        )
        continue
      }
      let table: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
      var values = [Float](repeating: 0, count: experts * width * out)
      for at in values.indices {
        let (expert, o, k) = (at / (out * width), at / width % out, at % width)
        let code = codes[at / 2] >> (at % 2 == 0 ? 0 : 4) & 15
        let scale = Float(sign: .plus, exponent: Int(scales[at / 32]) - 127, significand: 1)
        values[(expert * width + k) * out + o] = table[Int(code & 7)] * (code > 7 ? -scale : scale)
      }
      tensors.append(TensorData(name: tensor.name, shape: tensor.shape, roundedToBF16: values))
    }
    try SafetensorsWriter.write(tensors, to: folder.appendingPathComponent("model.safetensors").path)
  }

  @Test("4-bit experts give the bits of their values written out, packed or streamed", arguments: ComputePath.allCases)
  func sameBits(compute: ComputePath) async throws {
    try await Folders.temporary { folder in
      let (blocks, stacks) = (folder.appendingPathComponent("blocks"), folder.appendingPathComponent("stacks"))
      try Self.write(to: blocks, asBlocks: true)
      try Self.write(to: stacks, asBlocks: false)
      func logits(_ folder: URL, _ budget: Int, _ edit: EditLane = .none) async throws -> [Float] {
        let checkpoint = try LanguageCheckpoint(
          folder: folder.path,
          compute: compute,
          weightEdit: edit,
          memoryBudgetBytes: budget
        )
        let ids = (0..<20).map { Int32(($0 * 7 + 3) % checkpoint.model.vocabularySize) }
        return try await Engine(checkpoint, threads: 2).forward([LaneTokens(ids, lane: .none)]).logits
      }
      let wanted = try await logits(stacks, 1 << 30)
      #expect(wanted.allSatisfy { $0.isFinite })
      #expect(try await logits(blocks, 1 << 30) == wanted)
      #expect(try await logits(blocks, 0) == wanted)
      let width = try LanguageCheckpoint.description(folder: stacks.path).hiddenSize
      let edit = EditLane(direction: (0..<width).map { Float($0 % 5) - 2 }, sites: [.mlpOutput])
      let edited = try await logits(stacks, 1 << 30, edit)
      #expect(edited != wanted)
      #expect(try await logits(blocks, 1 << 30, edit) == edited)
    }
  }

  @Test("scales that are not there, or of another shape, are named")
  func damaged() async throws {
    try await Folders.temporary { folder in
      let copy = folder.appendingPathComponent("blocks")
      try Self.write(to: copy, asBlocks: true)
      let path = copy.appendingPathComponent("model.safetensors").path
      let tensors = try SafetensorsFile(path: path).tensors.map { tensor in
        let bytes = tensor.withBytes { Array($0) }
        let isFirst = tensor.name.hasSuffix("layers.0.mlp.experts.down_proj_scales")
        let shape = isFirst ? [tensor.count] : tensor.shape
        return TensorData(name: tensor.name, dtype: tensor.dtype, shape: shape, bytes: bytes)
      }
      try SafetensorsWriter.write(tensors, to: path)
      let error = #expect(throws: CheckpointError.self) { try LanguageCheckpoint(folder: copy.path, compute: .bf16) }
      let text = error?.description ?? ""
      #expect(text.contains("down_proj_scales") && text.contains("asks for"), "\(text)")
    }
  }
}
