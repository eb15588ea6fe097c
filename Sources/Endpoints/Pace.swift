internal import Locking

/// What pauses depend on: a clock, the calendar and chance. Tests bring their own and wait for nothing.
public protocol Pace: Sendable {
  /// Seconds of a clock that only goes forward.
  var seconds: Double { get }
  /// The calendar's time, for a `Retry-After` that is a date.
  var date: HTTPDate { get }
  /// A number in 0..<1.
  func chance() -> Double
  /// Waits.
  /// - Throws: `CancellationError`.
  func sleep(seconds: Double) async throws
}

/// The machine's clock. Chance here spreads pauses and touches no verdict, so it need not be repeatable.
public struct RealPace: Pace {
  private let start = ContinuousClock.now

  /// A pace that starts at 0 seconds.
  public init() {}

  /// Seconds since this pace was made.
  public var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
  /// Now.
  public var date: HTTPDate { .now }
  /// A random number.
  public func chance() -> Double { Double.random(in: 0..<1) }
  /// Sleeps; at once when there is nothing to wait for.
  public func sleep(seconds: Double) async throws {
    try Task.checkCancellation()
    if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
  }
}

/// Counts the requests that are made for one batch of items; whoever asks a judge sets it, whoever sends a request adds.
package final class RequestTally: Sendable {
  /// The tally of the task that runs.
  @TaskLocal package static var current: RequestTally?

  private let number = Locked(0)

  package init() {}

  /// Requests so far.
  package var count: Int { number.withLock { $0 } }

  package func add() { number.withLock { $0 += 1 } }
}
