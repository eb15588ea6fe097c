extension ClusterBootstrap {
  /// The summed rows of each resample, for statistics that a caller reads from one set of resamples together.
  /// - Parameters:
  ///   - rows: [clusters, width], row by row; at least two clusters.
  /// - Returns: [replicates, width].
  public func totals(rows: [Int], width: Int) -> [Int] {
    let clusters = rows.count / width
    precondition(width > 0 && rows.count == clusters * width && clusters > 1, "two clusters or more, of one width")
    let statistics = AdditiveStatistics(clusterCount: clusters, width: width, rows: rows) { _ in .undefined(.noTrials) }
    let sums = RowSums(statistics, path: nil)
    var totals = [Int](repeating: 0, count: replicates * width)
    totals.withUnsafeMutableBufferPointer { totals in
      // Guard: each range of replicates writes the places of its own replicates.
      nonisolated(unsafe) let totals = totals
      SharedWork.run(replicates, threads: threads, piece: 64) { range in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: clusters) { draws in
          for replicate in range {
            var generator = CounterGenerator(seed: seed, stream: UInt64(replicate))
            generator.fill(draws, below: clusters)
            let own = UnsafeMutableBufferPointer(rebasing: totals[replicate * width..<(replicate + 1) * width])
            sums.add(UnsafeBufferPointer(draws), into: own)
          }
        }
      }
    }
    return totals
  }

  /// The percentile interval of a statistic from its values over the resamples, those without a value included.
  /// Undefined: `tooFewClusters`, `tooManyUndefinedReplicates`.
  public func percentile(of values: [Double?], clusterCount: Int, level: Double = 0.95) -> Statistic<Interval> {
    let known = values.compactMap { $0 }.sorted()
    let distribution = BootstrapDistribution(
      point: .undefined(.noTrials),
      sorted: known,
      undefinedCount: values.count - known.count,
      jackknife: [],
      clusterCount: clusterCount
    )
    return distribution.percentile(level: level)
  }
}
