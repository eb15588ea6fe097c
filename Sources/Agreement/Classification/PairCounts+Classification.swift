/// A rater (second) against a reference (first), over all classes.
extension PairCounts {
  /// Mean recall over the classes of the reference, 0…1 (Brodersen et al. 2010).
  /// Undefined: `noOverlap`, `singleReferenceClass`.
  public var balancedAccuracy: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let classes = (0..<categories).filter { rows[$0] > 0 }
    guard classes.count > 1 else { return .undefined(.singleReferenceClass) }
    let recalls = classes.compactMap { ClassCounts(self, positive: $0).recall.value }
    return .value(recalls.reduce(0, +) / Double(recalls.count))
  }

  /// Mean F1 over the classes that occur in the reference or with the rater, 0…1; a declared class that occurs in
  /// neither is left out. Undefined: `noOverlap`.
  public var macroF1: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let scores = (0..<categories).compactMap { ClassCounts(self, positive: $0).f1.value }
    return .value(scores.reduce(0, +) / Double(scores.count))
  }
}

/// Mean recall over the classes of the reference, 0…1, of lists of codes 0…254. See `PairCounts.balancedAccuracy`.
/// Undefined: `noOverlap`, `singleReferenceClass`.
public func balancedAccuracy(reference: [Int?], rater: [Int?]) -> Statistic<Double> {
  PairCounts(reference, rater).balancedAccuracy
}
