/// The pooled (TP, FP) that raters known by counts can have over several groups.
///
/// The pairs of one group are the whole points of a box cut by 0 ≤ called − TP − FP ≤ left out: a generalised polymatroid
/// in the plane. Sums of such sets are again all whole points of the sums of their tight bounds (Frank & Tardos 1988), so
/// no set is listed at any size.
public struct PooledHits: Sendable, Equatable {
  /// Items that are positive in the reference.
  public let positives: Int
  /// Items that are negative in the reference.
  public let negatives: Int
  /// TP + FP: items with a reference label that the rater called positive; every number between is reached.
  public let called: ClosedRange<Int>
  private let truePositives: ClosedRange<Int>
  private let falsePositives: ClosedRange<Int>

  /// Adds up groups.
  public init(_ groups: [CountedAgainstReference]) {
    func sum(_ low: (CountedAgainstReference) -> Int, _ high: (CountedAgainstReference) -> Int) -> ClosedRange<Int> {
      groups.reduce(0) { $0 + low($1) }...groups.reduce(0) { $0 + high($1) }
    }
    positives = groups.reduce(0) { $0 + $1.positives }
    negatives = groups.reduce(0) { $0 + $1.negatives }
    called = sum(
      { max(0, $0.calledPositive - $0.leftOut) },
      { min($0.calledPositive, $0.positives + $0.negatives) }
    )
    truePositives = sum(
      { max(0, $0.calledPositive - $0.leftOut - $0.negatives) },
      { min($0.positives, $0.calledPositive) }
    )
    falsePositives = sum(
      { max(0, $0.calledPositive - $0.leftOut - $0.positives) },
      { min($0.negatives, $0.calledPositive) }
    )
  }

  /// The true positives among so many calls; every number between is reached.
  /// - Parameter number: in `called`.
  public func truePositives(called number: Int) -> ClosedRange<Int> {
    precondition(called.contains(number), "no labelling has so many calls")
    let low = max(truePositives.lowerBound, number - falsePositives.upperBound)
    return low...min(truePositives.upperBound, number - falsePositives.lowerBound)
  }

  /// The tables, rows the reference and columns the rater, with the fewest and the most true positives for each number of
  /// calls, fewest first; one where both are the same.
  ///
  /// With both margins fixed, percent agreement, κ, π, α, AC1, φ, sensitivity, specificity, precision and F1 are monotone in
  /// the joint positives, and whether they exist hangs on the margins alone: their smallest and largest values over all
  /// labellings are those over these tables.
  public var extremeTables: [PairCounts] {
    called.flatMap { number -> [PairCounts] in
      let range = truePositives(called: number)
      let ends = range.count == 1 ? [range.lowerBound] : [range.lowerBound, range.upperBound]
      return ends.map { both in
        let alone = number - both
        return PairCounts(table: [[negatives - alone, alone], [positives - both, both]])
      }
    }
  }

  /// The smallest and largest value of a figure over all labellings; those without the figure are left out.
  /// - Parameter figure: monotone in the joint positives where the margins are fixed; see `extremeTables`.
  public func range(of figure: (PairCounts) -> Statistic<Double>) -> Statistic<Interval> {
    CountBounds.range(of: extremeTables.map(figure))
  }
}
