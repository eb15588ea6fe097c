internal import JSON

/// SmolLM3: Llama's block; some layers, every fourth as a rule, know no positions.
enum SmolLM3Architecture: Architecture {
  static let modelTypes = ["smollm3"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let activation = reader.activation("hidden_act")
    let window = reader.window(missing: nil)
    let slides = reader.flag("use_sliding_window", false) && window != nil
    guard let shape = reader.shape(.init(context: 32768, kvHeads: 4)),
      let rope = RopeReader(
        config: config,
        headSize: shape.headSize,
        context: shape.context,
        standardTheta: 2_000_000
      ).read(),
      let turns = turning(reader, shape.layers),
      let kinds = reader.layerKinds(shape.layers, { slides && !turns[$0] ? .sliding : .full }),
      let layers = reader.layers(kinds, window: window, rope: { layer, _ in turns[layer] ? rope : nil })
    else { return nil }
    var attention = shape.attention()
    if reader.flag("attention_bias", false) { attention.biases = Set(AttentionProjection.allCases) }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: layers,
      attention: attention,
      feedForward: FeedForwardDescription(
        innerSize: shape.inner,
        activation: activation,
        hasBias: reader.flag("mlp_bias", false)
      ),
      norm: NormDescription(epsilon: shape.epsilon),
      hasTiedHead: reader.flag("tie_word_embeddings", true)
    )
  }

  /// Whether each layer turns by position: `no_rope_layers` holds 1 where it does, against its name.
  private static func turning(_ reader: ConfigReader, _ layers: Int) -> [Bool]? {
    let interval = reader.present("no_rope_layer_interval") { $0.integer(1...(1 << 30)) } ?? 4
    guard let field = reader.config.field("no_rope_layers"), !field.value.isNull else {
      return (0..<layers).map { ($0 + 1) % interval != 0 }
    }
    let flags = field.elements().compactMap { $0.integer(0...1) }
    guard let list = field.value.array, flags.count == list.count else { return nil }
    guard flags.count >= layers else {
      field.fail("has \(flags.count) entries for num_hidden_layers \(layers); expected one for each layer")
      return nil
    }
    return flags.prefix(layers).map { $0 == 1 }
  }
}
