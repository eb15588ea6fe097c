public import JudgeKit
internal import Locking

/// The door that all requests of one judge go through: concurrency, rate, budget, time, and the end when going on is useless.
public final class RequestGate: Sendable {
  /// What stands at the door.
  public enum Entry: Sendable {
    /// Send it, within so many seconds; then ``RequestGate/leave(_:used:)``.
    case granted(Ticket)
    /// Do not send it.
    case refused(AbstainReason, detail: String)
  }

  /// The right to send one request.
  public struct Ticket: Sendable {
    /// Seconds that are left of the run's time; nil without a limit.
    public let secondsLeft: Double?
    /// What the request was expected to use.
    let expected: TokenUsage
  }

  private struct State {
    var spending = JudgeSpending()
    /// Requests that wait for their turn, and what is expected of them and of those under way.
    var promised = (requests: 0, usage: TokenUsage(prompt: 0, completion: 0))
    var requestRate: TokenBucket?
    var tokenRate: TokenBucket?
    var start: Double?
    var pausedUntil = 0.0
    var end: (reason: AbstainReason, detail: String)?
  }

  private let limits: RequestLimits
  private let pace: any Pace
  private let slots: Slots
  private let state: Locked<State>

  /// Makes a door.
  public init(_ limits: RequestLimits, pace: any Pace = RealPace()) {
    self.limits = limits
    self.pace = pace
    slots = Slots(limits.concurrency)
    var state = State()
    state.requestRate = limits.requestsPerMinute.map { TokenBucket(perMinute: $0, capacity: 1) }
    state.tokenRate = limits.tokensPerMinute.map { TokenBucket(perMinute: $0, capacity: $0 / 60) }
    self.state = Locked(state)
  }

  /// What was used so far.
  public var spending: JudgeSpending {
    var spending = state.withLock { $0.spending }
    guard let price = limits.price else { return spending }
    spending.money = price.money(spending.counted) + price.money(spending.estimated)
    spending.currency = price.currency
    return spending
  }

  /// Waits until a request may be sent.
  /// - Parameter expected: the most it is likely to use.
  /// - Throws: `CancellationError`.
  public func enter(_ expected: TokenUsage) async throws -> Entry {
    if let refusal = state.withLock({ promise(expected, &$0) }) { return refusal }
    do { try await slots.take() } catch {
      state.withLock { takeBack(expected, &$0) }
      throw error
    }
    do {
      let entry = try await waitForTurn(expected)
      switch entry {
      case .refused: abandon(expected)
      // Counted as it goes out and not as it comes back: a run that ends meanwhile has paid for it all the same.
      case .granted:
        state.withLock { state in
          state.promised.requests -= 1
          state.spending.requests += 1
        }
      }
      return entry
    } catch {
      abandon(expected)
      throw error
    }
  }

  /// Notes what a request used and lets the next one in.
  /// - Parameter used: what the endpoint counted, what is estimated where it did not count, or nil for nothing.
  public func leave(_ ticket: Ticket, used: (usage: TokenUsage, isCounted: Bool)?) {
    state.withLock { state in
      state.promised.usage -= ticket.expected
      let usage = used?.usage ?? TokenUsage(prompt: 0, completion: 0)
      if used?.isCounted == true { state.spending.counted += usage } else { state.spending.estimated += usage }
      state.tokenRate?.giveBack(Double(ticket.expected.total - usage.total))
    }
    slots.giveBack()
  }

  /// Nobody goes in for so many seconds; for an endpoint that says when it wants to be asked again.
  public func pause(seconds: Double) {
    let until = pace.seconds + seconds
    state.withLock { $0.pausedUntil = max($0.pausedUntil, until) }
  }

  /// Nobody goes in any more.
  public func close(_ reason: AbstainReason, detail: String) {
    state.withLock { $0.end = $0.end ?? (reason, detail) }
  }

  /// Why nobody will go in after a pause of so many seconds, where that is known now: nobody need sleep for that answer.
  func end(in seconds: Double) -> (reason: AbstainReason, detail: String)? {
    let then = pace.seconds + seconds
    return state.withLock { state in state.end ?? overtime(state, at: then) }
  }

  private func overtime(_ state: State, at time: Double) -> (reason: AbstainReason, detail: String)? {
    guard let limit = limits.seconds, let start = state.start, time - start >= limit else { return nil }
    return (.budget, "the budget of \(limit) seconds is spent")
  }

  private func promise(_ expected: TokenUsage, _ state: inout State) -> Entry? {
    let now = pace.seconds
    let start = state.start ?? now
    state.start = start
    if let refusal = refusal(expected, state, at: now) { return refusal }
    state.promised.requests += 1
    state.promised.usage += expected
    return nil
  }

  private func takeBack(_ expected: TokenUsage, _ state: inout State) {
    state.promised.requests -= 1
    state.promised.usage -= expected
  }

  private func abandon(_ expected: TokenUsage) {
    state.withLock { takeBack(expected, &$0) }
    slots.giveBack()
  }

  private func refusal(_ expected: TokenUsage, _ state: State, at now: Double) -> Entry? {
    func spent(_ what: String) -> Entry { .refused(.budget, detail: "the budget of \(what) is spent") }
    if let end = state.end ?? overtime(state, at: now) { return .refused(end.reason, detail: end.detail) }
    if let limit = limits.requests, state.spending.requests + state.promised.requests >= limit {
      return spent("\(limit) requests")
    }
    let usage = state.spending.counted + state.spending.estimated + state.promised.usage + expected
    if let limit = limits.tokens, usage.total > limit { return spent("\(limit) tokens") }
    if let limit = limits.money, let price = limits.price, price.money(usage) > limit {
      return spent("\(limit) \(price.currency)")
    }
    return nil
  }

  /// With a slot in hand: waits for the rate and for a pause to end.
  private func waitForTurn(_ expected: TokenUsage) async throws -> Entry {
    var wait = state.withLock { state -> Double in
      let now = pace.seconds
      let requests = state.requestRate?.take(1, at: now) ?? 0
      return max(requests, state.tokenRate?.take(Double(expected.total), at: now) ?? 0)
    }
    while true {
      let (refusal, seconds) = state.withLock { state -> (Entry?, Double) in
        let now = pace.seconds
        let seconds = max(wait, state.pausedUntil - now)
        if let end = state.end ?? overtime(state, at: now + seconds) {
          return (.refused(end.reason, detail: end.detail), 0)
        }
        return (nil, seconds)
      }
      if let refusal {
        state.withLock { state in
          state.requestRate?.giveBack(1)
          state.tokenRate?.giveBack(Double(expected.total))
        }
        return refusal
      }
      guard seconds > 0 else { break }
      try await pace.sleep(seconds: seconds)
      wait = 0
    }
    try Task.checkCancellation()
    let left = state.withLock { state in limits.seconds.map { $0 - (pace.seconds - (state.start ?? 0)) } }
    return .granted(Ticket(secondsLeft: left, expected: expected))
  }
}

extension TokenUsage {
  /// Tokens of both kinds.
  var total: Int { prompt + completion }

  static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
    TokenUsage(prompt: left.prompt + right.prompt, completion: left.completion + right.completion)
  }

  static func += (left: inout TokenUsage, right: TokenUsage) { left = left + right }

  static func -= (left: inout TokenUsage, right: TokenUsage) {
    left = TokenUsage(prompt: left.prompt - right.prompt, completion: left.completion - right.completion)
  }
}
