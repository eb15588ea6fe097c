/// A rater's labels against a reference, for one class taken as positive.
public struct ClassCounts: Sendable, Equatable {
  /// Positive in both.
  public let truePositives: Int
  /// Positive for the rater alone.
  public let falsePositives: Int
  /// Positive in the reference alone.
  public let falseNegatives: Int
  /// Positive in neither.
  public let trueNegatives: Int

  /// Counts items that have both labels.
  public init(reference: [Int?], rater: [Int?], positive: Int) {
    var counts = (tp: 0, fp: 0, fn: 0, tn: 0)
    for case (let truth?, let label?) in zip(reference, rater) {
      switch (truth == positive, label == positive) {
      case (true, true): counts.tp += 1
      case (false, true): counts.fp += 1
      case (true, false): counts.fn += 1
      case (false, false): counts.tn += 1
      }
    }
    truePositives = counts.tp
    falsePositives = counts.fp
    falseNegatives = counts.fn
    trueNegatives = counts.tn
  }

  /// Items counted.
  public var count: Int { truePositives + falsePositives + falseNegatives + trueNegatives }
  /// Items whose reference is positive.
  public var positives: Int { truePositives + falseNegatives }
  /// Items whose reference is negative.
  public var negatives: Int { trueNegatives + falsePositives }

  /// The counts themselves, undefined without an item: `noOverlap`.
  public var confusion: Statistic<ClassCounts> { count == 0 ? .undefined(.noOverlap) : .value(self) }

  private func ratio(_ part: Int, of whole: Int, _ reason: UndefinedReason) -> Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    return whole == 0 ? .undefined(reason) : .value(Double(part) / Double(whole))
  }

  /// Share of items on which both take the same side of the class, 0…1.
  public var accuracy: Statistic<Double> { ratio(truePositives + trueNegatives, of: count, .noOverlap) }
  /// Share of reference positives that were found (sensitivity), 0…1. Undefined: `noPositives`.
  public var recall: Statistic<Double> { ratio(truePositives, of: positives, .noPositives) }
  /// Share of reference negatives that were left alone, 0…1. Undefined: `noNegatives`.
  public var specificity: Statistic<Double> { ratio(trueNegatives, of: negatives, .noNegatives) }
  /// Share of found positives that are right, 0…1. Undefined: `noPredictedPositives`.
  public var precision: Statistic<Double> {
    ratio(truePositives, of: truePositives + falsePositives, .noPredictedPositives)
  }
  /// Share of found negatives that are right, 0…1. Undefined: `noPredictedNegatives`.
  public var negativePredictiveValue: Statistic<Double> {
    ratio(trueNegatives, of: trueNegatives + falseNegatives, .noPredictedNegatives)
  }
  /// 2TP/(2TP+FP+FN), 0…1; 0 with errors and no hit. Undefined: `classAbsent`.
  public var f1: Statistic<Double> {
    ratio(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives, .classAbsent)
  }
}

/// Mean recall over the classes of the reference, 0…1 (Brodersen 2010). Undefined: `noOverlap`, `singleReferenceClass`.
public func balancedAccuracy(reference: [Int?], rater: [Int?]) -> Statistic<Double> {
  let pairs = zip(reference, rater).compactMap { truth, label in truth.flatMap { t in label.map { (t, $0) } } }
  guard !pairs.isEmpty else { return .undefined(.noOverlap) }
  let classes = Set(pairs.map(\.0)).sorted()
  guard classes.count > 1 else { return .undefined(.singleReferenceClass) }
  let recalls = classes.map { ClassCounts(reference: reference, rater: rater, positive: $0).recall.value ?? 0 }
  return .value(recalls.reduce(0, +) / Double(recalls.count))
}
