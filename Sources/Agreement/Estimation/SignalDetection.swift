internal import Glibc

/// How well a judge tells a signal (the human's positive class) from noise, apart from how readily it says so: equal-variance
/// signal detection with the log-linear correction, always applied: rate = (count + ½)/(total + 1) (Hautus 1995).
public struct SignalDetection: Sendable, Equatable {
  /// Corrected share of signals called signals, strictly between 0 and 1.
  public let hitRate: Double
  /// Corrected share of noise called signal, strictly between 0 and 1.
  public let falseAlarmRate: Double
  /// d′ = z(hit rate) − z(false-alarm rate): 0 tells nothing apart.
  public let dPrime: Double
  /// c = −(z(H) + z(F))/2: above 0 the judge is slow to say signal.
  public let criterion: Double
  /// ln β = (z(F)² − z(H)²)/2 = c·d′.
  public let lnBeta: Double
  /// Standard error of d′ (Gourevitch & Galanter 1967), with corrected rates and raw counts.
  public let dPrimeStandardError: Double
  /// Standard error of c: half that of d′, as both have the same two variances.
  public var criterionStandardError: Double { dPrimeStandardError / 2 }

  /// From counts. `hits` of `signals` and `falseAlarms` of `noise` were called signal.
  /// - Returns: undefined: `noPositives` without a signal, `noNegatives` without noise.
  public static func counts(hits: Int, signals: Int, falseAlarms: Int, noise: Int) -> Statistic<SignalDetection> {
    guard signals > 0 else { return .undefined(.noPositives) }
    guard noise > 0 else { return .undefined(.noNegatives) }
    let hit = (Double(hits) + 0.5) / (Double(signals) + 1)
    let alarm = (Double(falseAlarms) + 0.5) / (Double(noise) + 1)
    let (zHit, zAlarm) = (normalQuantile(hit), normalQuantile(alarm))
    let variance =
      hit * (1 - hit) / (Double(signals) * normalDensity(zHit) * normalDensity(zHit))
      + alarm * (1 - alarm) / (Double(noise) * normalDensity(zAlarm) * normalDensity(zAlarm))
    return .value(
      SignalDetection(
        hitRate: hit,
        falseAlarmRate: alarm,
        dPrime: zHit - zAlarm,
        criterion: -(zHit + zAlarm) / 2,
        lnBeta: (zAlarm * zAlarm - zHit * zHit) / 2,
        dPrimeStandardError: variance.squareRoot()
      )
    )
  }

  /// From labels on the same items; items that lack either label are left out.
  /// - Parameter signal: the class taken as signal.
  /// - Returns: undefined as for counts.
  public static func labels(human: Labels, judge: Labels, signal: Int) -> Statistic<SignalDetection> {
    let counts = JudgedCounts(human: human, judge: judge, positive: signal).labelled
    return Self.counts(
      hits: counts.truePositives,
      signals: counts.positives,
      falseAlarms: counts.falsePositives,
      noise: counts.negatives
    )
  }

  /// The same for each condition, as kinds of prompt or systems: does sensitivity change, or the criterion alone?
  /// - Parameter conditions: the condition 0..<`count` of each item.
  /// - Returns: one result a condition, each undefined as for counts.
  public static func byCondition(
    human: Labels,
    judge: Labels,
    signal: Int,
    conditions: [Int],
    count: Int
  ) -> [Statistic<SignalDetection>] {
    var items = [[Int]](repeating: [], count: count)
    for (item, condition) in conditions.enumerated() { items[condition].append(item) }
    return items.map { labels(human: human.selecting($0), judge: judge.selecting($0), signal: signal) }
  }

  /// Difference of d′ between two independent conditions, with its standard error, z and two-sided p (Gourevitch & Galanter
  /// 1967).
  public static func dPrimeDifference(_ first: SignalDetection, _ second: SignalDetection) -> Difference {
    Difference(
      first.dPrime - second.dPrime,
      first.dPrimeStandardError,
      second.dPrimeStandardError
    )
  }

  /// Difference of the criterion between two independent conditions.
  public static func criterionDifference(_ first: SignalDetection, _ second: SignalDetection) -> Difference {
    Difference(
      first.criterion - second.criterion,
      first.criterionStandardError,
      second.criterionStandardError
    )
  }

  /// Whether several independent conditions share one d′: Σ(d′ − mean)²/SE² with weights 1/SE², chi-square with one degree less
  /// than conditions (Marascuilo 1970). Undefined: `tooFewItems` with fewer than two conditions.
  public static func dPrimeHomogeneity(_ conditions: [SignalDetection]) -> Statistic<TestResult> {
    guard conditions.count > 1 else { return .undefined(.tooFewItems) }
    let weights = conditions.map { 1 / ($0.dPrimeStandardError * $0.dPrimeStandardError) }
    let mean = zip(conditions, weights).reduce(0) { $0 + $1.0.dPrime * $1.1 } / weights.reduce(0, +)
    let statistic = zip(conditions, weights).reduce(0) { $0 + ($1.0.dPrime - mean) * ($1.0.dPrime - mean) * $1.1 }
    return .value(TestResult(chiSquare: statistic, degrees: conditions.count - 1))
  }

  /// A difference between conditions.
  public struct Difference: Sendable, Equatable {
    /// First minus second.
    public let value: Double
    /// Its standard error.
    public let standardError: Double
    /// value / standardError.
    public let z: Double
    /// Two-sided p of no difference, 0…1.
    public let p: Double

    fileprivate init(_ value: Double, _ first: Double, _ second: Double) {
      self.value = value
      standardError = (first * first + second * second).squareRoot()
      z = value / standardError
      p = erfc(abs(z) / 2.0.squareRoot())
    }
  }
}
