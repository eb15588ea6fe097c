/// How an answer is decoded.
public struct GenerationSettings: Sendable, Equatable {
  /// At most so many new tokens.
  public var maximumNewTokens: Int
  /// 0 is greedy.
  public var temperature: Double
  /// Nucleus: the smallest set of tokens with at least this probability; 1 is all.
  public var topP: Double
  /// The k most probable tokens; 0 is all.
  public var topK: Int
  /// Seed of the samplers; every sequence draws from its own stream.
  public var seed: UInt64

  /// Makes settings; the standard is greedy.
  public init(maximumNewTokens: Int, temperature: Double = 0, topP: Double = 1, topK: Int = 0, seed: UInt64 = 0) {
    self.maximumNewTokens = maximumNewTokens
    self.temperature = temperature
    self.topP = topP
    self.topK = topK
    self.seed = seed
  }
}

/// One sequence to continue.
public struct GenerationRequest: Sendable {
  /// The prompt.
  public let tokens: [Int32]
  /// The edit it carries.
  public let lane: EditLane
  /// How it is decoded.
  public let settings: GenerationSettings
  /// Tokens that end it; they are not part of the result.
  public let stopTokens: Set<Int32>
  /// Which stream of random numbers it draws from: the same seed and stream give the same answer in any batch.
  public let stream: UInt64

  /// Makes a request.
  public init(
    tokens: [Int32],
    lane: EditLane,
    settings: GenerationSettings,
    stopTokens: Set<Int32>,
    stream: UInt64 = 0
  ) {
    self.tokens = tokens
    self.lane = lane
    self.settings = settings
    self.stopTokens = stopTokens
    self.stream = stream
  }
}

/// A continued sequence.
public struct GenerationResult: Sendable, Equatable {
  /// Why it ended.
  public enum Finish: String, Sendable, CaseIterable {
    /// A stop token came.
    case stop
    /// The token limit or the context's end was reached.
    case length
  }

  /// The new tokens, without the stop token.
  public let tokens: [Int32]
  /// Why it ended.
  public let finish: Finish

  /// Makes a result.
  public init(tokens: [Int32], finish: Finish) {
    self.tokens = tokens
    self.finish = finish
  }
}

/// Tokens with the edit they are read under.
public struct LaneTokens: Sendable {
  /// The tokens.
  public let tokens: [Int32]
  /// The edit.
  public let lane: EditLane

  /// Pairs them.
  public init(_ tokens: [Int32], lane: EditLane) {
    self.tokens = tokens
    self.lane = lane
  }
}

/// Everything a forward pass computes for sequences of equal length, row-major.
public struct ForwardPass: Sendable {
  /// [B, T, V].
  public var logits: [Float]
  /// [L+1, B, T, D]: 0 the embeddings, k < L the stream after block k, L after the final norm.
  public var hidden: [Float]
  /// [L, B, T, D]: the stream after each block, before the final norm.
  public var residual: [Float]
}
