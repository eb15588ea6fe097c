/// Agreement of two raters on lists of labels. Labels are codes 0…254 of categories, nil where a rater gave none; items that
/// lack a label of either rater are left out (pairwise deletion).
public struct PairedLabels: Sendable {
  /// The counts, over as many categories as the highest code needs.
  public let counts: PairCounts

  /// Pairs the labels of two raters item by item; both lists have the same length.
  public init(_ first: [Int?], _ second: [Int?]) { counts = PairCounts(first, second) }

  /// Items with both labels.
  public var count: Int { counts.count }

  /// Items on which both gave the same label.
  public var agreeing: Int { counts.agreeing }

  /// Items that the first labelled `first` and the second `second`.
  public func count(_ first: Int, _ second: Int) -> Int {
    let codes = 0..<counts.categories
    return codes.contains(first) && codes.contains(second) ? counts[first, second] : 0
  }

  /// Share of items with equal labels, 0…1. Undefined: `noOverlap`.
  public var percentAgreement: Statistic<Double> { counts.percentAgreement }

  /// Cohen's κ, −1…1. Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public var cohenKappa: Statistic<Double> { counts.cohenKappa }
}

extension PairCounts {
  /// Counts lists of codes, over as many categories as the highest code needs.
  init(_ first: [Int?], _ second: [Int?]) {
    let highest = (first + second).reduce(-1) { max($0, $1 ?? -1) }
    self.init(Labels(first), Labels(second), categories: highest + 1)
  }
}
