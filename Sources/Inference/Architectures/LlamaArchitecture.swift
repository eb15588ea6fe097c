internal import JSON

/// Llama and those that are built alike (SmolLM2, Safety Pretraining): pre-norm RMSNorm, RoPE, grouped-query attention,
/// SwiGLU.
enum LlamaArchitecture: Architecture {
  static let modelTypes = ["llama"]

  static func description(of config: JSONReader) -> ModelDescription? {
    let size = 1...(1 << 24)
    let layers = config.required("num_hidden_layers") { $0.integer(1...4096) }
    let hidden = config.required("hidden_size") { $0.integer(size) }
    let heads = config.required("num_attention_heads") { $0.integer(1...65536) }
    let mlp = config.required("intermediate_size") { $0.integer(size) }
    let vocabulary = config.required("vocab_size") { $0.integer(size) }
    if let act = config.optional("hidden_act", { $0.string() }), act != "silu" {
      config.field("hidden_act")?.fail("\"\(act)\" is not supported; expected \"silu\"")
    }
    let context = present(config, "max_position_embeddings") { $0.integer(1...(1 << 30)) } ?? 2048
    let epsilon = present(config, "rms_norm_eps") { $0.double(0...1) } ?? 1e-6
    let rope = RopeReader.read(config, standardTheta: 10000, context: context)
    guard let layers, let hidden, let heads, let mlp, let vocabulary, let rope else { return nil }

    let kvHeads = present(config, "num_key_value_heads") { $0.integer(1...65536) } ?? heads
    guard heads % kvHeads == 0 else {
      config.field("num_key_value_heads")?.fail("\(kvHeads) does not divide the \(heads) attention heads")
      return nil
    }
    let headSize: Int
    if let given = present(config, "head_dim", { $0.integer(2...4096) }) {
      headSize = given
    } else {
      guard hidden % heads == 0 else {
        config.field("num_attention_heads")?.fail(
          "\(heads) does not divide hidden_size \(hidden), and head_dim is absent"
        )
        return nil
      }
      headSize = hidden / heads
    }
    guard headSize % 2 == 0 else {
      config.fail("a head of odd width \(headSize) cannot be rotated; expected an even head_dim")
      return nil
    }
    return ModelDescription(
      architecture: "llama",
      layerCount: layers,
      hiddenSize: hidden,
      headCount: heads,
      kvHeadCount: kvHeads,
      headSize: headSize,
      mlpSize: mlp,
      vocabularySize: vocabulary,
      contextLength: context,
      normEpsilon: Float(epsilon),
      rope: rope,
      hasAttentionBias: present(config, "attention_bias") { $0.bool() } ?? false,
      hasMLPBias: present(config, "mlp_bias") { $0.bool() } ?? false,
      hasTiedHead: present(config, "tie_word_embeddings") { $0.bool() } ?? false
    )
  }
}

/// An optional field for which `null` counts as absent.
func present<Value>(_ reader: JSONReader, _ key: String, _ read: (JSONReader) -> Value?) -> Value? {
  guard let field = reader.field(key), !field.value.isNull else { return nil }
  return read(field)
}

/// Reads rotary settings in the older (`rope_theta`, `rope_scaling`) and the newer style (`rope_parameters`); where both
/// are given the newer wins, as in transformers 5.
enum RopeReader {
  static func read(_ config: JSONReader, standardTheta: Double, context: Int) -> RopeDescription? {
    let positive = Double.leastNormalMagnitude...1e12
    let topTheta = present(config, "rope_theta") { $0.double(positive) }
    let nested = [config.field("rope_parameters"), config.field("rope_scaling")].compactMap { $0 }
      .first { !$0.value.isNull }
    guard let nested else { return RopeDescription(theta: topTheta ?? standardTheta) }
    guard nested.value.object != nil else {
      nested.fail("expected an object or null, found \(nested.value.typeName)")
      return nil
    }
    let theta = present(nested, "rope_theta") { $0.double(positive) } ?? topTheta ?? standardTheta
    let partial = present(nested, "partial_rotary_factor") { $0.double(0...1) }
    if let partial, partial != 1 {
      nested.fail("partial_rotary_factor \(partial) is not supported for this architecture; expected 1")
      return nil
    }
    let typeField = nested.field("rope_type") ?? nested.field("type")
    switch typeField?.string() ?? "default" {
    case "default": return RopeDescription(theta: theta)
    case "linear":
      guard let factor = nested.required("factor", { $0.double(positive) }) else { return nil }
      return RopeDescription(theta: theta, scaling: .linear(factor: factor))
    case "llama3":
      let factor = nested.required("factor") { $0.double(positive) }
      let low = nested.required("low_freq_factor") { $0.double(positive) }
      let high = nested.required("high_freq_factor") { $0.double(positive) }
      let original = present(nested, "original_max_position_embeddings") { $0.integer(1...(1 << 30)) } ?? context
      guard let factor, let low, let high else { return nil }
      guard high > low else {
        nested.fail("high_freq_factor \(high) must be greater than low_freq_factor \(low)")
        return nil
      }
      return RopeDescription(
        theta: theta,
        scaling: .llama3(factor: factor, lowFrequency: low, highFrequency: high, originalContext: original)
      )
    case let other:
      typeField?.fail("the rope type \"\(other)\" is not supported; supported: default, linear, llama3")
      return nil
    }
  }
}
