/// Agreement of two raters on the same items. Labels are codes of categories, nil where a rater gave none; items that
/// lack a label of either rater are left out (pairwise deletion).
public struct PairedLabels: Sendable {
  /// Counts by (first rater's label, second rater's label).
  private let counts: [Cell: Int]
  /// Items with both labels.
  public let count: Int

  private struct Cell: Hashable {
    let first: Int
    let second: Int
  }

  /// Pairs the labels of two raters item by item; both lists have the same length.
  public init(_ first: [Int?], _ second: [Int?]) {
    var counts: [Cell: Int] = [:]
    var total = 0
    for case (let a?, let b?) in zip(first, second) {
      counts[Cell(first: a, second: b), default: 0] += 1
      total += 1
    }
    self.counts = counts
    count = total
  }

  /// Items on which both gave the same label.
  public var agreeing: Int { counts.reduce(0) { $0 + ($1.key.first == $1.key.second ? $1.value : 0) } }

  /// Items that the first labelled `first` and the second `second`.
  public func count(_ first: Int, _ second: Int) -> Int { counts[Cell(first: first, second: second)] ?? 0 }

  /// Share of items with equal labels, 0…1. Undefined: `noOverlap`.
  public var percentAgreement: Statistic<Double> {
    count == 0 ? .undefined(.noOverlap) : .value(Double(agreeing) / Double(count))
  }

  /// Cohen's κ = 1 − Dₒ/Dₑ with each rater's own marginals, −1…1 (Cohen 1960).
  ///
  /// One constant rater gives 0; two that always give the same one label leave chance nothing to disagree about.
  /// Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public var cohenKappa: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    var firsts: [Int: Int] = [:]
    var seconds: [Int: Int] = [:]
    for (cell, number) in counts {
      firsts[cell.first, default: 0] += number
      seconds[cell.second, default: 0] += number
    }
    // In whole numbers, so that "no chance disagreement" is exact: n² Dₑ = n² − Σ aᵢ bᵢ.
    let chance = count * count - firsts.reduce(0) { $0 + $1.value * (seconds[$1.key] ?? 0) }
    guard chance > 0 else { return .undefined(.zeroExpectedDisagreement) }
    return .value(1 - Double((count - agreeing) * count) / Double(chance))
  }
}
