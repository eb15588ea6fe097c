/// Agreement of two raters as a function of their table of counts in memory of someone else: `PairCounts` for loops that look
/// at millions of tables. Values are those of `PairCounts`.
public enum PairStatistic: String, Sendable, CaseIterable {
  /// Share of equal labels, 0…1. Undefined: `noOverlap`.
  case percentAgreement
  /// Cohen's κ, −1…1 (Cohen 1960). Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  case cohenKappa
  /// Gwet's AC1, at most 1 (Gwet 2008). Undefined: `noOverlap`; `zeroExpectedDisagreement` with a single category.
  case gwetAC1
  /// Krippendorff's nominal α of the pair, at most 1 (Krippendorff 2011). Undefined: `noOverlap`,
  /// `zeroExpectedDisagreement`.
  case krippendorffAlpha

  /// The statistic of counted labels.
  public func value(_ counts: PairCounts) -> Statistic<Double> {
    switch self {
    case .percentAgreement: counts.percentAgreement
    case .cohenKappa: counts.cohenKappa
    case .gwetAC1: counts.gwetAC1
    case .krippendorffAlpha: counts.krippendorffAlpha
    }
  }

  /// The same from a table in memory, without an allocation.
  /// - Parameter counts: categories × categories, rows by the first rater's label.
  @inline(__always)
  func value(_ counts: UnsafePointer<Int>, categories q: Int) -> Statistic<Double> {
    // Two categories are written out: the rest is a loop that costs more than the statistic.
    if q == 2 {
      let (a, b, c, d) = (counts[0], counts[1], counts[2], counts[3])
      let pooled = (2 * a + b + c, b + c + 2 * d)
      return value(
        count: a + b + c + d,
        agreeing: a + d,
        products: (a + b) * (a + c) + (c + d) * (b + d),
        pooledSquares: pooled.0 * pooled.0 + pooled.1 * pooled.1,
        categories: 2
      )
    }
    var (count, agreeing, products, pooledSquares) = (0, 0, 0, 0)
    for k in 0..<q {
      var (row, column) = (0, 0)
      for other in 0..<q {
        row += counts[k * q + other]
        column += counts[other * q + k]
      }
      count += row
      agreeing += counts[k * q + k]
      products += row * column
      pooledSquares += (row + column) * (row + column)
    }
    return value(
      count: count,
      agreeing: agreeing,
      products: products,
      pooledSquares: pooledSquares,
      categories: q
    )
  }

  /// - Parameters:
  ///   - products: Σ aₖbₖ of both raters' counts.
  ///   - pooledSquares: Σ (aₖ + bₖ)².
  @inline(__always)
  private func value(
    count n: Int,
    agreeing: Int,
    products: Int,
    pooledSquares: Int,
    categories q: Int
  ) -> Statistic<Double> {
    guard n > 0 else { return .undefined(.noOverlap) }
    let labels = 2 * n
    switch self {
    case .percentAgreement:
      return .value(Double(agreeing) / Double(n))
    case .cohenKappa:
      let chance = n * n - products
      return chance == 0
        ? .undefined(.zeroExpectedDisagreement) : .value(1 - Double((n - agreeing) * n) / Double(chance))
    case .krippendorffAlpha:
      let chance = labels * labels - pooledSquares
      return chance == 0
        ? .undefined(.zeroExpectedDisagreement)
        : .value(1 - Double((n - agreeing) * 2 * (labels - 1)) / Double(chance))
    case .gwetAC1:
      guard q > 1 else { return .undefined(.zeroExpectedDisagreement) }
      // (1 − pₒ)/(1 − pₑ) with pₑ = (N² − Σ Nₖ²)/(N²(q − 1)), N = 2n.
      let rest = Double(labels * labels) * Double(q - 2) + Double(pooledSquares)
      return .value(1 - Double((n - agreeing) * 4 * n) * Double(q - 1) / rest)
    }
  }
}
