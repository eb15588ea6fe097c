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

  /// One class against the rest.
  /// - Parameters:
  ///   - pair: the reference first, then the rater.
  ///   - positive: the class's code; one that is not declared occurs nowhere.
  public init(_ pair: PairCounts, positive: Int) {
    let isDeclared = (0..<pair.categories).contains(positive)
    truePositives = isDeclared ? pair[positive, positive] : 0
    falsePositives = isDeclared ? pair.columns[positive] - truePositives : 0
    falseNegatives = isDeclared ? pair.rows[positive] - truePositives : 0
    trueNegatives = pair.count - truePositives - falsePositives - falseNegatives
  }

  /// Counts items that have both labels, codes 0…254.
  public init(reference: [Int?], rater: [Int?], positive: Int) {
    self.init(PairCounts(reference, rater), positive: positive)
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

  /// Share of items on which both take the same side of the class, 0…1. Undefined: `noOverlap`.
  public var accuracy: Statistic<Double> { ratio(truePositives + trueNegatives, of: count, .noOverlap) }
  /// Share of reference positives that were found (sensitivity), 0…1. Undefined: `noOverlap`, `noPositives`.
  public var recall: Statistic<Double> { ratio(truePositives, of: positives, .noPositives) }
  /// Share of reference negatives that were left alone, 0…1. Undefined: `noOverlap`, `noNegatives`.
  public var specificity: Statistic<Double> { ratio(trueNegatives, of: negatives, .noNegatives) }
  /// Share of found positives that are right, 0…1. Undefined: `noOverlap`, `noPredictedPositives`.
  public var precision: Statistic<Double> {
    ratio(truePositives, of: truePositives + falsePositives, .noPredictedPositives)
  }
  /// Share of found negatives that are right, 0…1. Undefined: `noOverlap`, `noPredictedNegatives`.
  public var negativePredictiveValue: Statistic<Double> {
    ratio(trueNegatives, of: trueNegatives + falseNegatives, .noPredictedNegatives)
  }
  /// 2TP/(2TP+FP+FN), 0…1; 0 with errors and no hit (van Rijsbergen 1979). Undefined: `noOverlap`, `classAbsent`.
  public var f1: Statistic<Double> {
    ratio(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives, .classAbsent)
  }
}
