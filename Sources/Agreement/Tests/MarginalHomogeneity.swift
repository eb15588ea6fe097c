/// The counts of two raters over the categories that either used, to test whether they differ in one direction.
public struct SquareTable: Sendable, Equatable {
  /// Counts; rows are the first rater's category.
  public let counts: [[Int]]

  /// Takes a square table of counts, each at least 0.
  public init(_ counts: [[Int]]) {
    precondition(counts.allSatisfy { $0.count == counts.count }, "a table of two raters is square")
    self.counts = counts
  }

  /// Counts the items that both labelled.
  /// - Parameter categories: the categories that are rows; nil for those that either rater used on these items. Labels
  ///   outside them do not count.
  public init(_ first: Labels, _ second: Labels, categories: [Int]? = nil) {
    let pairs = zip(first.list, second.list).compactMap { x, y in x.flatMap { x in y.map { (x, $0) } } }
    let used = categories ?? Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
    let index = Dictionary(used.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: used.count), count: used.count)
    for (x, y) in pairs { if let row = index[x], let column = index[y] { counts[row][column] += 1 } }
    self.counts = counts
  }

  private var size: Int { counts.count }
  private var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  private func differing(_ i: Int, _ j: Int) -> Int { counts[i][j] + counts[j][i] }

  private var problem: UndefinedReason? {
    guard total > 0 else { return .noOverlap }
    let agreeing = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    return agreeing == total ? .noDiscordantPairs : nil
  }

  /// Bowker's test of symmetry: Σ (nᵢⱼ − nⱼᵢ)²/(nᵢⱼ + nⱼᵢ) with k(k − 1)/2 degrees of freedom; a pair of categories that is
  /// never confused counts among them (Bowker 1948). Undefined: `noOverlap`, `noDiscordantPairs`.
  public var bowker: Statistic<TestResult> {
    if let problem { return .undefined(problem) }
    var sum = 0.0
    for i in 0..<size {
      for j in 0..<i where differing(i, j) > 0 {
        let difference = Double(counts[i][j] - counts[j][i])
        sum += difference * difference / Double(differing(i, j))
      }
    }
    return .value(TestResult(chiSquare: sum, degrees: size * (size - 1) / 2))
  }

  /// The Stuart–Maxwell test of equal marginals: d′V⁻¹d over all categories but the last, with k − 1 degrees of freedom
  /// (Stuart 1955; Maxwell 1970). Undefined: `noOverlap`, `noDiscordantPairs`, `singularCovariance`.
  public var stuartMaxwell: Statistic<TestResult> {
    if let problem { return .undefined(problem) }
    // V is the Laplacian of the graph whose edges are the confused pairs, less one vertex: by the matrix-tree theorem it has
    // an inverse exactly when the graph hangs together. No rounding can hide that.
    guard isConnected else { return .undefined(.singularCovariance) }
    let n = size - 1
    let differences = (0..<n).map { i in
      Double(counts[i].reduce(0, +) - counts.reduce(0) { $0 + $1[i] })
    }
    let solution = solveLaplacian(differences)
    let statistic = zip(differences, solution).reduce(0) { $0 + $1.0 * $1.1 }
    return .value(TestResult(chiSquare: max(0, statistic), degrees: n))
  }

  private var isConnected: Bool {
    var reached = [Bool](repeating: false, count: size)
    var waiting = [0]
    reached[0] = true
    while let i = waiting.popLast() {
      for j in 0..<size where !reached[j] && differing(i, j) > 0 {
        reached[j] = true
        waiting.append(j)
      }
    }
    return reached.allSatisfy { $0 }
  }

  /// Gaussian elimination of the Laplacian without its last vertex. An eliminated vertex hands its edges on to its
  /// neighbours, so that diagonals are sums of positive weights and nothing cancels (Grassmann, Taksar & Heyman 1985).
  private func solveLaplacian(_ right: [Double]) -> [Double] {
    let n = right.count
    var weights = (0...n).map { i in (0...n).map { j in i == j ? 0 : Double(differing(i, j)) } }
    var values = right
    var degrees = [Double](repeating: 0, count: n)
    for k in 0..<n {
      degrees[k] = (k + 1...n).reduce(0) { $0 + weights[k][$1] }
      for i in k + 1...n where weights[i][k] > 0 {
        let share = weights[i][k] / degrees[k]
        for j in k + 1...n where j != i { weights[i][j] += share * weights[k][j] }
        if i < n { values[i] += share * values[k] }
      }
    }
    var solution = [Double](repeating: 0, count: n)
    for k in stride(from: n - 1, through: 0, by: -1) {
      var sum = values[k]
      for j in k + 1..<max(n, k + 1) { sum += weights[k][j] * solution[j] }
      solution[k] = sum / degrees[k]
    }
    return solution
  }
}

/// Bowker's test of symmetry of a square table, see `SquareTable.bowker`.
public func bowker(table: [[Int]]) -> Statistic<TestResult> { SquareTable(table).bowker }

/// The Stuart–Maxwell test of marginal homogeneity of a square table, see `SquareTable.stuartMaxwell`.
public func stuartMaxwell(table: [[Int]]) -> Statistic<TestResult> { SquareTable(table).stuartMaxwell }
