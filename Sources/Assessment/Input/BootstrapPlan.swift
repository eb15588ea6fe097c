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
    let leftOut = jackknife(counts, count, measure)
    let points = (0..<count).map { measure($0, counts.total) }
    let q = counts.categories
    // The resamples of many clusters cost thousands of passes, those of many categories their square in memory.
    if clusters > largestBootstrap || q > 16 {
      return (0..<count).map { normal(points[$0], leftOut[$0]) }
    }
    let bootstrap = ClusterBootstrap(replicates: replicates, seed: seed)
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
    return (0..<count).map { number in
      bootstrap.interval(
        of: values[number],
        point: points[number],
        jackknife: leftOut[number].flatMap { Array(repeating: $0.value, count: $0.times) },
        clusterCount: clusters
      ).map(Self.cut)
    }
  }

  /// No measure here goes beyond 1.
  private static func cut(_ interval: Interval) -> Interval {
    Interval(low: max(-1, interval.low), high: min(1, interval.high))
  }

  /// Each measure with a cluster left out, and how many clusters give that value. Equal rows are left out once.
  private func jackknife(_ counts: JointCounts, _ count: Int, _ measure: (Int, PairCounts) -> Statistic<Double>)
    -> [[(value: Double, times: Int)]]
  {
    var found = [[(value: Double, times: Int)]](repeating: [], count: count)
    for (row, times) in counts.distinctRows {
      let rest = JointCounts.pair(zip(counts.flat, row).map { $0 - $1 }, counts.categories)
      for number in 0..<count {
        if let value = measure(number, rest).value { found[number].append((value, times)) }
      }
    }
    return found
  }

  /// The interval of one statistic that adds up over clusters.
  func interval(of statistic: AdditiveStatistics) -> Statistic<Interval> {
    ClusterBootstrap(replicates: replicates, seed: seed).distributions(of: statistic)[0].advised()
  }

  /// θ ± z·SE with SE² = (G − 1)/G · Σ (θ₍ᵢ₎ − θ̄)² over the G clusters left out one by one (Efron & Tibshirani 1993,
  /// eq. 11.5), within −1…1.
  private func normal(_ point: Statistic<Double>, _ leftOut: [(value: Double, times: Int)]) -> Statistic<Interval> {
    guard let value = point.value else { return .undefined(point.reason ?? .noTrials) }
    let clusters = leftOut.reduce(0.0) { $0 + Double($1.times) }
    guard clusters > 1 else { return .undefined(.tooFewClusters) }
    let mean = leftOut.reduce(0) { $0 + $1.value * Double($1.times) } / clusters
    let squares = leftOut.reduce(0) { $0 + Double($1.times) * ($1.value - mean) * ($1.value - mean) }
    guard squares > 0 else { return .undefined(.noErrorVariance) }
    let half = normalQuantile(0.975) * (squares * (clusters - 1) / clusters).squareRoot()
    return .value(Self.cut(Interval(low: value - half, high: value + half)))
  }
}
