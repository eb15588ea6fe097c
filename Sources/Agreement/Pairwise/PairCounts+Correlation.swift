extension PairCounts {
  /// Pearson's correlation of the codes, −1…1, in whole numbers up to the last division; φ for two categories.
  /// Undefined: `noOverlap`, `tooFewItems` (one item), `constantRater`.
  public var pearson: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    guard count >= 2 else { return .undefined(.tooFewItems) }
    func moments(_ counts: [Int]) -> (first: Int, second: Int) {
      counts.enumerated().reduce((0, 0)) {
        ($0.0 + $1.offset * $1.element, $0.1 + $1.offset * $1.offset * $1.element)
      }
    }
    let (x, y) = (moments(rows), moments(columns))
    var product = 0
    for i in 1..<categories { for j in 1..<categories { product += i * j * self[i, j] } }
    let n = Int128(count)
    let xSpread = n * Int128(x.second) - Int128(x.first) * Int128(x.first)
    let ySpread = n * Int128(y.second) - Int128(y.first) * Int128(y.first)
    guard xSpread > 0, ySpread > 0 else { return .undefined(.constantRater) }
    let together = n * Int128(product) - Int128(x.first) * Int128(y.first)
    return .value(correlation(Double(together), Double(xSpread), Double(ySpread)))
  }

  /// φ, Pearson's correlation of two binary raters. See `pearson`.
  public var phi: Statistic<Double> { pearson }

  /// Spearman's correlation of the codes by midranks, −1…1.
  /// Undefined: `noOverlap`, `tooFewItems` (one item), `constantRater`.
  public var spearman: Statistic<Double> { RankPairs(self).spearman }

  /// Kendall's τ-b of the codes, −1…1 (Kendall 1945).
  /// Undefined: `noOverlap`, `tooFewItems` (one item), `constantRater`.
  public var kendallTauB: Statistic<Double> { RankPairs(self).kendallTauB }

  /// Matthews' correlation for any number of classes, R_K, −1…1 (Gorodkin 2004).
  /// Undefined: `noOverlap`, `constantRater`.
  public var mcc: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let square = count * count
    let xSpread = square - rows.reduce(0) { $0 + $1 * $1 }
    let ySpread = square - columns.reduce(0) { $0 + $1 * $1 }
    guard xSpread > 0, ySpread > 0 else { return .undefined(.constantRater) }
    let together = agreeing * count - zip(rows, columns).reduce(0) { $0 + $1.0 * $1.1 }
    return .value(correlation(Double(together), Double(xSpread), Double(ySpread)))
  }
}
