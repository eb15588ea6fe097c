/// Pairs of values by their dense ranks, equal pairs counted together: what rank correlations need.
struct RankPairs: Sendable {
  struct Cell: Sendable {
    let x: Int
    let y: Int
    let count: Int
  }

  /// By x, then y.
  private let cells: [Cell]
  private let xCounts: [Int]
  private let yCounts: [Int]
  private let count: Int

  /// The codes of two raters; an unused code is an empty rank.
  init(_ pair: PairCounts) {
    let codes = 0..<pair.categories
    cells = codes.flatMap { i in codes.map { Cell(x: i, y: $0, count: pair[i, $0]) } }.filter { $0.count > 0 }
    xCounts = pair.rows
    yCounts = pair.columns
    count = pair.count
  }

  /// Two lists of the same length.
  init(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count, "both sides need the same items")
    let (xRanks, xCounts) = Self.denseRanks(x)
    let (yRanks, yCounts) = Self.denseRanks(y)
    // Sorted as one number each, which is much faster than by two.
    let width = max(1, yCounts.count)
    cells = zip(xRanks, yRanks).map { $0 * width + $1 }.sorted().map { Cell(x: $0 / width, y: $0 % width, count: 1) }
    self.xCounts = xCounts
    self.yCounts = yCounts
    count = x.count
  }

  private static func denseRanks(_ values: [Double]) -> (ranks: [Int], counts: [Int]) {
    precondition(values.allSatisfy { !$0.isNaN }, "only numbers have ranks")
    var levels: [Double] = []
    var counts: [Int] = []
    for value in values.sorted() {
      if value != levels.last {
        levels.append(value)
        counts.append(0)
      }
      counts[counts.count - 1] += 1
    }
    let ranks = values.map { value in
      var (low, high) = (0, levels.count)
      while low < high {
        let middle = (low + high) / 2
        if levels[middle] < value { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return (ranks, counts)
  }

  private func undefined() -> UndefinedReason? {
    if count == 0 { return .noOverlap }
    if count < 2 { return .tooFewItems }
    return xCounts.contains(count) || yCounts.contains(count) ? .constantRater : nil
  }

  /// Pearson's correlation of midranks, −1…1. Undefined: `noOverlap`, `tooFewItems`, `constantRater`.
  var spearman: Statistic<Double> {
    if let reason = undefined() { return .undefined(reason) }
    let x = centredRanks(xCounts)
    let y = centredRanks(yCounts)
    func spread(_ ranks: [Int], _ counts: [Int]) -> Int128 {
      zip(ranks, counts).reduce(0) { $0 + Int128($1.0) * Int128($1.0) * Int128($1.1) }
    }
    let together = cells.reduce(Int128(0)) { $0 + Int128(x[$1.x]) * Int128(y[$1.y]) * Int128($1.count) }
    return .value(correlation(Double(together), Double(spread(x, xCounts)), Double(spread(y, yCounts))))
  }

  /// Twice the midranks less their mean: whole numbers.
  private func centredRanks(_ counts: [Int]) -> [Int] {
    var below = 0
    return counts.map { number in
      defer { below += number }
      return 2 * below + number - count
    }
  }

  /// (concordant − discordant)/√((pairs − ties in x)(pairs − ties in y)), −1…1 (Kendall 1945), in O(n log n).
  /// Undefined: `noOverlap`, `tooFewItems`, `constantRater`.
  var kendallTauB: Statistic<Double> {
    if let reason = undefined() { return .undefined(reason) }
    var seen = CumulativeCounts(yCounts.count)
    var (difference, total, start) = (0, 0, 0)
    while start < cells.count {
      let end = cells[start...].firstIndex { $0.x != cells[start].x } ?? cells.count
      // Those with a lower x are in; those with the same x are tied and come after.
      for cell in cells[start..<end] {
        let lower = seen.below(cell.y)
        let higher = total - seen.below(cell.y + 1)
        difference += cell.count * (lower - higher)
      }
      for cell in cells[start..<end] {
        seen.add(cell.count, at: cell.y)
        total += cell.count
      }
      start = end
    }
    func untied(_ counts: [Int]) -> Int { (count * (count - 1) - counts.reduce(0) { $0 + $1 * ($1 - 1) }) / 2 }
    return .value(correlation(Double(difference), Double(untied(xCounts)), Double(untied(yCounts))))
  }
}

/// Counts by place with running sums in O(log n): a binary indexed tree (Fenwick 1994).
private struct CumulativeCounts {
  private var tree: [Int]

  init(_ places: Int) { tree = [Int](repeating: 0, count: places + 1) }

  mutating func add(_ number: Int, at place: Int) {
    var node = place + 1
    while node < tree.count {
      tree[node] += number
      node += node & -node
    }
  }

  /// What was added at places before this one.
  func below(_ place: Int) -> Int {
    var (node, sum) = (place, 0)
    while node > 0 {
      sum += tree[node]
      node -= node & -node
    }
    return sum
  }
}
