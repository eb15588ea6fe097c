public import Agreement

/// How intervals of what is no plain proportion are made.
public struct BootstrapPlan: Sendable, Equatable {
  /// Resamples of each interval.
  public let replicates: Int
  /// The seed: the same seed gives the same bytes, whatever the thread count.
  public let seed: UInt64
  /// Beyond so many clusters the normal interval with the jackknife's standard error takes over: both agree there, and it
  /// costs a pass instead of thousands.
  public let largestBootstrap: Int

  /// Makes a plan.
  public init(replicates: Int = 2000, seed: UInt64 = 1, largestBootstrap: Int = 5000) {
    self.replicates = replicates
    self.seed = seed
    self.largestBootstrap = largestBootstrap
  }

  /// How `intervals` makes the interval of so many clusters.
  func method(clusters: Int, isClustered: Bool) -> MeasuredValue.Method {
    if clusters > largestBootstrap { return .jackknife }
    return isClustered ? .promptBootstrap : .itemBootstrap
  }

  /// 95 % intervals of measures of counts that add up over clusters.
  /// - Parameters:
  ///   - clusters: one row of counts a cluster, all of the same width.
  ///   - count: how many measures.
  ///   - measure: a measure, by its number, of summed counts.
  /// - Returns: undefined for `tooFewClusters`, `tooManyUndefinedReplicates`.
  func intervals(_ clusters: [[Int]], count: Int, _ measure: @escaping @Sendable (Int, [Int]) -> Statistic<Double>)
    -> [Statistic<Interval>]
  {
    guard clusters.count > 1 else { return Array(repeating: .undefined(.tooFewClusters), count: count) }
    if clusters.count > largestBootstrap { return (0..<count).map { jackknife(clusters, $0, measure) } }
    let bootstrap = ClusterBootstrap(replicates: replicates, seed: seed)
    let rows = clusters.flatMap { $0 }
    return (0..<count).map { number in
      let statistics = AdditiveStatistics(clusterCount: clusters.count, width: clusters[0].count, rows: rows) {
        measure(number, Array($0))
      }
      return bootstrap.distributions(of: statistics)[0].percentile()
    }
  }

  /// The percentile interval of one statistic that adds up over clusters.
  func interval(of statistic: AdditiveStatistics) -> Statistic<Interval> {
    ClusterBootstrap(replicates: replicates, seed: seed).distributions(of: statistic)[0].percentile()
  }

  /// θ ± z·SE with SE² = (G − 1)/G · Σ (θ₍ᵢ₎ − θ̄)² over the G clusters left out one by one (Efron & Tibshirani 1993,
  /// eq. 11.5). Equal rows are left out once and counted as often as they occur.
  private func jackknife(_ clusters: [[Int]], _ number: Int, _ measure: (Int, [Int]) -> Statistic<Double>)
    -> Statistic<Interval>
  {
    var kinds: [[Int]: Int] = [:]
    var total = [Int](repeating: 0, count: clusters[0].count)
    for row in clusters {
      kinds[row, default: 0] += 1
      for at in total.indices { total[at] += row[at] }
    }
    guard let value = measure(number, total).value else { return .undefined(measure(number, total).reason ?? .noTrials) }
    var rest: [(value: Double, times: Double)] = []
    // In the order of the rows: a dictionary's order would change the last bits.
    for (row, times) in kinds.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      guard let left = measure(number, zip(total, row).map { $0 - $1 }).value else { continue }
      rest.append((left, Double(times)))
    }
    let count = rest.reduce(0) { $0 + $1.times }
    guard count > 1 else { return .undefined(.tooFewClusters) }
    let mean = rest.reduce(0) { $0 + $1.value * $1.times } / count
    let squares = rest.reduce(0) { $0 + $1.times * ($1.value - mean) * ($1.value - mean) }
    let half = normalQuantile(0.975) * (squares * (count - 1) / count).squareRoot()
    return .value(Interval(low: value - half, high: value + half))
  }
}
