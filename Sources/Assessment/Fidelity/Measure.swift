public import Agreement

/// A figure of a rater against a reference.
public enum Measure: String, Sendable, CaseIterable {
  case accuracy, balancedAccuracy, sensitivity, specificity, precision, f1, cohenKappa, gwetAC1, mcc

  /// What to call it.
  public var title: String {
    switch self {
    case .accuracy: "accuracy"
    case .balancedAccuracy: "balanced accuracy"
    case .sensitivity: "sensitivity"
    case .specificity: "specificity"
    case .precision: "precision"
    case .f1: "F1"
    case .cohenKappa: "Cohen's kappa"
    case .gwetAC1: "Gwet's AC1"
    case .mcc: "MCC"
    }
  }

  /// The figure of a table of counts.
  /// - Parameters:
  ///   - table: rows are the reference's codes, columns the rater's.
  ///   - positive: the class that sensitivity, specificity, precision and F1 are of.
  func value(_ table: [[Int]], positive: Int) -> Statistic<Double> {
    switch self {
    case .accuracy: PairCounts(table: table).percentAgreement
    case .cohenKappa: PairCounts(table: table).cohenKappa
    case .gwetAC1: PairCounts(table: table).gwetAC1
    case .mcc: PairCounts(table: table).mcc
    case .balancedAccuracy: Agreement.balancedAccuracy(table: table)
    case .sensitivity: ClassCounts(table: table, positive: positive).recall
    case .specificity: ClassCounts(table: table, positive: positive).specificity
    case .precision: ClassCounts(table: table, positive: positive).precision
    case .f1: ClassCounts(table: table, positive: positive).f1
    }
  }

  /// Count and denominator of a measure that is a share of items; nil for the others.
  func share(_ table: [[Int]], positive: Int) -> (count: Int, of: Int)? {
    let counts = ClassCounts(table: table, positive: positive)
    switch self {
    case .accuracy:
      return (table.indices.reduce(0) { $0 + table[$1][$1] }, table.reduce(0) { $0 + $1.reduce(0, +) })
    case .sensitivity: return (counts.truePositives, counts.positives)
    case .specificity: return (counts.trueNegatives, counts.negatives)
    case .precision: return (counts.truePositives, counts.truePositives + counts.falsePositives)
    case .balancedAccuracy, .f1, .cohenKappa, .gwetAC1, .mcc: return nil
    }
  }
}
