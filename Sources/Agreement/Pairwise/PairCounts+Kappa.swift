extension PairCounts {
  /// n²·Dₑ in whole steps with each rater's own marginals: 0 exactly where both always gave the same one label.
  private func chance(_ weights: AgreementWeights) -> Int128 {
    var sum: Int128 = 0
    for i in 0..<categories where rows[i] > 0 {
      for j in 0..<categories where i != j && columns[j] > 0 {
        sum += Int128(rows[i] * columns[j]) * Int128(weights.distance(i, j))
      }
    }
    return sum
  }

  /// Cohen's κ = 1 − Dₒ/Dₑ with each rater's own marginals, −1…1 (Cohen 1960).
  ///
  /// One constant rater gives 0; two that always give the same one label leave chance nothing to disagree about.
  /// Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public var cohenKappa: Statistic<Double> { cohenKappa(weights: .identity) }

  /// Cohen's weighted κ, −1…1, with disagreements by the distance of declared codes (Cohen 1968): an unused category
  /// between two used ones widens their distance.
  /// Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public func cohenKappa(weights: AgreementWeights) -> Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let chance = chance(weights)
    guard chance > 0 else { return .undefined(.zeroExpectedDisagreement) }
    return .value(1 - Double(Int128(disagreement(weights)) * Int128(count)) / Double(chance))
  }

  /// The large-sample standard error of κ. See `cohenKappaEstimate(weights:level:)`.
  public var cohenKappaStandardError: Statistic<Double> { cohenKappaEstimate().map(\.standardError) }

  /// Cohen's κ with its large-sample standard error and normal interval (Fleiss, Cohen & Everitt 1969),
  /// without a finite-population factor. The upper end is cut at 1, the lower is not cut.
  ///
  /// The variance is written as the mean square of what each cell is away from the mean, which is the published
  /// difference of squares without its cancellation.
  ///
  /// Few items of the rarer label make the interval far too short. Simulated coverage of its nominal 95 % at κ = 0.6
  /// (`CoverageTests`): 30 items 47.0 % at a prevalence of 0.05 and 87.8 % at 0.2, 100 items 86.5 % at 0.05; else
  /// 93.2…94.9 %. Use `BootstrapDistribution.bca` there (96.7 % for 100 items at 0.05, a cautious 98.0 % for 30 at 0.2);
  /// 30 items at 0.05 carry no interval of κ. Items in clusters always need `ClusterBootstrap`.
  /// Undefined: `noOverlap`, `zeroExpectedDisagreement`, `tooFewItems` (one item).
  public func cohenKappaEstimate(
    weights: AgreementWeights = .identity,
    level: Double = 0.95
  ) -> Statistic<Estimate> {
    let kappa: Double
    switch cohenKappa(weights: weights) {
    case .undefined(let reason): return .undefined(reason)
    case .value(let value): kappa = value
    }
    guard count >= 2 else { return .undefined(.tooFewItems) }
    let n = Double(count)
    // Mean disagreement of each code with the other rater's marginals.
    let ofRow = (0..<categories).map { i in
      Double((0..<categories).reduce(0) { $0 + columns[$1] * weights.distance(i, $1) }) / n
    }
    let ofColumn = (0..<categories).map { j in
      Double((0..<categories).reduce(0) { $0 + rows[$1] * weights.distance($1, j) }) / n
    }
    let observed = Double(disagreement(weights)) / n
    let expected = Double(chance(weights)) / (n * n)
    var squares = 0.0
    for i in 0..<categories {
      for j in 0..<categories where self[i, j] > 0 {
        let away =
          observed - Double(weights.distance(i, j)) + (1 - kappa) * (ofRow[i] + ofColumn[j] - 2 * expected)
        squares += Double(self[i, j]) * away * away
      }
    }
    let error = squares.squareRoot() / (n * expected)
    let half = error * normalQuantile(1 - (1 - level) / 2)
    let interval = Interval(low: kappa - half, high: min(1, kappa + half))
    return .value(Estimate(value: kappa, standardError: error, interval: interval))
  }

  /// Scott's π: chance from the pair's pooled marginals, −1…1 (Scott 1955).
  /// Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public var scottPi: Statistic<Double> {
    pooledAgreement { differing, labels, chance in 1 - Double(differing * 2 * labels) / Double(chance) }
  }

  /// Krippendorff's α of two raters for nominal labels: Scott's π with the correction for small samples, at most 1
  /// (Krippendorff 2011). Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public var krippendorffAlpha: Statistic<Double> {
    pooledAgreement { differing, labels, chance in 1 - Double(differing * 2 * (labels - 1)) / Double(chance) }
  }

  /// Differing items, labels N = 2n and N²·Dₑ = N² − Σ Nₖ², in whole numbers.
  private func pooledAgreement(_ ratio: (Int, Int, Int) -> Double) -> Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let labels = 2 * count
    let chance = labels * labels - pooled.reduce(0) { $0 + $1 * $1 }
    guard chance > 0 else { return .undefined(.zeroExpectedDisagreement) }
    return .value(ratio(count - agreeing, labels, chance))
  }

  /// Prevalence- and bias-adjusted κ = (q·pₒ − 1)/(q − 1) with declared q, −1/(q − 1)…1 (Bennett, Alpert & Goldstein
  /// 1954; Byrt, Bishop & Carlin 1993). Undefined: `noOverlap`; `zeroExpectedDisagreement` with a single category.
  public var pabak: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    guard categories >= 2 else { return .undefined(.zeroExpectedDisagreement) }
    return .value(Double(categories * agreeing - count) / Double(count * (categories - 1)))
  }
}
