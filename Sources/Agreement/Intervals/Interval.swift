/// An interval for a quantity.
public struct Interval: Sendable, Equatable {
  /// Lower end.
  public let low: Double
  /// Upper end.
  public let high: Double

  /// Makes an interval.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Cut to 0…1.
  var clipped: Interval { Interval(low: min(1, max(0, low)), high: min(1, max(0, high))) }
}

/// The standard normal quantile of a two-sided level: 1.96 for 0.95.
/// - Parameter level: coverage, strictly between 0 and 1.
public func normalQuantile(twoSided level: Double) -> Double {
  // From the lower tail: at a level near 1 the upper one is 1 minus something tiny.
  -normalQuantile((1 - level) / 2)
}
