/// How far apart two labels count in Krippendorff's α (Krippendorff 2011).
public enum KrippendorffLevel: String, Sendable, CaseIterable {
  /// Different is different.
  case nominal
  /// By the labels that lie between, from the pooled counts of pairable labels.
  case ordinal
  /// By the square of the difference of codes.
  case interval

  /// Where each category lies, if disagreement is the square of a difference. The labels between two categories, half of
  /// each of the two with them, are half the difference of these places.
  func places(_ pairable: [Int]) -> [Int]? {
    switch self {
    case .nominal: return nil
    case .interval: return Array(pairable.indices)
    case .ordinal:
      var below = 0
      return pairable.map { count in
        defer { below += count }
        return 2 * below + count
      }
    }
  }
}

/// Krippendorff's α = 1 − Dₒ/Dₑ over pairable values: an item with m ≥ 2 labels gives each of its pairs the weight
/// 1/(m − 1), and chance takes pairs of all N pairable values without putting back, hence N − 1 (Krippendorff 2011,
/// "Computing Krippendorff's Alpha-Reliability").
extension RatingCounts {
  /// α, at most 1, in whole numbers by the items' number of labels.
  /// - Returns: undefined for `noOverlap`, `zeroExpectedDisagreement` (all pairable labels equal).
  func krippendorffAlpha(_ level: KrippendorffLevel) -> Statistic<Double> {
    let pairable = pooled(from: 2)
    let number = pairable.reduce(0, +)
    guard number > 0 else { return .undefined(.noOverlap) }
    guard pairable.count(where: { $0 > 0 }) > 1 else { return .undefined(.zeroExpectedDisagreement) }
    let places = level.places(pairable)
    func disagreement(_ counts: ArraySlice<Int>, _ labels: Int) -> Int128 {
      guard let places else { return Int128(AgreementWeights.identity.disagreement(counts, labels: labels)) }
      var (first, second): (Int128, Int128) = (0, 0)
      for (place, count) in zip(places, counts) where count > 0 {
        first += Int128(place) * Int128(count)
        second += Int128(place) * Int128(place) * Int128(count)
      }
      return 2 * (Int128(labels) * second - first * first)
    }
    let sums = sums(disagreement)
    let observed = (2..<sums.count).reduce(0.0) { $0 + Double(sums[$1]) / Double($1 - 1) }
    return .value(alpha(observed: observed, values: number, chance: Double(disagreement(pairable[...], number))))
  }
}

/// 1 − (N − 1)·observed/chance: the disagreements of all ordered pairs, within items over m − 1 and over all N values.
func alpha(observed: Double, values: Int, chance: Double) -> Double { 1 - Double(values - 1) * observed / chance }

/// Krippendorff's alpha for nominal labels with missing data, at most 1.
/// - Parameter raters: the labels of each rater, item by item, codes 0…254, nil where there is none; a rater without any
///   label does not count as one.
/// - Returns: undefined for `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all pairable values equal).
public func krippendorffAlpha(nominal raters: [[Int?]]) -> Statistic<Double> {
  let items = raters.map(\.count).max() ?? 0
  let highest = raters.reduce(-1) { $1.reduce($0) { max($0, $1 ?? -1) } }
  let columns = raters.map { Labels($0 + [Int?](repeating: nil, count: items - $0.count)) }
  return MultiRater(columns: columns, items: items, categories: highest + 1).krippendorffAlpha(.nominal)
}

/// Krippendorff's α of scores on an interval scale, at most 1.
/// - Parameter values: `[raters × items]`, finite, nil where there is none; a rater without any score does not count as
///   one.
/// - Returns: undefined for `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all pairable values equal).
public func krippendorffAlpha(values: [[Double?]]) -> Statistic<Double> {
  let raters = values.filter { $0.contains { $0 != nil } }
  guard raters.count >= 2 else { return .undefined(.tooFewRaters) }
  precondition(raters.allSatisfy { $0.count == raters[0].count }, "every rater needs the same items")
  let items = raters[0].indices.map { item in raters.compactMap { $0[item] } }.filter { $0.count >= 2 }
  let pairable = items.flatMap { $0 }
  guard let first = pairable.first else { return .undefined(.noOverlap) }
  guard pairable.contains(where: { $0 != first }) else { return .undefined(.zeroExpectedDisagreement) }
  // The squared differences of all ordered pairs of m values are 2m times their squares about the mean.
  let observed = items.reduce(0.0) { $0 + 2 * Double($1.count) * squares($1) / Double($1.count - 1) }
  let chance = 2 * Double(pairable.count) * squares(pairable)
  return .value(alpha(observed: observed, values: pairable.count, chance: chance))
}

/// Sum of squares about the mean; 0 exactly for equal values.
private func squares(_ values: [Double]) -> Double {
  guard values.contains(where: { $0 != values[0] }) else { return 0 }
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  // The second term takes off what the rounding of the mean added.
  let rest = values.reduce(0) { $0 + ($1 - mean) }
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } - rest * rest / count
}
