public import Endpoints
import Locking

/// A clock that stands still until someone sleeps, and then jumps: tests of pauses wait for nothing.
public final class ManualPace: Pace {
  private let state = Locked<(seconds: Double, sleeps: [Double])>((0, []))
  private let start: HTTPDate
  private let chances: @Sendable () -> Double

  /// A clock at 0 seconds.
  /// - Parameters:
  ///   - date: what the calendar says at the start; it goes on with the clock.
  ///   - chance: what the dice say.
  public init(date: HTTPDate = .now, chance: @escaping @Sendable () -> Double = { 0.5 }) {
    start = date
    chances = chance
  }

  /// Seconds slept by all.
  public var seconds: Double { state.withLock { $0.seconds } }
  /// The calendar.
  public var date: HTTPDate { HTTPDate(seconds: start.seconds + Int(seconds)) }
  /// Every sleep in order, those of 0 seconds too.
  public var sleeps: [Double] { state.withLock { $0.sleeps } }

  /// The dice.
  public func chance() -> Double { chances() }

  /// Jumps.
  public func sleep(seconds: Double) async throws {
    try Task.checkCancellation()
    advance(seconds)
    state.withLock { $0.sleeps.append(seconds) }
  }

  /// Lets time pass without anyone sleeping.
  public func advance(_ seconds: Double) { state.withLock { $0.seconds += seconds } }
}
