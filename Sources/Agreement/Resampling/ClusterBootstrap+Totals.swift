extension ClusterBootstrap {
  /// The summed rows of each resample, for statistics that a caller reads from one set of resamples together.
  /// - Parameters:
  ///   - rows: [clusters, width], row by row; at least two clusters.
  ///   - part: which replicates, so that wide rows need not be held for all at once; nil for all.
  /// - Returns: [replicates of the part, width].
  public func totals(rows: [Int], width: Int, of part: Range<Int>? = nil) -> [Int] {
    let part = part ?? 0..<replicates
    let clusters = rows.count / width
    precondition(width > 0 && rows.count == clusters * width && clusters > 1, "two clusters or more, of one width")
    let statistics = AdditiveStatistics(clusterCount: clusters, width: width, rows: rows) { _ in .undefined(.noTrials) }
    let sums = RowSums(statistics, path: nil)
    var totals = [Int](repeating: 0, count: part.count * width)
    totals.withUnsafeMutableBufferPointer { totals in
      // Guard: each range of replicates writes the places of its own replicates.
      nonisolated(unsafe) let totals = totals
      SharedWork.run(part.count, threads: threads, piece: 64) { range in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: clusters) { draws in
          for replicate in range {
            var generator = CounterGenerator(seed: seed, stream: UInt64(part.lowerBound + replicate))
            generator.fill(draws, below: clusters)
            let own = UnsafeMutableBufferPointer(rebasing: totals[replicate * width..<(replicate + 1) * width])
            sums.add(UnsafeBufferPointer(draws), into: own)
          }
        }
      }
    }
    return totals
  }

  /// The interval of a statistic from its values over the resamples, those without a value included: Student's t with the
  /// bootstrap's standard error below 20 clusters, BCa from there on, percentiles where BCa does not exist. Each is what its
  /// simulated coverage advises.
  /// Undefined: `tooFewClusters`, `tooManyUndefinedReplicates`, `noErrorVariance` where every resample has one value: an
  /// interval without width would claim certainty.
  /// - Parameters:
  ///   - point: the statistic of the data.
  ///   - jackknife: the statistic with one cluster left out, for each cluster where it exists.
  public func interval(
    of values: [Double?],
    point: Statistic<Double>,
    jackknife: [Double],
    clusterCount: Int,
    level: Double = 0.95
  ) -> Statistic<Interval> {
    let known = values.compactMap { $0 }.sorted()
    let distribution = BootstrapDistribution(
      point: point,
      sorted: known,
      undefinedCount: values.count - known.count,
      jackknife: jackknife,
      clusterCount: clusterCount
    )
    return distribution.advised(level: level)
  }
}

extension BootstrapDistribution {
  /// The interval that simulated coverage advises: `student` below 20 clusters, else `bca`, else `percentile`.
  /// Undefined: as these, and `noErrorVariance` where every resample has one value.
  public func advised(level: Double = 0.95) -> Statistic<Interval> {
    if let first = sorted.first, let last = sorted.last, first == last { return .undefined(.noErrorVariance) }
    if clusterCount < 20 { return student(level: level) }
    if case .value(let interval) = bca(level: level) { return .value(interval) }
    return percentile(level: level)
  }
}
