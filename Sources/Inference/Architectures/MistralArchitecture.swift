internal import JSON

/// Mistral: Llama's block, with one window over all layers where `sliding_window` is a number. Ministral differs in that
/// `layer_types` may leave the window out of some.
enum MistralArchitecture: Architecture {
  static let modelTypes = ["mistral", "ministral"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let activation = reader.activation("hidden_act")
    let window = reader.window(missing: 4096)
    guard let shape = reader.shape(.init(context: 131_072, kvHeads: 8)),
      let rope = RopeReader(config: config, headSize: shape.headSize, context: shape.context).read()
    else { return nil }
    let usual = window == nil ? ConfigReader.LayerKind.full : .sliding
    let kinds =
      type == "ministral"
      ? reader.layerKinds(shape.layers) { _ in usual } : Array(repeating: usual, count: shape.layers)
    guard let kinds, let layers = reader.layers(kinds, window: window, rope: { _, _ in rope }) else { return nil }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: layers,
      attention: shape.attention(),
      feedForward: FeedForwardDescription(innerSize: shape.inner, activation: activation),
      norm: NormDescription(epsilon: shape.epsilon),
      hasTiedHead: reader.flag("tie_word_embeddings", false)
    )
  }
}
