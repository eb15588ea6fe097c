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
}

/// Wilson's score interval of a proportion, without continuity correction (Wilson 1927; Brown, Cai & DasGupta 2001).
/// - Parameters:
///   - successes: 0…trials.
///   - level: coverage, strictly between 0 and 1.
/// - Returns: ends in 0…1; undefined without a trial: `noTrials`.
public func wilsonInterval(successes: Int, trials: Int, level: Double = 0.95) -> Statistic<Interval> {
  guard trials > 0 else { return .undefined(.noTrials) }
  let n = Double(trials)
  let p = Double(successes) / n
  let z = normalQuantile(1 - (1 - level) / 2)
  let denominator = 1 + z * z / n
  let center = (p + z * z / (2 * n)) / denominator
  let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / denominator
  // At the ends the formula gives 0 and 1 exactly but for rounding.
  let low = successes == 0 ? 0 : max(0, center - half)
  let high = successes == trials ? 1 : min(1, center + half)
  return .value(Interval(low: low, high: high))
}
