/// The midranks of some values, and how much they are tied.
struct Midranks {
  /// Twice the midrank of each value less n + 1: whole numbers that add up to 0.
  let centred: [Int]
  /// Σ (t³ − t) over the groups of t equal values.
  let ties: Double

  /// Ranks finite values.
  init(_ values: [Double]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var centred = [Int](repeating: 0, count: values.count)
    var ties = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Places start…end − 1 share the rank (start + 1 + end)/2.
      for place in start..<end { centred[order[place]] = start + end - values.count }
      let t = Double(end - start)
      ties += (t - 1) * t * (t + 1)
      start = end
    }
    self.centred = centred
    self.ties = ties
  }

  /// Whether all values are equal.
  var allTied: Bool { centred.allSatisfy { $0 == 0 } }
}

/// Sums the ranks of several rankings of the same things.
struct RankSums {
  /// Σ over things of the squared distance of the rank sum from its mean.
  let spread: Double
  /// Σ over rankings of n³ − n − Σ(t³ − t), 0 where every ranking is one tie.
  let untied: Double
  /// Whether every ranking is one tie.
  let allTied: Bool

  /// Rankings of equal length.
  init(_ rankings: [[Double]]) {
    let n = rankings.first?.count ?? 0
    precondition(rankings.allSatisfy { $0.count == n }, "every ranking is of the same things")
    var sums = [Int](repeating: 0, count: n)
    var untied = 0.0
    var allTied = true
    for ranking in rankings {
      let ranks = Midranks(ranking)
      for (place, rank) in ranks.centred.enumerated() { sums[place] += rank }
      untied += Double(n - 1) * Double(n) * Double(n + 1) - ranks.ties
      allTied = allTied && ranks.allTied
    }
    // The sums are of doubled ranks, their squares four times too large.
    spread = sums.reduce(0.0) { $0 + Double($1) * Double($1) } / 4
    self.untied = untied
    self.allTied = allTied
  }
}

/// Friedman's test: whether treatments differ in rank within blocks; tie-corrected, with a chi-square p (Friedman 1937).
/// - Parameter blocks: one row a block, one value a treatment, all of the same length.
/// - Returns: χ² with (treatments − 1) degrees of freedom; undefined without a block: `noCompleteItems`, for fewer than
///   three treatments: `tooFewRaters`, where every block is one tie: `allRowsTied`.
public func friedman(blocks: [[Double]]) -> Statistic<TestResult> {
  guard let treatments = blocks.first?.count else { return .undefined(.noCompleteItems) }
  guard treatments >= 3 else { return .undefined(.tooFewRaters) }
  let ranks = RankSums(blocks)
  if ranks.allTied { return .undefined(.allRowsTied) }
  let statistic = 12 * Double(treatments - 1) * ranks.spread / ranks.untied
  return .value(TestResult(chiSquare: statistic, degrees: treatments - 1))
}

/// Kendall's coefficient of concordance of several raters that rank the same items, 0…1, tie-corrected:
/// 12S/(m²(n³ − n) − mΣT) (Kendall & Smith 1939).
/// - Parameter raters: one row a rater, one value an item, all of the same length.
/// - Returns: undefined for fewer than two raters: `tooFewRaters`, without an item: `noCompleteItems`, where every rater is
///   constant: `allRatersConstant`.
public func kendallW(raters: [[Double]]) -> Statistic<Double> {
  guard raters.count >= 2 else { return .undefined(.tooFewRaters) }
  guard raters[0].count > 0 else { return .undefined(.noCompleteItems) }
  let ranks = RankSums(raters)
  if ranks.allTied { return .undefined(.allRatersConstant) }
  return .value(min(1, 12 * ranks.spread / (Double(raters.count) * ranks.untied)))
}
