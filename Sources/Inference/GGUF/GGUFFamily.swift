/// How an architecture of GGUF files differs from its form on the hub. Conventions of llama.cpp's converter.
struct GGUFFamily {
  /// `general.architecture`.
  let name: String
  /// `model_type` of the configuration.
  let modelType: String
  /// The activation, under the key that the family reads.
  var activation = (key: "hidden_act", word: "silu")
  /// Rows of query and key heads are stored as pairs, as ggml's rotation turns neighbours.
  var hasPairedHeads = false
  /// Gains of norms are stored with 1 added.
  var hasShiftedNorms = false
  /// Names of tensors of a block, where they differ from ``standardNames``.
  var names: [String: String] = [:]

  static let all: [GGUFFamily] = [
    GGUFFamily(name: "llama", modelType: "llama", hasPairedHeads: true),
    GGUFFamily(name: "qwen2", modelType: "qwen2"),
    GGUFFamily(name: "qwen3", modelType: "qwen3"),
    GGUFFamily(name: "smollm3", modelType: "smollm3", hasPairedHeads: true),
    GGUFFamily(name: "phi3", modelType: "phi3", names: ["ffn_up": "mlp.gate_up_proj"]),
    GGUFFamily(
      name: "gemma2",
      modelType: "gemma2",
      activation: ("hidden_activation", "gelu_pytorch_tanh"),
      hasShiftedNorms: true,
      names: gemmaNames
    ),
    GGUFFamily(
      name: "gemma3",
      modelType: "gemma3_text",
      activation: ("hidden_activation", "gelu_pytorch_tanh"),
      hasShiftedNorms: true,
      names: gemmaNames
    ),
    GGUFFamily(name: "chatglm", modelType: "glm", names: ["ffn_up": "mlp.gate_up_proj"]),
    GGUFFamily(
      name: "glm4",
      modelType: "glm4",
      names: [
        "ffn_up": "mlp.gate_up_proj", "post_attention_norm": "post_self_attn_layernorm",
        "post_ffw_norm": "post_mlp_layernorm",
      ]
    ),
  ]

  /// Tensors of a block, without `blk.N.` and `.weight`, and their names on the hub.
  static let standardNames: [String: String] = [
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_qkv": "self_attn.qkv_proj", "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
  ]

  private static let gemmaNames = [
    "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
  ]

  /// Tensors that are read as settings, or that the models do not need.
  static let settings: Set<String> = [
    "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight",
  ]

  /// The name on the hub; nil where the family has no such tensor.
  func hubName(_ name: String) -> String? {
    switch name {
    case "token_embd.weight": return "model.embed_tokens.weight"
    case "output_norm.weight": return "model.norm.weight"
    case "output.weight": return "lm_head.weight"
    default: break
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "blk", let layer = Int(parts[1]), "\(layer)" == parts[1],
      let part = names[String(parts[2])] ?? Self.standardNames[String(parts[2])],
      parts[3] == "weight" || parts[3] == "bias"
    else { return nil }
    return "model.layers.\(layer).\(part).\(parts[3])"
  }
}
