/// Agreement of several raters who labelled every item of some groups, of whom some are known by counts alone: sharp bounds.
///
/// The margins are fixed by the counts, so that κ and α rise with Σ tᵢ², tᵢ being the number of raters that gave item i a
/// one; both ends of that sum are reached (`CountedGroup`).
public struct CountedPanel: Sendable, Equatable {
  /// Raters, known or counted.
  public let raters: Int
  /// Items.
  public let items: Int
  /// Labels that are one.
  public let ones: Int
  /// Σ tᵢ² over all labellings with these counts.
  public let squares: ClosedRange<Int>

  /// Adds up groups of the same raters.
  public init(_ groups: [CountedGroup]) {
    let numbers = Set(groups.map { $0.known.count + $0.counts.count })
    precondition(numbers.count <= 1, "every group has the same raters")
    raters = numbers.first ?? 0
    items = groups.reduce(0) { $0 + $1.size }
    ones = groups.reduce(0) { $0 + $1.ones }
    let sums = groups.map(\.squares)
    squares = sums.reduce(0) { $0 + $1.lowerBound }...sums.reduce(0) { $0 + $1.upperBound }
  }

  /// Bounds of Fleiss' κ, −1…1 (Fleiss 1971).
  /// Undefined: `tooFewRaters`, `noCompleteItems`, `zeroExpectedDisagreement` (all labels equal).
  public var fleissKappa: Statistic<Interval> {
    bounds(without: .noCompleteItems) { differing, pairs in
      let labels = Double(items * raters)
      let share = Double(ones) / labels
      return 1 - differing / pairs / (2 * share * (1 - share))
    }
  }

  /// Bounds of Krippendorff's α for nominal labels, at most 1 (Krippendorff 2011).
  /// Undefined: `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all labels equal).
  public var krippendorffAlpha: Statistic<Interval> {
    bounds(without: .noOverlap) { differing, _ in
      let labels = Double(items * raters)
      let chance = 2 * Double(ones) * (labels - Double(ones))
      return 1 - (labels - 1) * (differing / Double(raters - 1)) / chance
    }
  }

  /// - Parameter coefficient: of the ordered pairs of labels within items that differ, 2·Σ tᵢ(R − tᵢ), and of all such
  ///   pairs; it falls with the first.
  private func bounds(without reason: UndefinedReason, _ coefficient: (Double, Double) -> Double) -> Statistic<Interval>
  {
    guard raters >= 2 else { return .undefined(.tooFewRaters) }
    guard items > 0 else { return .undefined(reason) }
    guard ones > 0, ones < items * raters else { return .undefined(.zeroExpectedDisagreement) }
    let pairs = Double(items) * Double(raters * (raters - 1))
    func end(_ squares: Int) -> Double { coefficient(2 * Double(raters * ones - squares), pairs) }
    return .value(Interval(low: end(squares.lowerBound), high: end(squares.upperBound)))
  }
}
