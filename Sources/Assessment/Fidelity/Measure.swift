internal import Agreement

/// A figure of a rater against a reference.
public enum Measure: String, Sendable, CaseIterable {
  case accuracy, balancedAccuracy, sensitivity, specificity, precision, f1, cohenKappa, gwetAC1, mcc

  /// The least it can be: an interval goes no further.
  var lowest: Double {
    switch self {
    case .accuracy, .balancedAccuracy, .sensitivity, .specificity, .precision, .f1: 0
    case .cohenKappa, .gwetAC1, .mcc: -1
    }
  }

  /// The figure of joint counts.
  /// - Parameters:
  ///   - counts: rows are the reference's codes, columns the rater's.
  ///   - positive: the class that sensitivity, specificity, precision and F1 are of.
  func value(_ counts: PairCounts, positive: Int) -> Statistic<Double> {
    switch self {
    case .accuracy: counts.percentAgreement
    case .cohenKappa: counts.cohenKappa
    case .gwetAC1: counts.gwetAC1
    case .mcc: counts.mcc
    case .balancedAccuracy: counts.balancedAccuracy
    case .sensitivity: ClassCounts(counts, positive: positive).recall
    case .specificity: ClassCounts(counts, positive: positive).specificity
    case .precision: ClassCounts(counts, positive: positive).precision
    case .f1: ClassCounts(counts, positive: positive).f1
    }
  }

  /// Count and denominator of a measure that is a share of items; nil for the others.
  func share(_ counts: PairCounts, positive: Int) -> (count: Int, of: Int)? {
    let own = ClassCounts(counts, positive: positive)
    switch self {
    case .accuracy: return (counts.agreeing, counts.count)
    case .sensitivity: return (own.truePositives, own.positives)
    case .specificity: return (own.trueNegatives, own.negatives)
    case .precision: return (own.truePositives, own.truePositives + own.falsePositives)
    case .balancedAccuracy, .f1, .cohenKappa, .gwetAC1, .mcc: return nil
    }
  }
}
