extension PairCounts {
  /// Gwet's AC1 with declared q, at most 1 (Gwet 2008): 1 where both always gave the same one label.
  /// Undefined: `noOverlap`; `zeroExpectedDisagreement` with a single declared category.
  public var gwetAC1: Statistic<Double> { gwetAC2(weights: .identity) }

  /// Gwet's AC1 with standard error and interval. See `gwetAC2Estimate(weights:level:)`.
  public var gwetAC1Estimate: Statistic<Estimate> { gwetAC2Estimate(weights: .identity) }

  /// Gwet's AC2: AC1 with weights by the distance of declared codes, at most 1 (Gwet 2014).
  /// Undefined: `noOverlap`; `zeroExpectedDisagreement` with a single declared category.
  public func gwetAC2(weights: AgreementWeights) -> Statistic<Double> { gwet(weights).map(\.coefficient) }

  /// Gwet's AC2 with its standard error over items, no finite-population factor, and Student-t interval cut at 1
  /// (Gwet 2008, 2014). Undefined: as the coefficient, then `tooFewItems` (one item).
  public func gwetAC2Estimate(weights: AgreementWeights, level: Double = 0.95) -> Statistic<Estimate> {
    let gwet: ChanceCorrection
    switch self.gwet(weights) {
    case .undefined(let reason): return .undefined(reason)
    case .value(let value): gwet = value
    }
    let factor = weights.chanceFactor(categories: categories)
    let maximum = Double(weights.maximum(categories: categories))
    let labels = Double(2 * count)
    // All items of a cell have the same value, so that one pass over cells is enough.
    let chance = pooled.map { 1 - factor * (1 - Double($0) / labels) }
    var squares = 0.0
    for i in 0..<categories {
      for j in 0..<categories where self[i, j] > 0 {
        let away = gwet.deviation(
          observed: Double(weights.distance(i, j)) / maximum,
          expected: (chance[i] + chance[j]) / 2
        )
        squares += Double(self[i, j]) * away * away
      }
    }
    return gwet.estimate(squares: squares, level: level)
  }

  private func gwet(_ weights: AgreementWeights) -> Statistic<ChanceCorrection> {
    guard count > 0 else { return .undefined(.noOverlap) }
    guard categories >= 2 else { return .undefined(.zeroExpectedDisagreement) }
    let labels = 2 * count
    let spread = pooled.reduce(0) { $0 + $1 * (labels - $1) }
    let steps = weights.maximum(categories: categories) * count
    return .value(
      ChanceCorrection(
        observed: Double(disagreement(weights)) / Double(steps),
        expected: 1 - weights.chanceFactor(categories: categories) * (Double(spread) / Double(labels * labels)),
        items: count,
        overlapping: count
      )
    )
  }
}

extension AgreementWeights {
  /// ΣW/(q(q − 1)) over declared categories, the factor of Σπ(1 − π) in Gwet's chance agreement; 1/(q − 1) for identity.
  func chanceFactor(categories q: Int) -> Double {
    let steps = maximum(categories: q)
    return Double(q * q * steps - total(categories: q)) / Double(q * (q - 1) * steps)
  }
}
