internal import Glibc

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

/// The quantile of the standard normal distribution, for 0 < p < 1: Acklam's rational start, then Halley steps on `erfc`
/// down to double precision.
public func normalQuantile(_ p: Double) -> Double {
  guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
  if p > 0.5 { return -normalQuantile(1 - p) }
  var x: Double
  if p < 0.02425 {
    let q = (-2 * log(p)).squareRoot()
    x =
      (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
        + 4.374664141464968) * q + 2.938163982698783)
      / ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
        + 1)
  } else {
    let q = p - 0.5
    let r = q * q
    x =
      (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
        + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
      / (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
        + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1)
  }
  for _ in 0..<3 {
    let error = 0.5 * erfc(-x / 2.0.squareRoot()) - p
    let u = error * (2 * Double.pi).squareRoot() * exp(x * x / 2)
    x -= u / (1 + x * u / 2)
  }
  return x
}
