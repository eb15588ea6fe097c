public import JSON

/// The sizes of a decoder-only transformer that disk, memory and time follow from.
public struct ModelShape: Sendable, Equatable {
  /// Blocks.
  public var layers: Int
  /// Width of the residual stream.
  public var width: Int
  /// Inner width of an MLP or of one expert.
  public var inner: Int
  /// Query heads.
  public var heads: Int
  /// Key/value heads.
  public var keyValueHeads: Int
  /// Width of a head.
  public var headSize: Int
  /// Token ids.
  public var vocabulary: Int
  /// Whether the head is the embedding.
  public var hasTiedHead: Bool
  /// Experts of a block; 1 for an ordinary MLP.
  public var experts: Int
  /// Experts that a token uses.
  public var activeExperts: Int
  /// Bytes of a parameter as published: 2 for bfloat16 and float16, 4 for float32.
  public var storedBytes: Int

  /// Makes a shape.
  public init(
    layers: Int,
    width: Int,
    inner: Int,
    heads: Int,
    keyValueHeads: Int,
    headSize: Int,
    vocabulary: Int,
    hasTiedHead: Bool = false,
    experts: Int = 1,
    activeExperts: Int = 1,
    storedBytes: Int = 2
  ) {
    self.layers = layers
    self.width = width
    self.inner = inner
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.vocabulary = vocabulary
    self.hasTiedHead = hasTiedHead
    self.experts = experts
    self.activeExperts = activeExperts
    self.storedBytes = storedBytes
  }

  private var attention: Int { width * headSize * 2 * (heads + keyValueHeads) }
  private var mlp: Int { 3 * width * inner }

  /// Parameters of matrices and norms; biases, a thousandth at most, are left out.
  public var parameters: Int {
    layers * (attention + experts * mlp + (experts > 1 ? experts * width : 0) + 2 * width) + width
      + vocabulary * width * (hasTiedHead ? 1 : 2)
  }

  /// Weights that a token is multiplied with on its way through the blocks.
  var activeBlockWeights: Int { layers * (attention + activeExperts * mlp) }

  /// Weights of the matrices that write into the residual stream.
  var writerWeights: Int { layers * (heads * headSize * width + experts * inner * width) }

  /// Weights of the output head.
  var headWeights: Int { vocabulary * width }

  /// Bytes of keys and values of a sequence of so many positions, as the engine keeps them (float32).
  func cacheBytes(positions: Int) -> Int { 4 * layers * keyValueHeads * 2 * headSize * positions }

  /// Bytes of the activations of so many rows of one step: residual stream, projections, MLP, and logits (float32).
  func activationBytes(rows: Int) -> Int {
    4 * rows * (4 * width + heads * headSize + 2 * keyValueHeads * headSize + 2 * inner * activeExperts + vocabulary)
  }
}

extension ModelShape {
  /// Reads a `config.json` in Hugging Face form; nil where a size is missing or out of range. Keys of nested text models
  /// (`text_config`) are found too.
  public init?(config: JSONValue) {
    let config = config["text_config"] ?? config
    func size(_ keys: String...) -> Int? {
      keys.lazy.compactMap { config[$0]?.integer }.first.flatMap { (1...1 << 24).contains($0) ? $0 : nil }
    }
    guard let layers = size("num_hidden_layers", "num_layers"), let width = size("hidden_size"),
      let inner = size("moe_intermediate_size", "intermediate_size", "ffn_hidden_size"),
      let heads = size("num_attention_heads"), let vocabulary = size("vocab_size", "padded_vocab_size")
    else { return nil }
    let experts = size("num_local_experts", "num_experts") ?? 1
    let type = config["dtype"]?.string ?? config["torch_dtype"]?.string
    self.init(
      layers: layers,
      width: width,
      inner: inner,
      heads: heads,
      keyValueHeads: size("num_key_value_heads", "multi_query_group_num") ?? heads,
      headSize: size("head_dim") ?? max(1, width / heads),
      vocabulary: vocabulary,
      hasTiedHead: config["tie_word_embeddings"]?.bool ?? false,
      experts: experts,
      activeExperts: min(experts, size("num_experts_per_tok", "experts_per_token") ?? 1),
      storedBytes: type == "float32" ? 4 : 2
    )
  }

  /// Shapes by name, and by the published checkpoints that have them: from their configurations.
  public static let known: [(name: String, checkpoints: [String], shape: ModelShape)] = [
    (
      "smollm2-135m", ["HuggingFaceTB/SmolLM2-135M-Instruct"],
      ModelShape(
        layers: 30,
        width: 576,
        inner: 1536,
        heads: 9,
        keyValueHeads: 3,
        headSize: 64,
        vocabulary: 49152,
        hasTiedHead: true
      )
    ),
    ("smollm2-1.7b", ["HuggingFaceTB/SmolLM2-1.7B-Instruct"], smollm2),
    ("smollm2-1.7b-untied-f32", [], untied(smollm2)),
    (
      "glm-4-9b", ["zai-org/glm-4-9b-chat-hf"],
      ModelShape(
        layers: 40,
        width: 4096,
        inner: 13696,
        heads: 32,
        keyValueHeads: 2,
        headSize: 128,
        vocabulary: 151_552
      )
    ),
    (
      "qwen3-14b", ["Qwen/Qwen3-14B"],
      ModelShape(
        layers: 40,
        width: 5120,
        inner: 17408,
        heads: 40,
        keyValueHeads: 8,
        headSize: 128,
        vocabulary: 151_936
      )
    ),
    (
      "llama-3-70b", ["meta-llama/Llama-3.3-70B-Instruct"],
      ModelShape(
        layers: 80,
        width: 8192,
        inner: 28672,
        heads: 64,
        keyValueHeads: 8,
        headSize: 128,
        vocabulary: 128_256
      )
    ),
    (
      "gpt-oss-20b", ["openai/gpt-oss-20b", "unsloth/gpt-oss-20b-BF16"],
      ModelShape(
        layers: 24,
        width: 2880,
        inner: 2880,
        heads: 64,
        keyValueHeads: 8,
        headSize: 64,
        vocabulary: 201_088,
        experts: 32,
        activeExperts: 4
      )
    ),
  ]

  private static let smollm2 = ModelShape(
    layers: 24,
    width: 2048,
    inner: 8192,
    heads: 32,
    keyValueHeads: 32,
    headSize: 64,
    vocabulary: 49152,
    hasTiedHead: true
  )

  /// The Safety Pretraining checkpoints: the same shape in float32, with a head of their own.
  private static func untied(_ shape: ModelShape) -> ModelShape {
    var shape = shape
    shape.hasTiedHead = false
    shape.storedBytes = 4
    return shape
  }
}
