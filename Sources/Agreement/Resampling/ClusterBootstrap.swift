/// The bootstrap over clusters: whole clusters (prompts) are drawn with replacement, as many as there are, and the statistic
/// is computed anew (Efron 1979; Davison & Hinkley 1997). Items of a cluster stay together, so that answers to one
/// prompt never count as independent.
///
/// Replicate r depends on (seed, r) alone: threads change nothing.
public struct ClusterBootstrap: Sendable {
  /// Resamples.
  public let replicates: Int
  /// Seed of all streams.
  public let seed: UInt64
  /// Threads that share the work.
  public let threads: Int

  /// Plans a bootstrap.
  /// - Parameters:
  ///   - replicates: at least 1; ends of 95 % intervals are steady to a few per cent of the SE from some 10 000 on.
  ///   - threads: nil for as many as there are processors.
  public init(replicates: Int = 20_000, seed: UInt64 = 1, threads: Int? = nil) {
    precondition(replicates > 0, "a bootstrap needs a replicate")
    self.replicates = replicates
    self.seed = seed
    self.threads = max(1, threads ?? SharedWork.processors)
  }

  /// The distributions of statistics that add up over clusters, one for each, all from the same resamples.
  public func distributions(of statistics: AdditiveStatistics) -> [BootstrapDistribution] {
    distributions(of: statistics, path: nil)
  }

  func distributions(of statistics: AdditiveStatistics, path: RowSums.Path?) -> [BootstrapDistribution] {
    let points = statistics.points
    let (clusters, count, width) = (statistics.clusterCount, statistics.count, statistics.width)
    guard clusters > 1 else { return points.map { BootstrapDistribution(point: $0, clusterCount: clusters) } }
    let sums = RowSums(statistics, path: path)
    // [count, replicates]; not a number where a replicate has no value.
    var values = [Double](repeating: .nan, count: count * replicates)
    values.withUnsafeMutableBufferPointer { values in
      // Guard: each range of replicates writes the places of its own replicates.
      nonisolated(unsafe) let values = values
      SharedWork.run(replicates, threads: threads, piece: 64) { range in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: clusters) { draws in
          withUnsafeTemporaryAllocation(of: Int.self, capacity: count * width) { totals in
            for replicate in range {
              var generator = CounterGenerator(seed: seed, stream: UInt64(replicate))
              generator.fill(draws, below: clusters)
              sums.add(UnsafeBufferPointer(draws), into: totals)
              for number in 0..<count {
                let own = UnsafeBufferPointer(rebasing: totals[number * width..<(number + 1) * width])
                if case .value(let value) = statistics.evaluate(own) { values[number * replicates + replicate] = value }
              }
            }
          }
        }
      }
    }
    let jackknife = statistics.jackknife
    return collect(count, clusters, values) { number in
      (points[number], jackknife.compactMap { $0[number].value })
    }
  }

  /// The distribution of any statistic.
  /// - Parameters:
  ///   - clusters: the cluster of each item, 0..<`clusterCount`.
  ///   - statistic: called with items of a resample (an item of a cluster drawn twice comes twice), from several threads.
  public func distribution(
    clusters: [Int],
    clusterCount: Int,
    _ statistic: @Sendable ([Int]) -> Statistic<Double>
  ) -> BootstrapDistribution {
    let point = statistic(Array(clusters.indices))
    guard clusterCount > 1 else { return BootstrapDistribution(point: point, clusterCount: clusterCount) }
    var members = [[Int]](repeating: [], count: clusterCount)
    for (item, cluster) in clusters.enumerated() { members[cluster].append(item) }
    let items = members
    var values = [Double](repeating: .nan, count: replicates)
    values.withUnsafeMutableBufferPointer { values in
      // Guard: each range of replicates writes the places of its own replicates.
      nonisolated(unsafe) let values = values
      SharedWork.run(replicates, threads: threads, piece: 16) { range in
        for replicate in range {
          var generator = CounterGenerator(seed: seed, stream: UInt64(replicate))
          let drawn = [Int32](unsafeUninitializedCapacity: clusterCount) { buffer, count in
            generator.fill(UnsafeMutableBufferPointer(rebasing: buffer[..<clusterCount]), below: clusterCount)
            count = clusterCount
          }
          let resample = drawn.flatMap { items[Int($0)] }
          if case .value(let value) = statistic(resample) { values[replicate] = value }
        }
      }
    }
    var jackknife = [Double](repeating: .nan, count: clusterCount)
    jackknife.withUnsafeMutableBufferPointer { jackknife in
      // Guard: each range of clusters writes the places of its own clusters.
      nonisolated(unsafe) let jackknife = jackknife
      SharedWork.run(clusterCount, threads: threads, piece: 16) { range in
        for left in range {
          let rest = clusters.indices.filter { clusters[$0] != left }
          if case .value(let value) = statistic(rest) { jackknife[left] = value }
        }
      }
    }
    let deleted = jackknife.filter { !$0.isNaN }
    return collect(1, clusterCount, values) { _ in (point, deleted) }[0]
  }

  /// Sorts the values of each statistic and puts the parts together.
  private func collect(
    _ count: Int,
    _ clusterCount: Int,
    _ values: [Double],
    _ rest: (Int) -> (point: Statistic<Double>, jackknife: [Double])
  ) -> [BootstrapDistribution] {
    var sorted = [[Double]](repeating: [], count: count)
    sorted.withUnsafeMutableBufferPointer { sorted in
      // Guard: each range of statistics writes the places of its own statistics.
      nonisolated(unsafe) let sorted = sorted
      SharedWork.run(count, threads: threads, piece: 1) { range in
        for number in range {
          sorted[number] = radixSorted(values[number * replicates..<(number + 1) * replicates].filter { !$0.isNaN })
        }
      }
    }
    return (0..<count).map { number in
      let (point, jackknife) = rest(number)
      return BootstrapDistribution(
        point: point,
        sorted: sorted[number],
        undefinedCount: replicates - sorted[number].count,
        jackknife: jackknife,
        clusterCount: clusterCount
      )
    }
  }
}
