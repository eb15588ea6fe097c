internal import Agreement

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

  /// 95 % intervals of measures of joint counts.
  /// - Parameters:
  ///   - count: how many measures.
  ///   - measure: a measure, by its number, of summed counts.
  /// - Returns: undefined for `tooFewClusters`, `tooManyUndefinedReplicates`.
  func intervals(_ counts: JointCounts, count: Int, _ measure: (Int, PairCounts) -> Statistic<Double>)
    -> [Statistic<Interval>]
  {
    let clusters = counts.clusterCount
    guard clusters > 1 else { return Array(repeating: .undefined(.tooFewClusters), count: count) }
    if clusters > largestBootstrap { return (0..<count).map { jackknife(counts, $0, measure) } }
    let bootstrap = ClusterBootstrap(replicates: replicates, seed: seed)
    let q = counts.categories
    let totals = bootstrap.totals(rows: counts.expandedRows.flatMap { $0 }, width: q * q)
    // Small tables meet the same sums again and again: each is measured once.
    var known: [ArraySlice<Int>: [Double?]] = [:]
    var values = [[Double?]](repeating: [], count: count)
    for replicate in 0..<replicates {
      let own = totals[replicate * q * q..<(replicate + 1) * q * q]
      let measured: [Double?]
      if let before = known[own] {
        measured = before
      } else {
        let pair = JointCounts.pair(Array(own), q)
        measured = (0..<count).map { measure($0, pair).value }
        known[own] = measured
      }
      for number in 0..<count { values[number].append(measured[number]) }
    }
    return values.map { bootstrap.percentile(of: $0, clusterCount: clusters) }
  }

  /// The percentile interval of one statistic that adds up over clusters.
  func interval(of statistic: AdditiveStatistics) -> Statistic<Interval> {
    ClusterBootstrap(replicates: replicates, seed: seed).distributions(of: statistic)[0].percentile()
  }

  /// θ ± z·SE with SE² = (G − 1)/G · Σ (θ₍ᵢ₎ − θ̄)² over the G clusters left out one by one (Efron & Tibshirani 1993,
  /// eq. 11.5). Equal rows are left out once and counted as often as they occur.
  private func jackknife(_ counts: JointCounts, _ number: Int, _ measure: (Int, PairCounts) -> Statistic<Double>)
    -> Statistic<Interval>
  {
    let q = counts.categories
    let whole = measure(number, counts.total)
    guard let value = whole.value else { return .undefined(whole.reason ?? .noTrials) }
    var rest: [(value: Double, times: Double)] = []
    for (row, times) in counts.distinctRows {
      let left = zip(counts.flat, row).map { $0 - $1 }
      guard let value = measure(number, JointCounts.pair(left, q)).value else { continue }
      rest.append((value, Double(times)))
    }
    let clusters = rest.reduce(0) { $0 + $1.times }
    guard clusters > 1 else { return .undefined(.tooFewClusters) }
    let mean = rest.reduce(0) { $0 + $1.value * $1.times } / clusters
    let squares = rest.reduce(0) { $0 + $1.times * ($1.value - mean) * ($1.value - mean) }
    let half = normalQuantile(0.975) * (squares * (clusters - 1) / clusters).squareRoot()
    return .value(Interval(low: value - half, high: value + half))
  }
}
