extension AdditiveStatistics {
  /// A statistic of two raters.
  /// - Parameter categories: declared categories.
  public static func pair(
    _ statistic: PairStatistic,
    _ first: Labels,
    _ second: Labels,
    categories: Int,
    clusters: [Int],
    clusterCount: Int
  ) -> AdditiveStatistics {
    pairs(statistic, [first, second], categories: categories, clusters: clusters, clusterCount: clusterCount)
  }

  /// A statistic of every pair of raters of a table, in the order of `PackedPanel.pairs`.
  public static func pairs(_ statistic: PairStatistic, _ table: LabelTable) -> AdditiveStatistics {
    pairs(
      statistic,
      table.columns,
      categories: table.categories.count,
      clusters: table.clusterList,
      clusterCount: table.clusterCount
    )
  }

  /// Any statistic of two raters' counts, as weighted κ; slower than the named ones.
  /// - Parameter categories: declared categories.
  public static func pair(
    _ first: Labels,
    _ second: Labels,
    categories: Int,
    clusters: [Int],
    clusterCount: Int,
    _ statistic: @escaping @Sendable (PairCounts) -> Statistic<Double>
  ) -> AdditiveStatistics {
    let counts = pair(
      .percentAgreement,
      first,
      second,
      categories: categories,
      clusters: clusters,
      clusterCount: clusterCount
    )
    return AdditiveStatistics(
      clusterCount: clusterCount,
      width: counts.width,
      rows: counts.rows
    ) { totals in
      statistic(
        PairCounts(table: (0..<categories).map { Array(totals[$0 * categories..<($0 + 1) * categories]) })
      )
    }
  }

  private static func pairs(
    _ statistic: PairStatistic,
    _ columns: [Labels],
    categories: Int,
    clusters: [Int],
    clusterCount: Int
  ) -> AdditiveStatistics {
    let width = categories * categories
    let count = columns.count * (columns.count - 1) / 2
    var rows = [Int](repeating: 0, count: clusterCount * count * width)
    rows.withUnsafeMutableBufferPointer { rows in
      var start = 0
      for (number, first) in columns.enumerated() {
        for second in columns[(number + 1)...] {
          first.withCodes { first in
            second.withCodes { second in
              for (item, cluster) in clusters.enumerated() {
                let (a, b) = (Int(first[item]), Int(second[item]))
                if a < categories, b < categories { rows[cluster * count * width + start + a * categories + b] += 1 }
              }
            }
          }
          start += width
        }
      }
    }
    return AdditiveStatistics(clusterCount: clusterCount, width: width, count: count, rows: rows) { totals in
      totals.baseAddress.map { statistic.value($0, categories: categories) } ?? .undefined(.noOverlap)
    }
  }
}
