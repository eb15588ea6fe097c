internal import JSON

/// Gemma 2 and 3: norms before and behind attention and MLP, with gain 1 + w; the embedding is multiplied by √D; windows
/// on some layers. Gemma 2 caps scores and logits; Gemma 3 normalises heads and turns its sliding layers by another base.
/// Of a Gemma 3 that also sees (`gemma3`), the text model is run.
enum GemmaArchitecture: Architecture {
  static let modelTypes = ["gemma2", "gemma3_text", "gemma3"]

  static func description(of config: JSONReader, type: String) -> ModelDescription? {
    guard type == "gemma3" else { return text(config, type: type) }
    guard let inner = config.required("text_config", { $0.value.object != nil ? $0 : failing($0) }),
      var model = text(inner, type: type)
    else { return nil }
    // The head belongs to the whole model, and so does the key that ties it.
    model.hasTiedHead = present(config, "tie_word_embeddings") { $0.bool() } ?? true
    return model
  }

  private static func failing(_ reader: JSONReader) -> JSONReader? {
    reader.fail("expected an object, found \(reader.value.typeName)")
    return nil
  }

  private static func text(_ config: JSONReader, type: String) -> ModelDescription? {
    let reader = ConfigReader(config: config)
    let isSecond = type == "gemma2"
    let activation = reader.activation("hidden_activation", missing: .geluTanh)
    if reader.flag("use_bidirectional_attention", false) {
      config.field("use_bidirectional_attention")?.fail("a model that attends to later tokens cannot be run here")
    }
    let window = reader.window(missing: 4096)
    func cap(_ key: String, _ missing: Double?) -> Float? {
      reader.optional(key, missing: missing) { $0.double(1e-6...1e9) }.map { Float($0) }
    }
    let scoreCap = cap("attn_logit_softcapping", isSecond ? 50 : nil)
    let logitCap = cap("final_logit_softcapping", isSecond ? 30 : nil)
    let scalar = reader.present("query_pre_attn_scalar") { $0.double(1e-6...1e9) } ?? 256
    let pattern = isSecond ? 2 : reader.present("sliding_window_pattern") { $0.integer(1...4096) } ?? 6
    var defaults = ConfigReader.Defaults(context: isSecond ? 8192 : 131_072, kvHeads: 4, headSize: 256)
    // Published configurations of Gemma 3 leave out what is standard.
    if !isSecond { (defaults.heads, defaults.vocabulary) = (8, 262_208) }
    guard let shape = reader.shape(defaults),
      let kinds = reader.layerKinds(shape.layers, { ($0 + 1) % pattern == 0 ? .full : .sliding }),
      let rope = ropes(config, shape, isSecond: isSecond),
      let layers = reader.layers(kinds, window: window, rope: { $1 == .full ? rope.full : rope.sliding })
    else { return nil }
    var attention = shape.attention(scale: Float(1 / scalar.squareRoot()))
    // Gemma 3 declares a cap of scores but does not use it.
    attention.softCap = isSecond ? scoreCap : nil
    attention.hasHeadNorms = !isSecond
    if reader.flag("attention_bias", false) { attention.biases = Set(AttentionProjection.allCases) }
    return ModelDescription(
      architecture: type,
      hiddenSize: shape.hidden,
      vocabularySize: shape.vocabulary,
      contextLength: shape.context,
      layers: layers,
      attention: attention,
      feedForward: FeedForwardDescription(innerSize: shape.inner, activation: activation),
      norm: NormDescription(
        epsilon: shape.epsilon,
        addsOne: true,
        attentionOutput: "post_attention_layernorm",
        mlpInput: "pre_feedforward_layernorm",
        mlpOutput: "post_feedforward_layernorm"
      ),
      embeddingScale: Float(Double(shape.hidden).squareRoot()),
      logitSoftCap: logitCap,
      hasTiedHead: reader.flag("tie_word_embeddings", true)
    )
  }

  /// Gemma 3 keeps settings for each kind of layer; in the older style the configuration's own `rope_theta` and
  /// `rope_scaling` are those of full attention and `rope_local_base_freq` is the base of the others.
  private static func ropes(_ config: JSONReader, _ shape: ConfigReader.Shape, isSecond: Bool)
    -> (full: RopeDescription, sliding: RopeDescription)?
  {
    let reader = RopeReader(config: config, headSize: shape.headSize, context: shape.context)
    if isSecond { return reader.read().map { ($0, $0) } }
    func object(_ field: JSONReader?) -> JSONReader?? {
      guard let field, !field.value.isNull else { return .some(nil) }
      guard let object = field.value.object else {
        field.fail("expected an object or null, found \(field.value.typeName)")
        return nil
      }
      return object.members.isEmpty ? .some(nil) : field
    }
    func theta(_ reader: JSONReader?, _ key: String) -> Double? {
      reader.flatMap { present($0, key) { $0.double(Double.leastNormalMagnitude...1e12) } }
    }
    guard let scaling = object(config.field("rope_scaling")), let both = object(config.field("rope_parameters")),
      let full = object(both?.field("full_attention")), let sliding = object(both?.field("sliding_attention"))
    else { return nil }
    let wide = theta(full, "rope_theta") ?? theta(config, "rope_theta") ?? 1_000_000
    let near = theta(config, "rope_local_base_freq") ?? 10_000
    guard let first = reader.describe(scaling ?? full, theta: wide, isNested: true),
      let second = reader.describe(sliding, theta: near, isNested: true)
    else { return nil }
    return (first, second)
  }
}
