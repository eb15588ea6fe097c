/// Conger's κ: chance from each rater's own marginals, over all pairs of raters.
extension MultiRater {
  /// Each rater's labels by category and in all, and what follows for the chance disagreement.
  private struct Marginals {
    /// Labels of each rater.
    let labels: [Double]
    /// `[raters × q]`: each rater's share of labels in each category.
    let shares: [[Double]]
    /// `[raters × q]`: what a label of the category disagrees with a label of another rater, summed over the others.
    let against: [[Double]]
    /// Each rater's mean of `against` over its own labels.
    let means: [Double]
    /// Dₑ, the mean over ordered pairs of raters.
    let expected: Double

    init(_ columns: [Labels], categories: Int, _ weights: AgreementWeights) {
      let counts = columns.map { column in
        var counts = [Int](repeating: 0, count: categories)
        for case let code? in column.list { counts[code] += 1 }
        return counts
      }
      let labels = counts.map { Double($0.reduce(0, +)) }
      let shares = zip(counts, labels).map { counts, all in counts.map { Double($0) / all } }
      let steps = Double(weights.maximum(categories: categories))
      // Summed with every other rater, not by subtracting one's own from the total: that would lose rare categories.
      let totals = (0..<categories).map { code in shares.reduce(0) { $0 + $1[code] } }
      let against = shares.map { own in
        (0..<categories).map { code in
          (0..<categories).reduce(0.0) {
            $0 + Double(weights.distance(code, $1)) * (totals[$1] - own[$1])
          } / steps
        }
      }
      let means = zip(shares, against).map { zip($0, $1).reduce(0) { $0 + $1.0 * $1.1 } }
      self.labels = labels
      self.shares = shares
      self.against = against
      self.means = means
      expected = means.reduce(0, +) / pairs(columns.count)
    }
  }

  /// Conger's κ, at most 1; Cohen's for two complete raters (Conger 1980; with missing labels Gwet 2014).
  /// Undefined: `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all labels of one category).
  public func congerKappa(weights: AgreementWeights = .identity) -> Statistic<Double> {
    conger(weights).map { $0.correction.coefficient }
  }

  /// Conger's κ with error and interval. A rater's share among its own labels is a ratio of two sums over items; its
  /// linear form gives each item's part in the chance disagreement. Undefined: as the coefficient, then `tooFewItems`.
  public func congerKappaEstimate(weights: AgreementWeights = .identity, level: Double = 0.95) -> Statistic<Estimate> {
    switch conger(weights) {
    case .undefined(let reason): return .undefined(reason)
    case .value(let conger):
      let marginals = conger.marginals
      let n = Double(counts.labelledItems)
      let base = marginals.means.reduce(0, +)
      let squares = counts.squaredDeviations(conger.correction, weights) { item in
        var sum = base
        for (rater, column) in columns.enumerated() {
          guard let code = column[item] else { continue }
          sum += n / marginals.labels[rater] * (marginals.against[rater][code] - marginals.means[rater])
        }
        return sum / pairs(columns.count)
      }
      return conger.correction.estimate(squares: squares, level: level)
    }
  }

  private func conger(
    _ weights: AgreementWeights
  ) -> Statistic<(marginals: Marginals, correction: ChanceCorrection)> {
    guard raterCount >= 2 else { return .undefined(.tooFewRaters) }
    guard counts.overlappingItems > 0 else { return .undefined(.noOverlap) }
    guard !counts.isConstant else { return .undefined(.zeroExpectedDisagreement) }
    let marginals = Marginals(columns, categories: counts.categories, weights)
    let correction = ChanceCorrection(
      observed: counts.observedDisagreement(weights),
      expected: marginals.expected,
      items: counts.labelledItems,
      overlapping: counts.overlappingItems
    )
    return .value((marginals, correction))
  }
}

/// Ordered pairs of so many raters.
private func pairs(_ raters: Int) -> Double { Double(raters * (raters - 1)) }
