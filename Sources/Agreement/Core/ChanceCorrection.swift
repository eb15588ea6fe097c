/// A chance-corrected coefficient 1 − Dₒ/Dₑ over items, and its variance by linearisation: each item has a value of its
/// own whose mean is the coefficient (Gwet 2008; Gwet 2014 for missing labels).
struct ChanceCorrection: Sendable {
  /// Observed disagreement Dₒ, the mean over items with two labels or more.
  let observed: Double
  /// Disagreement by chance Dₑ, above 0.
  let expected: Double
  /// Items with a label.
  let items: Int
  /// Items with two labels or more.
  let overlapping: Int

  /// 1 − Dₒ/Dₑ.
  var coefficient: Double { 1 - observed / expected }

  /// How far an item's own value is from the coefficient.
  /// - Parameters:
  ///   - observed: the item's disagreement; nil if it has one label.
  ///   - expected: the item's part in the chance disagreement, with mean Dₑ over the items.
  func deviation(observed itemObserved: Double?, expected itemExpected: Double) -> Double {
    let share = Double(items) / Double(overlapping)
    let own = itemObserved.map { share * (1 - $0 / expected) } ?? 0
    return own - 2 * (observed / expected) * (1 - itemExpected / expected) - coefficient
  }

  /// The coefficient with its standard error, without a finite-population factor, and the interval by Student's t with
  /// one degree of freedom less than items; the upper end is cut at 1, the lower is not cut.
  /// - Parameter squares: sum of the items' squared deviations.
  /// - Returns: undefined for fewer than two items: `tooFewItems`.
  func estimate(squares: Double, level: Double) -> Statistic<Estimate> {
    guard items >= 2 else { return .undefined(.tooFewItems) }
    let n = Double(items)
    let error = (squares / (n * (n - 1))).squareRoot()
    let half = error * studentTQuantile(1 - (1 - level) / 2, degrees: n - 1)
    let interval = Interval(low: coefficient - half, high: min(1, coefficient + half))
    return .value(Estimate(value: coefficient, standardError: error, interval: interval))
  }
}
