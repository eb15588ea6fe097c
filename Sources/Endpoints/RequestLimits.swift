public import JudgeKit

/// What all requests of one judge together may do in one run.
public struct RequestLimits: Sendable, Equatable {
  /// Requests under way at once.
  public var concurrency: Int
  /// Requests sent in a minute, spread evenly.
  public var requestsPerMinute: Double?
  /// Tokens of questions and answers in a minute, spread over its seconds.
  public var tokensPerMinute: Double?
  /// Requests in a run, repeated ones too.
  public var requests: Int?
  /// Tokens in a run.
  public var tokens: Int?
  /// Money in a run, in the currency of the price.
  public var money: Double?
  /// Seconds from the first request on.
  public var seconds: Double?
  /// What tokens cost.
  public var price: TokenPrice?

  /// No limit but the concurrency.
  public init(concurrency: Int) { self.concurrency = concurrency }
}

/// What tokens cost.
public struct TokenPrice: Sendable, Equatable {
  /// Money for a million tokens of questions.
  public var input: Double
  /// Money for a million tokens of answers.
  public var output: Double
  /// `EUR`, `USD` …; only for people.
  public var currency: String

  /// Makes a price.
  public init(input: Double, output: Double, currency: String) {
    self.input = input
    self.output = output
    self.currency = currency
  }

  /// Money for so many tokens.
  public func money(_ usage: TokenUsage) -> Double {
    (Double(usage.prompt) * input + Double(usage.completion) * output) / 1e6
  }
}

/// What a judge used.
public struct JudgeSpending: Sendable, Equatable {
  /// Requests sent, repeated ones too.
  public var requests = 0
  /// Tokens that the endpoint counted.
  public var counted = TokenUsage(prompt: 0, completion: 0)
  /// Tokens that it did not count, estimated from the length of the texts.
  public var estimated = TokenUsage(prompt: 0, completion: 0)
  /// Money for both, where the entry has a price.
  public var money: Double?
  /// The currency of the money.
  public var currency: String?

  /// Nothing used.
  public init() {}

  /// All tokens.
  public var tokens: Int { counted.prompt + counted.completion + estimated.prompt + estimated.completion }
}
