/// together/√(x·y): with one root over the product a perfect correlation is 1 exactly; rounding never leaves −1…1.
func correlation(_ together: Double, _ x: Double, _ y: Double) -> Double {
  min(1, max(-1, together / (x * y).squareRoot()))
}

/// Pearson's correlation, −1…1, of finite numbers.
/// Undefined: `noOverlap` (nothing), `tooFewItems` (one item), `constantRater` (a side with equal values).
public func pearson(_ x: [Double], _ y: [Double]) -> Statistic<Double> {
  precondition(x.count == y.count, "both sides need the same items")
  precondition((x + y).allSatisfy(\.isFinite), "only finite numbers correlate")
  if x.isEmpty { return .undefined(.noOverlap) }
  if x.count < 2 { return .undefined(.tooFewItems) }
  guard x.contains(where: { $0 != x[0] }), y.contains(where: { $0 != y[0] }) else { return .undefined(.constantRater) }
  let (dx, dy) = (centred(x), centred(y))
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  return .value(correlation(product(dx, dy), product(dx, dx), product(dy, dy)))
}

/// Spearman's correlation, −1…1: Pearson's of midranks (Spearman 1904), in whole numbers.
/// Undefined: `noOverlap`, `tooFewItems`, `constantRater`.
public func spearman(_ x: [Double], _ y: [Double]) -> Statistic<Double> { RankPairs(x, y).spearman }

/// Kendall's τ-b, −1…1 (Kendall 1945), in whole numbers. Undefined: `noOverlap`, `tooFewItems`, `constantRater`.
public func kendallTauB(_ x: [Double], _ y: [Double]) -> Statistic<Double> { RankPairs(x, y).kendallTauB }

/// The values less their mean, scaled so that the largest is near 1: neither tiny nor huge values lose their squares.
/// Not all values are equal.
private func centred(_ values: [Double]) -> [Double] {
  func scaled(_ values: [Double]) -> [Double] {
    let exponent = values.reduce(0) { max($0, abs($1)) }.exponent
    let scale = Double(sign: .plus, exponent: min(1023, -exponent), significand: 1)
    return values.map { $0 * scale }
  }
  func aboutMean(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }
  // Twice: the mean of close values is rounded to no less than their distance.
  return aboutMean(scaled(aboutMean(scaled(values))))
}
