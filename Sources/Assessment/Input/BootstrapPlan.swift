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

  /// 95 % intervals of measures of joint counts, cut to −1…1.
  /// - Parameters:
  ///   - count: how many measures.
  ///   - measure: a measure, by its number, of summed counts.
  /// - Returns: undefined for `tooFewClusters`, `tooManyUndefinedReplicates`, `noErrorVariance`.
  func intervals(_ counts: JointCounts, count: Int, _ measure: (Int, PairCounts) -> Statistic<Double>)
    -> [Statistic<Interval>]
  {
    intervals(PromptRows(counts), count: count) { totals in
      let pair = JointCounts.pair(totals, counts.categories)
      return (0..<count).map { measure($0, pair) }
    }.map { $0.map(Self.cut) }
  }

  /// 95 % intervals of figures of sums over prompts, not cut.
  /// - Parameters:
  ///   - count: how many figures.
  ///   - figures: all of them, of the summed rows.
  /// - Returns: undefined for `tooFewClusters`, `tooManyUndefinedReplicates`, `noErrorVariance`.
  func intervals(_ rows: PromptRows, count: Int, _ figures: ([Int]) -> [Statistic<Double>]) -> [Statistic<Interval>] {
    let (clusters, width) = (rows.promptCount, rows.width)
    guard clusters > 1, count > 0 else { return Array(repeating: .undefined(.tooFewClusters), count: count) }
    let totals = rows.totals
    let points = figures(totals)
    var leftOut = [[(value: Double, times: Int)]](repeating: [], count: count)
    for (number, times) in rows.times.enumerated() {
      let rest = zip(totals, rows.row(number)).map { $0 - $1 }
      for (number, figure) in figures(rest).enumerated() {
        if let value = figure.value { leftOut[number].append((value, times)) }
      }
    }
    // The resamples of many prompts cost thousands of passes, those of wide rows too much memory.
    if clusters > largestBootstrap || clusters * width > Self.largestRows {
      return (0..<count).map { normal(points[$0], leftOut[$0]) }
    }
    let bootstrap = ClusterBootstrap(replicates: replicates, seed: seed)
    let expanded = rows.expanded
    // Small tables meet the same sums again and again: each is measured once.
    var known: [ArraySlice<Int>: [Double?]] = [:]
    var values = [[Double?]](repeating: [], count: count)
    let piece = max(1, Self.largestRows / width)
    for start in stride(from: 0, to: replicates, by: piece) {
      let part = start..<min(replicates, start + piece)
      let sums = bootstrap.totals(rows: expanded, width: width, of: part)
      for replicate in 0..<part.count {
        let own = sums[replicate * width..<(replicate + 1) * width]
        let measured: [Double?]
        if let before = known[own] {
          measured = before
        } else {
          measured = figures(Array(own)).map(\.value)
          if width <= Self.rememberedWidth { known[own] = measured }
        }
        for number in 0..<count { values[number].append(measured[number]) }
      }
    }
    return (0..<count).map { number in
      bootstrap.interval(
        of: values[number],
        point: points[number],
        jackknife: leftOut[number].flatMap { Array(repeating: $0.value, count: $0.times) },
        clusterCount: clusters
      )
    }
  }

  /// Numbers that the rows of all prompts, or the sums of one piece of the resamples, may hold.
  private static let largestRows = 2_000_000
  /// Sums of wider rows hardly come twice.
  private static let rememberedWidth = 25

  /// No measure here goes beyond 1.
  private static func cut(_ interval: Interval) -> Interval {
    Interval(low: max(-1, interval.low), high: min(1, interval.high))
  }

  /// θ ± z·SE with SE² = (G − 1)/G · Σ (θ₍ᵢ₎ − θ̄)² over the G clusters left out one by one (Efron & Tibshirani 1993,
  /// eq. 11.5).
  private func normal(_ point: Statistic<Double>, _ leftOut: [(value: Double, times: Int)]) -> Statistic<Interval> {
    guard let value = point.value else { return .undefined(point.reason ?? .noTrials) }
    let clusters = leftOut.reduce(0.0) { $0 + Double($1.times) }
    guard clusters > 1 else { return .undefined(.tooFewClusters) }
    let mean = leftOut.reduce(0) { $0 + $1.value * Double($1.times) } / clusters
    let squares = leftOut.reduce(0) { $0 + Double($1.times) * ($1.value - mean) * ($1.value - mean) }
    guard squares > 0 else { return .undefined(.noErrorVariance) }
    let half = normalQuantile(0.975) * (squares * (clusters - 1) / clusters).squareRoot()
    return .value(Interval(low: value - half, high: value + half))
  }
}
