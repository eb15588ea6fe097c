internal import JSON
internal import Tensors

/// The metadata of a GGUF file as the configuration of its model on the hub.
struct GGUFSettings {
  let headSize: Int
  private let file: GGUFFile
  private let shards: [GGUFFile]
  private let family: GGUFFamily
  private let names: Set<String>
  private let hidden: Int
  private let heads: Int
  private let vocabulary: Int

  /// - Parameter shards: the files whose tensors belong to the model.
  init(_ file: GGUFFile, _ family: GGUFFamily, _ shards: [GGUFFile]) throws(TensorError) {
    self.file = file
    self.shards = shards
    self.family = family
    names = Set(shards.flatMap { $0.tensors.map(\.name) })
    let prefix = family.name
    hidden = try file.integer("\(prefix).embedding_length", 1...(1 << 24))
    heads = try file.integer("\(prefix).attention.head_count", 1...65536)
    let key = "\(prefix).attention.key_length"
    if file.value(key) != nil {
      headSize = try file.integer(key, 2...4096)
    } else {
      guard hidden % heads == 0, hidden / heads > 1 else { throw file.missing(key, "the width of a head") }
      headSize = hidden / heads
    }
    guard headSize % 2 == 0 else {
      throw .badMetadata(file: file.path, key: key, problem: "a head of odd width \(headSize) cannot be rotated")
    }
    guard let table = shards.lazy.compactMap({ $0["token_embd.weight"] }).first, table.shape.count == 2 else {
      throw .missing(file: file.path, tensor: "token_embd.weight", hint: " or no matrix")
    }
    vocabulary = table.shape[0]
  }

  func config() throws(TensorError) -> JSONObject {
    let prefix = family.name
    func whole(_ key: String, _ range: ClosedRange<Int>, standard: Int? = nil) throws(TensorError) -> JSONValue {
      .integer(Int64(try file.integer("\(prefix).\(key)", range, standard: standard)))
    }
    let size = 1...(1 << 24)
    let epsilonKey = "\(prefix).attention.layer_norm_rms_epsilon"
    guard let epsilon = try file.number(epsilonKey) else { throw file.missing(epsilonKey, "a number") }
    let theta = try file.number("\(prefix).rope.freq_base") ?? 10000
    let turned = try file.integer("\(prefix).rope.dimension_count", 1...headSize, standard: headSize)
    let rope = GGUFRope(file: file, shards: shards, prefix: prefix, theta: theta, dimension: turned)

    var config: JSONObject = [
      "model_type": .string(family.modelType),
      "num_hidden_layers": try whole("block_count", 1...4096),
      "hidden_size": .integer(Int64(hidden)),
      "num_attention_heads": .integer(Int64(heads)),
      "num_key_value_heads": try whole("attention.head_count_kv", 1...65536, standard: heads),
      "head_dim": .integer(Int64(headSize)),
      "intermediate_size": try whole("feed_forward_length", size),
      "vocab_size": .integer(Int64(vocabulary)),
      "max_position_embeddings": try whole("context_length", 1...(1 << 30)),
      "rms_norm_eps": .number(epsilon),
      "rope_theta": .number(theta),
      "rope_scaling": try rope.scaling(),
      "attention_bias": .bool(names.contains("blk.0.attn_q.bias")),
      "mlp_bias": .bool(names.contains("blk.0.ffn_up.bias")),
      "tie_word_embeddings": .bool(!names.contains("output.weight")),
    ]
    config[family.activation.key] = .string(family.activation.word)
    if turned != headSize { config["partial_rotary_factor"] = .number(Double(turned) / Double(headSize)) }
    if let original = try rope.originalContext() {
      config["original_max_position_embeddings"] = .integer(Int64(original))
    }
    if let stop = try GGUFVocabulary(file)?.stopIDs, !stop.isEmpty {
      config["eos_token_id"] = .array(stop.map { .integer(Int64($0)) })
    }
    try addWindow(to: &config)
    if family.hasShiftedNorms { try addGemma(to: &config) }
    return config
  }

  private func addWindow(to config: inout JSONObject) throws(TensorError) {
    guard ["phi3", "gemma2", "gemma3"].contains(family.name) else { return }
    let window = try file.integer("\(family.name).attention.sliding_window", 0...(1 << 30), standard: 0)
    config["sliding_window"] = window > 0 ? .integer(Int64(window)) : .null
  }

  /// What the file does not say is as llama.cpp has it: queries are scaled by the width of a head, but by the hidden size
  /// shared out to the heads in the models of 27 billion parameters (46 and 62 blocks).
  private func addGemma(to config: inout JSONObject) throws(TensorError) {
    let prefix = family.name
    let layers = try file.integer("\(prefix).block_count", 1...4096)
    let isLarge = layers == (prefix == "gemma2" ? 46 : 62)
    config["query_pre_attn_scalar"] = .integer(Int64(isLarge ? hidden / heads : headSize))
    for key in ["attn_logit_softcapping", "final_logit_softcapping"] {
      let value = try file.number("\(prefix).\(key)")
      // Where the key is absent Gemma 2 takes the reference's own value, and Gemma 3 none.
      if value != nil || prefix == "gemma3" { config[key] = value.map { .number($0) } ?? .null }
    }
    guard prefix == "gemma3" else { return }
    config["rope_local_base_freq"] = .number(try file.number("gemma3.rope.freq_base_swa") ?? 10000)
    config["sliding_window_pattern"] = .integer(
      Int64(try file.integer("gemma3.attention.sliding_window_pattern", 1...4096, standard: 6))
    )
  }
}
