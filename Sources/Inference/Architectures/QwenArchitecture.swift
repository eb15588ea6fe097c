internal import JSON

/// Qwen 2 and 2.5: Llama's block with biases on queries, keys and values. Qwen 3: no biases, but each head of queries and
/// keys is normalised. Both may let the upper layers slide.
enum QwenArchitecture: Architecture {
  static let modelTypes = ["qwen2", "qwen3"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let isThird = type == "qwen3"
    let activation = reader.activation("hidden_act")
    let window = reader.flag("use_sliding_window", false) ? reader.window(missing: 4096) : nil
    let firstSliding = reader.present("max_window_layers") { $0.integer(0...4096) } ?? 28
    guard let shape = reader.shape(.init(context: 32768, kvHeads: 32, headSize: isThird ? 128 : nil)),
      let rope = RopeReader(config: config, headSize: shape.headSize, context: shape.context).read(),
      let kinds = reader.layerKinds(shape.layers, { window != nil && $0 >= firstSliding ? .sliding : .full }),
      let layers = reader.layers(kinds, window: window, rope: { _, _ in rope })
    else { return nil }
    var attention = shape.attention()
    attention.hasHeadNorms = isThird
    if !isThird {
      attention.biases = [.query, .key, .value]
    } else if reader.flag("attention_bias", false) {
      attention.biases = Set(AttentionProjection.allCases)
    }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: layers,
      attention: attention,
      feedForward: FeedForwardDescription(innerSize: shape.inner, activation: activation),
      norm: NormDescription(epsilon: shape.epsilon),
      hasTiedHead: reader.flag("tie_word_embeddings", false)
    )
  }
}
