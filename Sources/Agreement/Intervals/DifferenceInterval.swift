/// Intervals of the difference p₁ − p₂ of two independent proportions, without continuity correction.
///
/// For all of them: successes in 0…trials of each group, level strictly between 0 and 1; undefined where a group is empty:
/// `noTrials`.
public enum DifferenceInterval {
  /// Successes of a group.
  public struct Group: Sendable, Equatable {
    /// 0…trials.
    public let successes: Int
    /// At least 0.
    public let trials: Int

    /// Makes a group.
    public init(successes: Int, trials: Int) {
      precondition(successes >= 0 && successes <= trials, "successes are 0…trials")
      self.successes = successes
      self.trials = trials
    }

    fileprivate var share: Double { Double(successes) / Double(trials) }
  }

  /// The hybrid of both groups' Wilson intervals, within −1…1 (Newcombe 1998, method 10).
  public static func newcombe(_ first: Group, _ second: Group, level: Double = 0.95) -> Statistic<Interval> {
    guard
      let one = ProportionInterval.wilson(successes: first.successes, trials: first.trials, level: level).value,
      let two = ProportionInterval.wilson(successes: second.successes, trials: second.trials, level: level).value
    else { return .undefined(.noTrials) }
    let (p, q) = (first.share, second.share)
    let below = ((p - one.low) * (p - one.low) + (two.high - q) * (two.high - q)).squareRoot()
    let above = ((one.high - p) * (one.high - p) + (q - two.low) * (q - two.low)).squareRoot()
    return .value(Interval(low: p - q - below, high: p - q + above))
  }

  /// Wald's interval with one success and one failure added to each group; its ends may leave −1…1 (Agresti & Caffo 2000).
  public static func agrestiCaffo(_ first: Group, _ second: Group, level: Double = 0.95) -> Statistic<Interval> {
    guard first.trials > 0, second.trials > 0 else { return .undefined(.noTrials) }
    return wald(
      Group(successes: first.successes + 1, trials: first.trials + 2),
      Group(successes: second.successes + 1, trials: second.trials + 2),
      level: level
    )
  }

  /// p₁ − p₂ ∓ z·√(p₁(1 − p₁)/n₁ + p₂(1 − p₂)/n₂), not cut.
  public static func wald(_ first: Group, _ second: Group, level: Double = 0.95) -> Statistic<Interval> {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    guard first.trials > 0, second.trials > 0 else { return .undefined(.noTrials) }
    let (p, q) = (first.share, second.share)
    let variance = p * (1 - p) / Double(first.trials) + q * (1 - q) / Double(second.trials)
    let half = normalQuantile(twoSided: level) * variance.squareRoot()
    return .value(Interval(low: p - q - half, high: p - q + half))
  }
}
