public import JudgeKit

/// What an OpenAI-compatible endpoint answered.
public struct ChatAnswer: Sendable, Equatable {
  /// The text; never the reasoning. Of a model that declined, its refusal.
  public var text: String
  /// Why the text is no whole answer: `judgeRefused`, `contentFilter`, `truncated`, `toolCall`, `emptyAnswer`.
  public var abstention: AbstainReason?
  /// What the model thought aloud, where the endpoint says so.
  public var reasoning: String?
  /// `stop`, or what the endpoint calls it.
  public var finishReason: String?
  /// Tokens of prompt and answer, where counted.
  public var usage: TokenUsage?
  /// Log-probability of each token of the text, where sent.
  public var logProbabilities: [TokenLogProbability]?
  /// The likeliest first tokens of the text, where sent.
  public var firstTokens: [TokenLogProbability]?

  /// A token with its natural log-probability.
  public struct TokenLogProbability: Sendable, Equatable {
    /// The token's text.
    public var token: String
    /// At most 0.
    public var value: Double

    /// Makes a token.
    public init(token: String, value: Double) {
      self.token = token
      self.value = value
    }
  }

  /// Makes an answer.
  public init(text: String, abstention: AbstainReason? = nil, reasoning: String? = nil, finishReason: String? = nil) {
    self.text = text
    self.abstention = abstention
    self.reasoning = reasoning
    self.finishReason = finishReason
  }
}
