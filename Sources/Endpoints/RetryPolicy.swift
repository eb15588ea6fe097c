/// How often a request is sent, and how long to wait in between.
public struct RetryPolicy: Sendable, Equatable {
  /// Requests at most, the first one included.
  public var attempts: Int
  /// Seconds: the longest pause before the second request; doubled for each further one.
  public var baseSeconds: Double

  /// No pause of our own is longer, in seconds.
  public static let longestPause = 60.0
  /// An endpoint that asks for a longer wait than these seconds is not waited for: the item abstains.
  public static let longestWish = 600.0

  /// Makes a policy.
  public init(attempts: Int, baseSeconds: Double) {
    self.attempts = attempts
    self.baseSeconds = baseSeconds
  }

  /// Seconds before the request after the `attempt`th, which is counted from 1.
  ///
  /// Exponential backoff with full jitter: uniform between 0 and the base doubled `attempt - 1` times. A wish of the endpoint
  /// is kept whole, and at most one base of jitter goes on top, so that all who were sent away do not come back together.
  /// - Parameter chance: a number in 0..<1.
  public func pause(after attempt: Int, wish: Double?, chance: Double) -> Double {
    if let wish { return max(0, wish) + chance * min(baseSeconds, 1) }
    var limit = baseSeconds
    for _ in 1..<max(1, min(attempt, 64)) where limit < Self.longestPause { limit *= 2 }
    return chance * min(limit, Self.longestPause)
  }
}
