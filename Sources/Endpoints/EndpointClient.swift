public import JudgeKit

/// Asks an endpoint until it answers: through the gate of its judge, again after a failure that may pass, never otherwise.
public struct EndpointClient: Sendable {
  private let endpoint: ChatEndpoint
  private let gate: RequestGate
  private let policy: RetryPolicy
  private let pace: any Pace

  /// Makes a client; all clients of one judge share its gate.
  public init(_ endpoint: ChatEndpoint, gate: RequestGate, policy: RetryPolicy, pace: any Pace = RealPace()) {
    self.endpoint = endpoint
    self.gate = gate
    self.policy = policy
    self.pace = pace
  }

  /// Asks for one answer; never replies `retry`: when attempts run out it abstains with what stood in the way.
  /// - Throws: `CancellationError`.
  public func complete(_ chat: Chat, settings: CompletionSettings, topTokens: Int? = nil) async throws
    -> ModelReply<ChatAnswer>
  {
    let expected = TokenEstimate.most(chat, settings)
    var attempt = 0
    var last = ""
    // After a failure the kept connection is the first suspect; who is only told to wait keeps it.
    var isSuspect = false
    while true {
      let ticket: RequestGate.Ticket
      switch try await gate.enter(expected) {
      case .granted(let granted): ticket = granted
      case .refused(let reason, let detail):
        return reason.origin == .fatal ? .fatal(reason, detail: detail) : .abstain(reason, detail: detail + last)
      }
      attempt += 1
      RequestTally.current?.add()
      let reply = await endpoint.complete(
        chat,
        settings: settings,
        topTokens: topTokens,
        secondsLeft: ticket.secondsLeft,
        onNewConnection: isSuspect,
        now: pace.date
      )
      gate.leave(ticket, used: TokenEstimate.used(reply, expected))
      try Task.checkCancellation()
      switch reply {
      case .value, .abstain: return reply
      case .fatal(let reason, let detail):
        gate.close(reason, detail: detail ?? reason.rawValue)
        return reply
      case .retry(let wish, let exhausted, let detail):
        let words = detail ?? exhausted.rawValue
        guard attempt < policy.attempts else {
          return .abstain(exhausted, detail: attempt == 1 ? words : "\(words) (\(attempt) requests)")
        }
        if let wish, wish > RetryPolicy.longestWish {
          return .abstain(exhausted, detail: "\(words) (wants to be asked again in \(wish) s, which is too long)")
        }
        // Who is told to slow down speaks for all requests of the judge.
        if let wish, exhausted == .rateLimited { gate.pause(seconds: wish) }
        isSuspect = exhausted != .rateLimited
        last = "; the last request failed: \(words)"
        let pause = policy.pause(after: attempt, wish: wish, chance: pace.chance())
        if let end = gate.end(in: pause) {
          return end.reason.origin == .fatal
            ? .fatal(end.reason, detail: end.detail) : .abstain(end.reason, detail: end.detail + last)
        }
        try await pace.sleep(seconds: pause)
      }
    }
  }
}

/// Tokens, where nobody has counted them.
public enum TokenEstimate {
  /// The most that a question is likely to use: a token for every three bytes, eight for the frame of each turn, and the
  /// longest answer.
  public static func most(_ chat: Chat, _ settings: CompletionSettings) -> TokenUsage {
    TokenUsage(
      prompt: chat.turns.reduce(0) { $0 + tokens(bytes: $1.text.utf8.count) + 8 },
      completion: settings.maximumTokens
    )
  }

  /// A token for every three bytes, rounded up: more than byte-pair encodings need for European languages, about what they
  /// need for Chinese.
  static func tokens(bytes: Int) -> Int { (bytes + 2) / 3 }

  /// What a request used. A server that has refused it has used nothing; one that fell silent or answered nonsense may have
  /// done, and charged for, all of the work.
  static func used(_ reply: ModelReply<ChatAnswer>, _ expected: TokenUsage) -> (usage: TokenUsage, isCounted: Bool)? {
    switch reply {
    case .value(let answer):
      if let usage = answer.usage { return (usage, true) }
      let written = tokens(bytes: answer.text.utf8.count + (answer.reasoning?.utf8.count ?? 0))
      return (TokenUsage(prompt: expected.prompt, completion: written), false)
    case .retry(_, .timeout, _), .retry(_, .truncatedResponse, _), .retry(_, .malformedResponse, _),
      .retry(_, .responseTooLarge, _):
      return (expected, false)
    case .abstain, .retry, .fatal: return nil
    }
  }
}
