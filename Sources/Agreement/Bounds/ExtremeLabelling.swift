/// A group of items labelled 0 or 1 by several raters: some are known item by item, of the others the number of ones alone.
///
/// For kappa and alpha of more than two raters the rater's margins are fixed by the counts, so both rise with Σ tᵢ², tᵢ
/// being the number of raters that gave item i a one. The two labellings here reach the largest and the smallest Σ tᵢ²
/// exactly, at any size.
public struct CountedGroup: Sendable, Equatable {
  /// Items of the group.
  public let size: Int
  /// The labels of each rater known item by item, 0 or 1, in the order of the items.
  public let known: [[Int]]
  /// The number of ones of each rater known by his count, 0…size.
  public let counts: [Int]

  /// Makes a group.
  public init(size: Int, known: [[Int]] = [], counts: [Int]) {
    precondition(known.allSatisfy { $0.count == size }, "a known rater labels every item")
    precondition(counts.allSatisfy { (0...size).contains($0) }, "a count is at most the number of items")
    self.size = size
    self.known = known
    self.counts = counts
  }

  private var knownTotals: [Int] {
    known.reduce(into: [Int](repeating: 0, count: size)) { totals, labels in
      for item in labels.indices { totals[item] += labels[item] }
    }
  }

  /// Labels of the counted raters, in their order, with the largest Σ tᵢ².
  ///
  /// All of them go down the items in one order, the most ones of the known raters first: this makes every inner product of
  /// two raters as large as it can be at once (rearrangement inequality, Hardy, Littlewood & Pólya 1934, theorem 368).
  public var mostConcordant: [[Int]] {
    let totals = knownTotals
    let order = totals.indices.sorted { (totals[$1], $0) < (totals[$0], $1) }
    return counts.map { count in labels(ones: order.prefix(count)) }
  }

  /// Labels of the counted raters, in their order, with the smallest Σ tᵢ².
  ///
  /// Each rater in turn takes the items with the fewest ones so far. The totals this gives are majorised by those of every
  /// other labelling: a unit moved from a larger total to one smaller by 2 or more before the turn is, after it, again such
  /// a move, or a mere exchange of two totals; so the turn keeps the order of majorisation (Muirhead 1903), and Σ tᵢ² rises
  /// with it.
  public var leastConcordant: [[Int]] {
    var totals = knownTotals
    return counts.map { count in
      let order = totals.indices.sorted { (totals[$0], $0) < (totals[$1], $1) }
      for item in order.prefix(count) { totals[item] += 1 }
      return labels(ones: order.prefix(count))
    }
  }

  /// Labels that are one.
  public var ones: Int { known.reduce(0) { $0 + $1.reduce(0, +) } + counts.reduce(0, +) }

  /// The smallest and largest Σ tᵢ². Without known raters no labelling is written down: spread evenly, totals differ by at
  /// most 1; nested, the k-th largest count has 2k − 1 more for each of its items.
  public var squares: ClosedRange<Int> {
    guard known.isEmpty else { return squares(leastConcordant)...squares(mostConcordant) }
    guard size > 0 else { return 0...0 }
    let (each, rest) = ones.quotientAndRemainder(dividingBy: size)
    let least = (size - rest) * each * each + rest * (each + 1) * (each + 1)
    let most = counts.sorted(by: >).enumerated().reduce(0) { $0 + $1.element * (2 * $1.offset + 1) }
    return least...most
  }

  private func squares(_ counted: [[Int]]) -> Int {
    var totals = knownTotals
    for labels in counted { for item in labels.indices { totals[item] += labels[item] } }
    return totals.reduce(0) { $0 + $1 * $1 }
  }

  private func labels(ones: ArraySlice<Int>) -> [Int] {
    var labels = [Int](repeating: 0, count: size)
    for item in ones { labels[item] = 1 }
    return labels
  }
}
