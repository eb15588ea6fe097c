/// A rate corrected for a judge's errors: (q + specificity − 1)/(sensitivity + specificity − 1) (Rogan & Gladen 1978).
public struct RoganGladen: Sendable, Equatable {
  /// As the formula gives it; may lie outside 0…1.
  public let unclipped: Double
  /// Cut to 0…1.
  public let estimate: Double
  /// By the delta method, with the variances of all three rates.
  public let standardError: Double
  /// Normal interval about `unclipped`, its ends cut to 0…1.
  public let interval: Interval
  /// Share of human positives that the judge calls positive.
  public let sensitivity: Double
  /// Share of human negatives that the judge calls negative.
  public let specificity: Double
  /// q: the share that the judge calls positive where it is corrected.
  public let apparentPrevalence: Double
}

/// Corrects a judge's rate from counts.
/// - Parameters:
///   - truePositives: labelled items positive for human and judge; and so on.
///   - judgedPositives: items that the judge calls positive among the `judged` ones whose rate is wanted; these should not be
///     the labelled ones, as the variance takes the three rates as independent.
/// - Returns: undefined: `noPositives`, `noNegatives` for labelled items, `noTrials` without a judged item,
///   `judgeNotInformative` where sensitivity + specificity is at most 1.
public func roganGladen(
  truePositives: Int,
  falseNegatives: Int,
  falsePositives: Int,
  trueNegatives: Int,
  judgedPositives: Int,
  judged: Int,
  level: Double = 0.95
) -> Statistic<RoganGladen> {
  let (positives, negatives) = (truePositives + falseNegatives, trueNegatives + falsePositives)
  guard positives > 0 else { return .undefined(.noPositives) }
  guard negatives > 0 else { return .undefined(.noNegatives) }
  guard judged > 0 else { return .undefined(.noTrials) }
  // In whole numbers, so that a judge on the very line is told from one beside it: se + sp − 1 = (TP·n₀ − FP·n₁)/(n₁n₀).
  guard truePositives * negatives > falsePositives * positives else { return .undefined(.judgeNotInformative) }
  let sensitivity = Double(truePositives) / Double(positives)
  let specificity = Double(trueNegatives) / Double(negatives)
  let q = Double(judgedPositives) / Double(judged)
  let informed = sensitivity + specificity - 1
  let rate = (q + specificity - 1) / informed
  let variance =
    (q * (1 - q) / Double(judged)
      + rate * rate * sensitivity * (1 - sensitivity) / Double(positives)
      + (1 - rate) * (1 - rate) * specificity * (1 - specificity) / Double(negatives)) / (informed * informed)
  let error = variance.squareRoot()
  let uncut = Interval.normal(rate, error, level: level)
  let clip = { (value: Double) in min(1, max(0, value)) }
  return .value(
    RoganGladen(
      unclipped: rate,
      estimate: clip(rate),
      standardError: error,
      interval: Interval(low: clip(uncut.low), high: clip(uncut.high)),
      sensitivity: sensitivity,
      specificity: specificity,
      apparentPrevalence: q
    )
  )
}

/// Where the judge's own rate is taken.
public enum ApparentPrevalence: String, Sendable, CaseIterable {
  /// On items without a human label: independent of the labelled ones.
  case unlabelled
  /// On all items that the judge labelled; the variance then takes as independent what is not.
  case allJudged
}

/// Corrects a judge's rate from labels on the same items, for one class taken as positive.
/// - Parameter prevalence: nil takes the unlabelled items, or all judged ones where none is unlabelled.
/// - Returns: undefined as for counts.
public func roganGladen(
  human: Labels,
  judge: Labels,
  positive: Int,
  prevalence: ApparentPrevalence? = nil,
  level: Double = 0.95
) -> Statistic<RoganGladen> {
  let counts = JudgedCounts(human: human, judge: judge, positive: positive)
  let labelled = counts.labelled
  let all = (prevalence ?? (counts.unlabelled > 0 ? .unlabelled : .allJudged)) == .allJudged
  return roganGladen(
    truePositives: labelled.truePositives,
    falseNegatives: labelled.falseNegatives,
    falsePositives: labelled.falsePositives,
    trueNegatives: labelled.trueNegatives,
    judgedPositives: counts.unlabelledPositives + (all ? labelled.truePositives + labelled.falsePositives : 0),
    judged: counts.unlabelled + (all ? labelled.count : 0),
    level: level
  )
}
