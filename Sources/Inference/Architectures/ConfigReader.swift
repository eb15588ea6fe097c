internal import JSON

/// Reads what the families have in common from `config.json`. Missing keys take the value that the reference's
/// configuration class gives them; null counts as missing unless a method says otherwise.
struct ConfigReader {
  /// The configuration of the text model.
  let config: JSONReader

  /// What the reference takes for keys that are not there.
  struct Defaults {
    var context: Int
    var epsilon = 1e-6
    /// nil asks for the key.
    var heads: Int?
    /// nil asks for the key.
    var vocabulary: Int?
    /// nil is one for each query head.
    var kvHeads: Int?
    /// nil divides the hidden size by the heads.
    var headSize: Int?
  }

  /// Sizes that every family has.
  struct Shape {
    let layers: Int
    let hidden: Int
    let heads: Int
    let kvHeads: Int
    let headSize: Int
    let inner: Int
    let vocabulary: Int
    let context: Int
    let epsilon: Float

    var queryScale: Float { 1 / Float(headSize).squareRoot() }

    func attention(scale: Float? = nil) -> AttentionDescription {
      AttentionDescription(headCount: heads, kvHeadCount: kvHeads, headSize: headSize, scale: scale ?? queryScale)
    }
  }

  /// An optional field for which `null` counts as absent.
  func present<Value>(_ key: String, _ read: (JSONReader) -> Value?) -> Value? { Inference.present(config, key, read) }

  func flag(_ key: String, _ standard: Bool) -> Bool { present(key) { $0.bool() } ?? standard }

  /// A number for which null is none and a missing key is `standard`.
  func optional<Value>(_ key: String, missing standard: Value?, _ read: (JSONReader) -> Value?) -> Value? {
    config.has(key) ? present(key, read) : standard
  }

  func shape(_ defaults: Defaults) -> Shape? {
    let size = 1...(1 << 24)
    let layers = config.required("num_hidden_layers") { $0.integer(1...4096) }
    let hidden = config.required("hidden_size") { $0.integer(size) }
    let heads =
      defaults.heads != nil && !config.has("num_attention_heads")
      ? defaults.heads : config.required("num_attention_heads") { $0.integer(1...65536) }
    let inner = config.required("intermediate_size") { $0.integer(size) }
    let vocabulary =
      defaults.vocabulary != nil && !config.has("vocab_size")
      ? defaults.vocabulary : config.required("vocab_size") { $0.integer(size) }
    let context = present("max_position_embeddings") { $0.integer(1...(1 << 30)) } ?? defaults.context
    let epsilon = present("rms_norm_eps") { $0.double(0...1) } ?? defaults.epsilon
    guard let layers, let hidden, let heads, let inner, let vocabulary else { return nil }
    guard let kvHeads = kvHeads(heads, defaults), let headSize = headSize(hidden, heads, defaults) else { return nil }
    return Shape(
      layers: layers,
      hidden: hidden,
      heads: heads,
      kvHeads: kvHeads,
      headSize: headSize,
      inner: inner,
      vocabulary: vocabulary,
      context: context,
      epsilon: Float(epsilon)
    )
  }

  private func kvHeads(_ heads: Int, _ defaults: Defaults) -> Int? {
    let key = "num_key_value_heads"
    let kvHeads = config.has(key) ? present(key) { $0.integer(1...65536) } ?? heads : defaults.kvHeads ?? heads
    guard heads % kvHeads == 0 else {
      (config.field(key) ?? config).fail("\(kvHeads) does not divide the \(heads) attention heads")
      return nil
    }
    return kvHeads
  }

  private func headSize(_ hidden: Int, _ heads: Int, _ defaults: Defaults) -> Int? {
    if let given = present("head_dim", { $0.integer(1...4096) }) ?? defaults.headSize { return given }
    guard hidden % heads == 0 else {
      config.field("num_attention_heads")?.fail(
        "\(heads) does not divide hidden_size \(hidden), and head_dim is absent"
      )
      return nil
    }
    return hidden / heads
  }

  /// The activation that a key names.
  func activation(_ key: String, missing standard: FeedForwardDescription.Activation = .silu)
    -> FeedForwardDescription.Activation
  {
    guard let word = present(key, { $0.string() }) else { return standard }
    switch word {
    case "silu", "swish": return .silu
    case "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_new": return .geluTanh
    case "gelu", "gelu_python": return .gelu
    default:
      config.field(key)?.fail("\"\(word)\" is not supported; expected \"silu\", \"gelu\" or \"gelu_pytorch_tanh\"")
      return standard
    }
  }

  /// Attention over a window, or over everything.
  enum LayerKind: String, CaseIterable {
    case sliding = "sliding_attention"
    case full = "full_attention"
  }

  /// `layer_types`, or what `standard` says where the key is not there.
  func layerKinds(_ count: Int, _ standard: (Int) -> LayerKind) -> [LayerKind]? {
    guard let field = config.field("layer_types"), !field.value.isNull else { return (0..<count).map(standard) }
    let kinds = field.elements().compactMap { $0.word(LayerKind.self) }
    guard let list = field.value.array, kinds.count == list.count else { return nil }
    guard kinds.count == count else {
      field.fail("has \(kinds.count) entries for num_hidden_layers \(count); expected one for each layer")
      return nil
    }
    return kinds
  }

  /// `sliding_window`: null is none, a missing key is `standard`.
  func window(missing standard: Int?) -> Int? {
    optional("sliding_window", missing: standard) { $0.integer(1...(1 << 30)) }
  }

  /// Blocks of these kinds; the window must be there if one of them slides.
  func layers(
    _ kinds: [LayerKind],
    window: Int?,
    rope: (Int, LayerKind) -> RopeDescription?
  ) -> [LayerDescription]? {
    if window == nil, kinds.contains(.sliding) {
      // A window that could not be read has been told.
      guard config.problems.errors.isEmpty else { return nil }
      (config.field("layer_types") ?? config).fail(
        "names \"sliding_attention\", but no sliding_window is in force; give sliding_window a number of positions"
      )
      return nil
    }
    return kinds.enumerated().map {
      LayerDescription(rope: rope($0, $1), window: $1 == .sliding ? window : nil)
    }
  }
}

/// An optional field for which `null` counts as absent.
func present<Value>(_ reader: JSONReader, _ key: String, _ read: (JSONReader) -> Value?) -> Value? {
  guard let field = reader.field(key), !field.value.isNull else { return nil }
  return read(field)
}
