/// What Student's paired test says (Student 1908).
public struct PairedTTest: Sendable, Equatable {
  /// Mean of first − second.
  public let meanDifference: Double
  /// Its standard error, above 0.
  public let standardError: Double
  /// Mean over standard error.
  public let statistic: Double
  /// Pairs − 1.
  public let degrees: Double
  /// Two-sided, 0…1.
  public let p: Double
  /// The interval of the mean difference at the level asked for.
  public let interval: Interval
}

/// Student's two-sided test of the differences of paired values.
/// - Parameters:
///   - second: as many values as `first`.
///   - level: coverage of the interval, strictly between 0 and 1.
/// - Returns: undefined without a pair: `noOverlap`, with one: `tooFewItems`, where all differences are equal: `noVariance`.
public func pairedTTest(_ first: [Double], _ second: [Double], level: Double = 0.95) -> Statistic<PairedTTest> {
  precondition(first.count == second.count, "a paired test needs pairs")
  precondition(level > 0 && level < 1, "a level is between 0 and 1")
  guard first.count > 0 else { return .undefined(.noOverlap) }
  guard first.count > 1 else { return .undefined(.tooFewItems) }
  let differences = zip(first, second).map { $0 - $1 }
  let n = Double(differences.count)
  let mean = differences[0] + differences.reduce(0) { $0 + ($1 - differences[0]) } / n
  // 0.3 − 0.1 and 0.4 − 0.2 differ in their last digit: so small a spread is rounding.
  let floor = 16 * Double.ulpOfOne * ((first + second).map(abs).max() ?? 0)
  guard differences.contains(where: { abs($0 - mean) > floor }) else { return .undefined(.noVariance) }
  let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
  let error = (variance / n).squareRoot()
  let half = -studentTQuantile((1 - level) / 2, degrees: n - 1) * error
  return .value(
    PairedTTest(
      meanDifference: mean,
      standardError: error,
      statistic: mean / error,
      degrees: n - 1,
      p: studentTTwoSided(mean / error, degrees: n - 1),
      interval: Interval(low: mean - half, high: mean + half)
    )
  )
}
