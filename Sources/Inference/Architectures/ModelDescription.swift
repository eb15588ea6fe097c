/// What a decoder-only transformer is made of: the parts that one block engine runs.
public struct ModelDescription: Sendable, Equatable {
  /// The name of the architecture (`llama`).
  public var architecture: String
  /// Number of blocks, L.
  public var layerCount: Int
  /// Width of the residual stream, D.
  public var hiddenSize: Int
  /// Query heads.
  public var headCount: Int
  /// Key/value heads; divides the query heads.
  public var kvHeadCount: Int
  /// Width of a head.
  public var headSize: Int
  /// Inner width of the MLP.
  public var mlpSize: Int
  /// Number of token ids, V.
  public var vocabularySize: Int
  /// Most positions the model was made for.
  public var contextLength: Int
  /// Epsilon of the RMS norms.
  public var normEpsilon: Float
  /// Rotary position embedding.
  public var rope: RopeDescription
  /// Whether the attention projections have biases.
  public var hasAttentionBias: Bool
  /// Whether the MLP projections have biases.
  public var hasMLPBias: Bool
  /// Whether the head is the embedding.
  public var hasTiedHead: Bool

  /// Number of parameters, biases included.
  public var parameterCount: Int {
    let attention = hiddenSize * headSize * (2 * headCount + 2 * kvHeadCount)
    let attentionBias = hasAttentionBias ? headSize * (headCount + 2 * kvHeadCount) + hiddenSize : 0
    let mlp = 3 * hiddenSize * mlpSize + (hasMLPBias ? 2 * mlpSize + hiddenSize : 0)
    let embeddings = vocabularySize * hiddenSize * (hasTiedHead ? 1 : 2)
    return layerCount * (attention + attentionBias + mlp + 2 * hiddenSize) + embeddings + hiddenSize
  }
}

/// How positions turn queries and keys.
public struct RopeDescription: Sendable, Equatable {
  /// How the frequencies are stretched beyond the trained context.
  public enum Scaling: Sendable, Equatable {
    /// Not at all.
    case none
    /// Every frequency divided by the factor.
    case linear(factor: Double)
    /// Llama 3.1: low frequencies divided, high kept, a ramp between.
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalContext: Int)
  }

  /// Base of the frequencies, θ.
  public var theta: Double
  /// Stretching.
  public var scaling: Scaling

  /// Describes a rotary embedding.
  public init(theta: Double, scaling: Scaling = .none) {
    self.theta = theta
    self.scaling = scaling
  }
}
