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
  public var fleissKappa: Statistic<Interval> { bounds(without: .noCompleteItems, drawn: items * raters) }

  /// Bounds of Krippendorff's α for nominal labels, at most 1 (Krippendorff 2011).
  /// Undefined: `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement` (all labels equal).
  public var krippendorffAlpha: Statistic<Interval> { bounds(without: .noOverlap, drawn: items * raters - 1) }

  /// 1 − drawn·Σ tᵢ(R − tᵢ)/((R − 1)·ones·zeros): chance draws a second label from all L of them with putting back (κ,
  /// drawn = L) or without (α, drawn = L − 1).
  private func bounds(without reason: UndefinedReason, drawn: Int) -> Statistic<Interval> {
    guard raters >= 2 else { return .undefined(.tooFewRaters) }
    guard items > 0 else { return .undefined(reason) }
    let zeros = items * raters - ones
    guard ones > 0, zeros > 0 else { return .undefined(.zeroExpectedDisagreement) }
    let chance = Double(raters - 1) * Double(ones) * Double(zeros)
    func end(_ squares: Int) -> Double { 1 - Double(drawn) * Double(raters * ones - squares) / chance }
    return .value(Interval(low: end(squares.lowerBound), high: end(squares.upperBound)))
  }
}
