/// Krippendorff's alpha for nominal labels with missing data, at most 1.
///
/// α = 1 − Dₒ/Dₑ over pairable values: an item with m ≥ 2 labels gives each of its pairs the weight 1/(m − 1)
/// (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability").
/// - Parameter raters: the labels of each rater, item by item, nil where there is none; a rater without any label does
///   not count as one.
/// - Returns: undefined for `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all pairable values equal).
public func krippendorffAlpha(nominal raters: [[Int?]]) -> Statistic<Double> {
  let speaking = raters.filter { $0.contains { $0 != nil } }
  guard speaking.count >= 2 else { return .undefined(.tooFewRaters) }
  let itemCount = speaking.map(\.count).max() ?? 0
  var totals: [Int: Int] = [:]
  var pairable = 0
  var observed = 0.0
  for item in 0..<itemCount {
    var counts: [Int: Int] = [:]
    for labels in speaking where item < labels.count { if let label = labels[item] { counts[label, default: 0] += 1 } }
    let m = counts.values.reduce(0, +)
    guard m >= 2 else { continue }
    pairable += m
    for (label, number) in counts { totals[label, default: 0] += number }
    let differing = m * m - counts.values.reduce(0) { $0 + $1 * $1 }
    observed += Double(differing) / Double(m - 1)
  }
  guard pairable > 0 else { return .undefined(.noOverlap) }
  let chance = pairable * pairable - totals.values.reduce(0) { $0 + $1 * $1 }
  guard chance > 0 else { return .undefined(.zeroExpectedDisagreement) }
  return .value(1 - observed * Double(pairable - 1) / Double(chance))
}
