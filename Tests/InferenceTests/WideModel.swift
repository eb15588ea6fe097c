import Foundation
import Inference
import Tensors

/// A one-block checkpoint of random weights with the widths of a real small model, biases and a head of its own.
enum WideModel {
  static let vocabulary = 203

  static func write(to folder: URL) throws {
    let (d, mlp, kv) = (576, 1040, 192)
    let config = """
      {"model_type": "llama", "num_hidden_layers": 1, "hidden_size": \(d), "num_attention_heads": 9,
       "num_key_value_heads": 3, "intermediate_size": \(mlp), "vocab_size": \(vocabulary), "hidden_act": "silu",
       "max_position_embeddings": 256, "rms_norm_eps": 1e-5, "attention_bias": true, "mlp_bias": true,
       "tie_word_embeddings": false}
      """
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(config.utf8).write(to: folder.appendingPathComponent("config.json"))
    var state: UInt32 = 1
    func random(_ name: String, _ shape: [Int], _ scale: Float) -> TensorData {
      let values = (0..<shape.reduce(1, *)).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223
        return (Float(state >> 8) * 0x1p-23 - 1) * scale
      }
      return TensorData(name: name, shape: shape, roundedToBF16: values)
    }
    var tensors = [
      random("model.embed_tokens.weight", [vocabulary, d], 1), random("lm_head.weight", [vocabulary, d], 0.1),
    ]
    for name in ["model.norm", "model.layers.0.input_layernorm", "model.layers.0.post_attention_layernorm"] {
      tensors.append(random("\(name).weight", [d], 1))
    }
    for (name, out, width) in [
      ("self_attn.q_proj", d, d), ("self_attn.k_proj", kv, d), ("self_attn.v_proj", kv, d), ("self_attn.o_proj", d, d),
      ("mlp.gate_proj", mlp, d), ("mlp.up_proj", mlp, d), ("mlp.down_proj", d, mlp),
    ] {
      tensors.append(random("model.layers.0.\(name).weight", [out, width], 0.1))
      tensors.append(random("model.layers.0.\(name).bias", [out], 0.5))
    }
    try SafetensorsWriter.write(tensors, to: folder.appendingPathComponent("model.safetensors").path)
  }

  /// Token ids that look like nothing in particular.
  static func tokens(_ count: Int) -> [Int32] { (0..<count).map { Int32(($0 * 7919 + count) % vocabulary) } }

  static func direction() -> [Float] { (0..<576).map { Float(($0 * 31) % 17) - 8 } }
}
