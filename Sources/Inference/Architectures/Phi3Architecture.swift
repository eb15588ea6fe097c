internal import JSON

/// Phi-3, Phi-3.5 and Phi-4: Llama's block with one matrix for queries, keys and values and one for gate and up; long
/// contexts by LongRoPE.
enum Phi3Architecture: Architecture {
  static let modelTypes = ["phi3"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let activation = reader.activation("hidden_act")
    let window = reader.window(missing: nil)
    guard let shape = reader.shape(.init(context: 4096, epsilon: 1e-5)),
      let rope = RopeReader(
        config: config,
        headSize: shape.headSize,
        context: shape.context,
        standardPart: 1,
        standardOriginal: 4096,
        aliases: ["su": "longrope", "yarn": "longrope"],
        types: ["default", "longrope"]
      ).read()
    else { return nil }
    var attention = shape.attention()
    attention.isFused = true
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: Array(repeating: LayerDescription(rope: rope, window: window), count: shape.layers),
      attention: attention,
      feedForward: FeedForwardDescription(innerSize: shape.inner, activation: activation, isFused: true),
      norm: NormDescription(epsilon: shape.epsilon),
      hasTiedHead: reader.flag("tie_word_embeddings", false)
    )
  }
}
