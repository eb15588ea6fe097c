internal import JSON

/// Llama and those that are built alike (SmolLM2, Safety Pretraining): pre-norm RMSNorm, RoPE, grouped-query attention,
/// SwiGLU.
enum LlamaArchitecture: Architecture {
  static let modelTypes = ["llama"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let activation = reader.activation("hidden_act")
    guard let shape = reader.shape(.init(context: 2048)),
      let rope = RopeReader(config: config, headSize: shape.headSize, context: shape.context).read()
    else { return nil }
    var attention = shape.attention()
    if reader.flag("attention_bias", false) { attention.biases = Set(AttentionProjection.allCases) }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: Array(repeating: LayerDescription(rope: rope), count: shape.layers),
      attention: attention,
      feedForward: FeedForwardDescription(
        innerSize: shape.inner,
        activation: activation,
        hasBias: reader.flag("mlp_bias", false)
      ),
      norm: NormDescription(epsilon: shape.epsilon),
      hasTiedHead: reader.flag("tie_word_embeddings", false)
    )
  }
}
