internal import JSON

/// gpt-oss: every other layer slides, attention has biases and sinks, the MLP is a mixture of experts with a clamped
/// SwiGLU whose gate and up alternate in one matrix.
enum GptOssArchitecture: Architecture {
  static let modelTypes = ["gpt_oss"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let window = reader.window(missing: 128)
    let limit = reader.present("swiglu_limit") { $0.double(0...1e9) } ?? 7
    let alpha = reader.present("swiglu_alpha") { $0.double(-1e9...1e9) } ?? 1.702
    let countKey = reader.config.has("num_local_experts") ? "num_local_experts" : "num_experts"
    let count = reader.present(countKey) { $0.integer(1...65536) } ?? 128
    let chosen = reader.present("num_experts_per_tok") { $0.integer(1...65536) } ?? 4
    if chosen > count {
      (config.field("num_experts_per_tok") ?? config).fail("\(chosen) experts cannot be chosen among \(count)")
      return nil
    }
    // A head_dim of null divides, a missing one is 64.
    let headSize = config.has("head_dim") ? nil : 64
    guard let shape = reader.shape(.init(context: 131_072, epsilon: 1e-5, kvHeads: 8, headSize: headSize)),
      let rope = rope(config, shape),
      let kinds = reader.layerKinds(shape.layers, { $0 % 2 == 0 ? .sliding : .full }),
      let layers = reader.layers(kinds, window: window, rope: { _, _ in rope })
    else { return nil }
    var attention = shape.attention()
    attention.hasSinks = true
    if reader.flag("attention_bias", true) { attention.biases = Set(AttentionProjection.allCases) }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: layers,
      attention: attention,
      feedForward: FeedForwardDescription(
        innerSize: shape.inner,
        activation: .clamped(limit: Float(limit), alpha: Float(alpha)),
        isFused: true,
        hasBias: true,
        experts: .init(count: count, chosen: chosen)
      ),
      norm: NormDescription(epsilon: shape.epsilon),
      hasTiedHead: reader.flag("tie_word_embeddings", false)
    )
  }

  /// YaRN with the settings of the published models where the configuration has none.
  private static func rope(_ config: JSONReader, _ shape: ConfigReader.Shape) -> RopeDescription? {
    let reader = RopeReader(
      config: config,
      headSize: shape.headSize,
      context: shape.context,
      standardTheta: 150_000
    )
    guard var standard = reader.describe(nil) else { return nil }
    let original = present(config, "original_max_position_embeddings") { $0.integer(1...(1 << 30)) } ?? 4096
    standard.scaling = .yarn(
      .init(factor: 32, betaFast: 32, betaSlow: 1, originalContext: original, truncates: false)
    )
    standard.attentionFactor = RopeReader.yarnFactor(32)
    return reader.read(fallback: standard)
  }
}
