internal import JSON

/// GLM-4-9B (`glm`): half of each head is turned, in neighbouring pairs; gate and up are one matrix; the attention output
/// never has a bias. GLM-4-0414 (`glm4`) adds norms on what attention and MLP write.
enum GlmArchitecture: Architecture {
  static let modelTypes = ["glm", "glm4"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let activation = reader.activation("hidden_act")
    guard let shape = reader.shape(.init(context: 131_072, epsilon: 1.5625e-7, kvHeads: 2, headSize: 128)),
      let rope = RopeReader(
        config: config,
        headSize: shape.headSize,
        context: shape.context,
        standardPart: 0.5,
        isInterleaved: true
      ).read()
    else { return nil }
    var attention = shape.attention()
    if reader.flag("attention_bias", true) { attention.biases = [.query, .key, .value] }
    var norm = NormDescription(epsilon: shape.epsilon)
    if type == "glm4" {
      norm.attentionOutput = "post_self_attn_layernorm"
      norm.mlpOutput = "post_mlp_layernorm"
    }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: Array(repeating: LayerDescription(rope: rope), count: shape.layers),
      attention: attention,
      feedForward: FeedForwardDescription(innerSize: shape.inner, activation: activation, isFused: true),
      norm: norm,
      hasTiedHead: reader.flag("tie_word_embeddings", false)
    )
  }
}
