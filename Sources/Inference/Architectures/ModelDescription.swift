/// What a decoder-only transformer is made of: the declared parts that one block engine runs.
///
/// A block adds to the residual stream x, [D]: `x += post(attention(pre(x)))`, then `x += post(mlp(pre(x)))`, where a
/// post-norm that is not declared is nothing.
public struct ModelDescription: Sendable, Equatable {
  /// The name of the architecture, the word of `model_type` (`llama`, `gemma3`).
  public var architecture: String
  /// Width of the residual stream, D.
  public var hiddenSize: Int
  /// Number of token ids, V.
  public var vocabularySize: Int
  /// Most positions the model was made for.
  public var contextLength: Int
  /// What differs from block to block, in their order.
  public var layers: [LayerDescription]
  /// Attention, alike in all blocks but for what ``layers`` says.
  public var attention: AttentionDescription
  /// The MLP, alike in all blocks.
  public var feedForward: FeedForwardDescription
  /// The norms.
  public var norm: NormDescription
  /// What the rows of the embedding are multiplied by; the head is not.
  public var embeddingScale: Float = 1
  /// c: logits become c · tanh(logit / c).
  public var logitSoftCap: Float?
  /// Whether the head is the embedding.
  public var hasTiedHead: Bool
  /// What the tensors of the checkpoint are called.
  public var naming = TensorNaming.standard

  /// Number of blocks, L.
  public var layerCount: Int { layers.count }
  /// Query heads.
  public var headCount: Int { attention.headCount }
  /// Key/value heads; divides the query heads.
  public var kvHeadCount: Int { attention.kvHeadCount }
  /// Width of a head.
  public var headSize: Int { attention.headSize }

  /// Number of parameters, biases, norms and sinks included.
  public var parameterCount: Int {
    let (d, query, kv) = (hiddenSize, headCount * headSize, kvHeadCount * headSize)
    let widths: [(AttentionProjection, Int)] = [(.query, query), (.key, kv), (.value, kv), (.output, d)]
    let attentionBias = widths.filter { attention.biases.contains($0.0) }.reduce(0) { $0 + $1.1 }
    let extras = (attention.hasHeadNorms ? 2 * headSize : 0) + (attention.hasSinks ? headCount : 0)
    let block = d * (2 * query + 2 * kv) + attentionBias + extras + norm.countPerBlock * d
    let inner = feedForward.innerSize
    var mlp = 3 * d * inner + (feedForward.hasBias ? 2 * inner + d : 0)
    if let experts = feedForward.experts { mlp = experts.count * mlp + experts.count * (d + 1) }
    return layerCount * (block + mlp) + vocabularySize * d * (hasTiedHead ? 1 : 2) + d
  }
}

/// What is one block's own.
public struct LayerDescription: Sendable, Equatable {
  /// How positions turn queries and keys; nil where they do not.
  public var rope: RopeDescription?
  /// w: position p attends p−w+1…p; nil attends all up to p.
  public var window: Int?

  /// Describes a block.
  public init(rope: RopeDescription?, window: Int? = nil) {
    self.rope = rope
    self.window = window
  }
}

/// A matrix of attention.
public enum AttentionProjection: String, Sendable, CaseIterable {
  /// Makes queries.
  case query
  /// Makes keys.
  case key
  /// Makes values.
  case value
  /// Writes what was attended into the residual stream.
  case output
}

/// Softmax attention with grouped key/value heads.
public struct AttentionDescription: Sendable, Equatable {
  /// Query heads.
  public var headCount: Int
  /// Key/value heads; divides the query heads.
  public var kvHeadCount: Int
  /// Width of a head.
  public var headSize: Int
  /// What scores are multiplied by.
  public var scale: Float
  /// The projections that have a bias.
  public var biases: Set<AttentionProjection> = []
  /// Whether queries, keys and values come from one matrix, stacked in this order.
  public var isFused = false
  /// Whether each head of queries and keys is normalised before it is turned.
  public var hasHeadNorms = false
  /// c: scores become c · tanh(score / c).
  public var softCap: Float?
  /// Whether each head has a learned score that takes its share of the softmax and gives nothing.
  public var hasSinks = false
}

/// The RMS norms of a model: their kind, where they stand, and what their tensors are called in a block.
public struct NormDescription: Sendable, Equatable {
  /// Added to the mean square.
  public var epsilon: Float
  /// Whether the gain is 1 + the stored weight.
  public var addsOne = false
  /// Before attention.
  public var attentionInput = "input_layernorm"
  /// On what attention wrote, before it is added to the stream; nil for none.
  public var attentionOutput: String?
  /// Before the MLP.
  public var mlpInput = "post_attention_layernorm"
  /// On what the MLP wrote, before it is added to the stream; nil for none.
  public var mlpOutput: String?

  /// Whether what a block writes is normalised before it is added to the stream.
  public var hasPostNorms: Bool { attentionOutput != nil || mlpOutput != nil }
  var countPerBlock: Int { 2 + (attentionOutput == nil ? 0 : 1) + (mlpOutput == nil ? 0 : 1) }
}

/// The gated MLP of a block, or a mixture of several.
public struct FeedForwardDescription: Sendable, Equatable {
  /// What is done with gate g and up u.
  public enum Activation: Sendable, Equatable {
    /// g / (1 + e^−g) · u.
    case silu
    /// GELU by its tanh formula, times u.
    case geluTanh
    /// GELU by the error function, times u.
    case gelu
    /// g' / (1 + e^(−alpha·g')) · (u' + 1) with g' = min(g, limit) and u' = u within ±limit.
    case clamped(limit: Float, alpha: Float)
  }

  /// Several MLPs of which a router chooses some for each token.
  public struct Experts: Sendable, Equatable {
    /// How many there are.
    public var count: Int
    /// How many a token takes; the softmax of the router's scores runs over these alone.
    public var chosen: Int
  }

  /// Inner width.
  public var innerSize: Int
  /// The activation.
  public var activation = Activation.silu
  /// Whether gate and up come from one matrix: the gates first, or with ``experts`` gate and up in turns.
  public var isFused = false
  /// Whether the projections have biases.
  public var hasBias = false
  /// The mixture; nil for a single MLP.
  public var experts: Experts?
}

/// What the tensors of a checkpoint are called.
public struct TensorNaming: Sendable, Equatable {
  /// What stands before `embed_tokens`, `layers.0` and `norm`, with its dot.
  public var base: String
  /// The head's matrix without `.weight`.
  public var head: String

  /// As most checkpoints have it.
  public static let standard = TensorNaming(base: "model.", head: "lm_head")
  /// The text part of a model that also sees, in the order in which they are looked for.
  static let textPart = [
    TensorNaming(base: "language_model.model.", head: "language_model.lm_head"),
    TensorNaming(base: "model.language_model.", head: "lm_head"), standard,
  ]

  /// The embedding's tensor.
  public var embedding: String { "\(base)embed_tokens.weight" }
  /// The head's tensor where it is not the embedding.
  public var headWeight: String { "\(head).weight" }
  /// A part of a block, without `.weight` or `.bias`.
  public func block(_ layer: Int, _ part: String) -> String { "\(base)layers.\(layer).\(part)" }
}
