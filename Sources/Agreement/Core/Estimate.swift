/// A coefficient with its standard error and interval.
public struct Estimate: Sendable, Equatable {
  /// The coefficient.
  public let value: Double
  /// Its standard error, at least 0.
  public let standardError: Double
  /// Its interval.
  public let interval: Interval

  /// Makes an estimate.
  public init(value: Double, standardError: Double, interval: Interval) {
    self.value = value
    self.standardError = standardError
    self.interval = interval
  }
}
