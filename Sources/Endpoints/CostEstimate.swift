internal import JudgeKit

/// What asking about items will take, before anyone is asked. Pure: it looks at lengths and prices only.
public struct CostEstimate: Sendable, Equatable {
  /// Requests without any repeated one, and with as many as the entry allows.
  public let requests: ClosedRange<Int>
  /// Tokens of questions and answers, none of them repeated.
  public let tokens: ClosedRange<Int>
  /// Money for these tokens; nil without a price.
  public let money: ClosedRange<Double>?
  /// The currency of the money.
  public let currency: String?

  /// What is asked.
  public struct Question: Sendable, Equatable {
    /// Items that will be asked: equal ones once, known ones not.
    public var items: Int
    /// UTF-8 bytes of all their prompts and responses, at least and at most.
    public var bytes: ClosedRange<Int>
    /// UTF-8 bytes of everything around them: template, system prompt, worked examples.
    public var frameBytes: Int
    /// Requests an item: samples, times two with swapped labels.
    public var requestsPerItem: Int
    /// Tokens of the longest answer.
    public var maximumTokens: Int
    /// Attempts a request, the first one included.
    public var attempts: Int

    /// Describes what is asked.
    public init(
      items: Int,
      bytes: ClosedRange<Int>,
      frameBytes: Int,
      requestsPerItem: Int,
      maximumTokens: Int,
      attempts: Int
    ) {
      self.items = items
      self.bytes = bytes
      self.frameBytes = frameBytes
      self.requestsPerItem = requestsPerItem
      self.maximumTokens = maximumTokens
      self.attempts = attempts
    }
  }

  /// Bounds by length: a token holds two to six bytes (dense scripts and code against plain English), a chat's frame takes
  /// four to sixteen tokens, an answer one token to the longest.
  public init(_ question: Question, price: TokenPrice?) {
    let items = question.items
    let each = question.requestsPerItem
    let frames = items * question.frameBytes
    let requests = items * each
    let least = TokenUsage(prompt: ((question.bytes.lowerBound + frames) / 6 + 4 * items) * each, completion: requests)
    let most = TokenUsage(
      prompt: ((question.bytes.upperBound + frames + 1) / 2 + 16 * items) * each,
      completion: requests * max(1, question.maximumTokens)
    )
    self.requests = requests...max(requests, requests * question.attempts)
    tokens = least.total...max(least.total, most.total)
    money = price.map { $0.money(least)...max($0.money(least), $0.money(most)) }
    currency = price?.currency
  }
}
