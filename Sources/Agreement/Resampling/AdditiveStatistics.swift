/// Statistics that are functions of whole numbers which add up over clusters: refusal rates, agreement, κ, AC1, nominal α,
/// differences of rates. A resample of clusters is then a sum of rows; no item is looked at again.
///
/// Every sum is a sum of whole numbers, so no order of adding changes a bit of it.
public struct AdditiveStatistics: Sendable {
  /// Clusters: the rows.
  public let clusterCount: Int
  /// Columns that each statistic reads.
  public let width: Int
  /// Statistics: number s reads the columns s·width..<(s + 1)·width.
  public let count: Int
  /// Sums of the clusters, [clusters, count · width].
  let rows: [Int]
  /// The statistic of its `width` totals.
  let evaluate: @Sendable (UnsafeBufferPointer<Int>) -> Statistic<Double>

  /// Makes statistics of rows.
  /// - Parameters:
  ///   - rows: [clusters, count · width], row by row.
  ///   - evaluate: the statistic, from `width` totals.
  public init(
    clusterCount: Int,
    width: Int,
    count: Int = 1,
    rows: [Int],
    evaluate: @escaping @Sendable (UnsafeBufferPointer<Int>) -> Statistic<Double>
  ) {
    precondition(width > 0 && rows.count == clusterCount * count * width, "every cluster needs every column")
    self.clusterCount = clusterCount
    self.width = width
    self.count = count
    self.rows = rows
    self.evaluate = evaluate
  }

  /// Columns of a row.
  var columnCount: Int { count * width }

  /// The columns' sums over all clusters.
  var totals: [Int] {
    var totals = [Int](repeating: 0, count: columnCount)
    for cluster in 0..<clusterCount {
      for column in 0..<columnCount { totals[column] += rows[cluster * columnCount + column] }
    }
    return totals
  }

  /// Each statistic of all clusters.
  public var points: [Statistic<Double>] { values(of: totals) }

  /// Each statistic with one cluster left out: [clusters][count].
  var jackknife: [[Statistic<Double>]] {
    let totals = totals
    var rest = totals
    return (0..<clusterCount).map { cluster in
      for column in 0..<columnCount { rest[column] = totals[column] - rows[cluster * columnCount + column] }
      return values(of: rest)
    }
  }

  private func values(of totals: [Int]) -> [Statistic<Double>] {
    totals.withUnsafeBufferPointer { all in
      (0..<count).map { evaluate(UnsafeBufferPointer(rebasing: all[$0 * width..<($0 + 1) * width])) }
    }
  }
}
