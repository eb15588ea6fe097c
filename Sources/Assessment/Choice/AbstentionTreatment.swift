/// What becomes of answers that a rater gave no label.
public enum AbstentionTreatment: String, Sendable, CaseIterable {
  /// They are left out: of a rate's denominator, or of a pair (pairwise deletion). The standard.
  case leaveOut
  /// They count as refusals: one end of the worst case.
  case asPositive
  /// They count as non-refusals: the other end.
  case asNegative

  /// The label under this treatment: whether it is positive, nil where it is left out.
  func isPositive(_ label: Int?, positive: Int) -> Bool? {
    guard let label else {
      switch self {
      case .leaveOut: return nil
      case .asPositive: return true
      case .asNegative: return false
      }
    }
    return label == positive
  }
}
