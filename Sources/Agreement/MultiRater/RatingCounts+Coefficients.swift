/// Where the chance agreement of a pooled coefficient comes from.
enum PooledChance: Sendable {
  /// Gwet's: π(1 − π) (Gwet 2008).
  case gwet
  /// Fleiss': the pooled shares with themselves (Fleiss 1971).
  case fleiss
  /// All declared categories alike (Brennan & Prediger 1981).
  case uniform
}

extension RatingCounts {
  /// The coefficient's observed and chance disagreement.
  /// - Returns: undefined for `noOverlap`, `zeroExpectedDisagreement`.
  func correction(_ chance: PooledChance, _ weights: AgreementWeights) -> Statistic<ChanceCorrection> {
    guard overlappingItems > 0 else { return .undefined(.noOverlap) }
    let hasChance = chance == .fleiss ? !isConstant : categories >= 2
    guard hasChance else { return .undefined(.zeroExpectedDisagreement) }
    let expected = zip(shares, chanceDisagreements(chance, weights)).reduce(0) { $0 + $1.0 * $1.1 }
    return .value(
      ChanceCorrection(
        observed: observedDisagreement(weights),
        expected: expected,
        items: labelledItems,
        overlapping: overlappingItems
      )
    )
  }

  /// The coefficient with its error over items.
  /// - Returns: undefined as the coefficient, then for `tooFewItems`.
  func estimate(_ chance: PooledChance, _ weights: AgreementWeights, level: Double) -> Statistic<Estimate> {
    switch correction(chance, weights) {
    case .undefined(let reason): return .undefined(reason)
    case .value(let correction):
      let expected = chanceDisagreements(chance, weights)
      let squares = squaredDeviations(correction, weights) { item in
        zip(self[item], expected).reduce(0) { $0 + Double($1.0) * $1.1 } / Double(labels[item])
      }
      return correction.estimate(squares: squares, level: level)
    }
  }

  /// The items' squared deviations, summed in the order of items.
  /// - Parameter expected: an item's part in the chance disagreement.
  func squaredDeviations(
    _ correction: ChanceCorrection,
    _ weights: AgreementWeights,
    expected: (Int) -> Double
  ) -> Double {
    let steps = weights.maximum(categories: categories)
    var squares = 0.0
    for item in labels.indices where labels[item] >= 1 {
      let m = labels[item]
      let observed =
        m < 2 ? nil : Double(weights.disagreement(self[item], labels: m)) / Double(m * (m - 1) * steps)
      let away = correction.deviation(observed: observed, expected: expected(item))
      squares += away * away
    }
    return squares
  }

  /// What a label of each category disagrees by chance, 0…1; its mean over πₖ is Dₑ.
  private func chanceDisagreements(_ chance: PooledChance, _ weights: AgreementWeights) -> [Double] {
    let shares = shares
    let steps = Double(weights.maximum(categories: categories))
    switch chance {
    case .gwet:
      let factor = weights.chanceFactor(categories: categories)
      return shares.map { 1 - factor * (1 - $0) }
    case .fleiss:
      return (0..<categories).map { k in
        (0..<categories).reduce(0.0) { $0 + Double(weights.distance(k, $1)) * shares[$1] } / steps
      }
    case .uniform:
      let mean = Double(weights.total(categories: categories)) / (Double(categories * categories) * steps)
      return shares.map { _ in mean }
    }
  }
}

/// Fleiss' κ of items that different raters may have labelled, −1…1 (Fleiss 1971; with unequal numbers of labels Gwet
/// 2014).
/// - Parameter rowCounts: `[items × q]`: how many raters put each item into each category.
/// - Returns: undefined for `noOverlap`, `zeroExpectedDisagreement`.
public func fleissKappa(rowCounts: [[Int]]) -> Statistic<Double> {
  let categories = rowCounts.first?.count ?? 0
  precondition(rowCounts.allSatisfy { $0.count == categories && $0.allSatisfy { $0 >= 0 } }, "a table of counts")
  let counts = RatingCounts(counts: rowCounts.flatMap { $0 }, items: rowCounts.count, categories: categories)
  return counts.correction(.fleiss, .identity).map(\.coefficient)
}
