/// Agreement of all raters of a table with missing labels: every label counts, and an item needs two to add to agreement.
/// A rater without any label is dropped first.
///
/// Every statistic is undefined for `tooFewRaters` (fewer than two left), then for its own reasons. Estimates take the
/// items as a sample, without a finite-population factor, and their interval by Student's t is cut at 1 alone (Gwet 2014).
public struct MultiRater: Sendable {
  /// The raters with a label.
  let columns: [Labels]
  let counts: RatingCounts

  /// The raters of a table.
  public init(_ table: LabelTable) {
    self.init(columns: table.columns, items: table.itemCount, categories: table.categories.count)
  }

  /// - Parameter columns: one for each rater, all of `items` items.
  init(columns: [Labels], items: Int, categories: Int) {
    self.columns = columns.filter { $0.labelled > 0 }
    counts = RatingCounts(self.columns, items: items, categories: categories)
  }

  /// Raters with a label.
  public var raterCount: Int { columns.count }

  /// What the raters' counts say, if there are two raters.
  private func counted<Value>(_ answer: (RatingCounts) -> Statistic<Value>) -> Statistic<Value> {
    raterCount < 2 ? .undefined(.tooFewRaters) : answer(counts)
  }

  /// Mean over items with two labels or more of the share of equal pairs, 0…1; items weigh equally (Gwet 2014).
  /// Undefined: `tooFewRaters`, `noOverlap`.
  public var percentAgreement: Statistic<Double> {
    counted { $0.overlappingItems == 0 ? .undefined(.noOverlap) : .value(1 - $0.observedDisagreement(.identity)) }
  }

  /// Gwet's AC1, with weights AC2, for declared categories, at most 1 (Gwet 2008, 2014).
  /// Undefined: `tooFewRaters`, `noOverlap`; `zeroExpectedDisagreement` with a single declared category.
  public func gwetAC1(weights: AgreementWeights = .identity) -> Statistic<Double> {
    counted { $0.correction(.gwet, weights).map(\.coefficient) }
  }

  /// AC1 or AC2 with error and interval. Undefined: as the coefficient, then `tooFewItems`.
  public func gwetAC1Estimate(weights: AgreementWeights = .identity, level: Double = 0.95) -> Statistic<Estimate> {
    counted { $0.estimate(.gwet, weights, level: level) }
  }

  /// Fleiss' κ in Gwet's form for missing labels, at most 1 (Fleiss 1971; Gwet 2014).
  /// Undefined: `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all labels of one category).
  public func fleissKappa(weights: AgreementWeights = .identity) -> Statistic<Double> {
    counted { $0.correction(.fleiss, weights).map(\.coefficient) }
  }

  /// Fleiss' κ with error and interval. Undefined: as the coefficient, then `tooFewItems`.
  public func fleissKappaEstimate(weights: AgreementWeights = .identity, level: Double = 0.95) -> Statistic<Estimate> {
    counted { $0.estimate(.fleiss, weights, level: level) }
  }

  /// Brennan and Prediger's coefficient: chance 1/q for declared q, with weights ΣW/q², at most 1 (Brennan & Prediger
  /// 1981; Gwet 2014).
  /// Undefined: `tooFewRaters`, `noOverlap`; `zeroExpectedDisagreement` with a single declared category.
  public func brennanPrediger(weights: AgreementWeights = .identity) -> Statistic<Double> {
    counted { $0.correction(.uniform, weights).map(\.coefficient) }
  }

  /// Brennan and Prediger's coefficient with error and interval. Undefined: as the coefficient, then `tooFewItems`.
  public func brennanPredigerEstimate(
    weights: AgreementWeights = .identity,
    level: Double = 0.95
  ) -> Statistic<Estimate> {
    counted { $0.estimate(.uniform, weights, level: level) }
  }

  /// Fleiss' κ over the items that every rater labelled, −1…1 (Fleiss 1971).
  /// Undefined: `tooFewRaters`, `noCompleteItems`, `zeroExpectedDisagreement`.
  public var fleissKappaComplete: Statistic<Double> { complete(.fleiss) }

  /// Randolph's free-marginal κ over the items that every rater labelled, for declared q, −1…1 (Randolph 2005).
  /// Undefined: `tooFewRaters`, `noCompleteItems`; `zeroExpectedDisagreement` with a single declared category.
  public var randolphKappaComplete: Statistic<Double> { complete(.uniform) }

  private func complete(_ chance: PooledChance) -> Statistic<Double> {
    counted { counts in
      let complete = counts.items(withLabels: raterCount)
      guard complete.overlappingItems > 0 else { return .undefined(.noCompleteItems) }
      return complete.correction(chance, .identity).map(\.coefficient)
    }
  }

  /// Krippendorff's α, at most 1. See `KrippendorffLevel`.
  /// Undefined: `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all pairable labels equal).
  public func krippendorffAlpha(_ level: KrippendorffLevel) -> Statistic<Double> {
    counted { $0.krippendorffAlpha(level) }
  }
}
