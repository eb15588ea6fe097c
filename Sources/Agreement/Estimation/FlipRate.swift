/// How often a judge contradicts itself when it judges the same items again: the noise below which no difference between judges
/// means anything.
public struct FlipRate: Sendable, Equatable {
  /// Pairs of passes over one item in which both gave a label.
  public let pairs: Int
  /// Those in which the labels differ.
  public let flips: Int
  /// flips / pairs, 0…1.
  public let rate: Double
  /// Interval of the rate, within 0…1. Undefined: `tooFewClusters` with fewer than two clusters, `noErrorVariance` where every
  /// cluster has the same rate strictly between 0 and 1.
  public let interval: Statistic<Interval>
}

/// Test–retest flip rate over repeated passes.
///
/// Pairs of one item share its labels and are not independent. With two passes and no clusters each item is one pair and the
/// interval is Wilson's (1927). Otherwise the rate is a ratio of totals over clusters (items, or the clusters given), with the
/// linearised variance G/(G − 1)·Σ(flips − rate·pairs)²/pairs² and Student's t with G − 1 degrees (Cochran 1977, section 6.3),
/// cut to 0…1; where no cluster or every one flips throughout, that variance is 0 and says nothing, so it is Wilson's interval
/// with each cluster as one trial.
/// - Parameters:
///   - passes: one column a pass, over the same items.
///   - clusters: the cluster of each item, any numbers.
/// - Returns: undefined: `tooFewRaters` with fewer than two passes, `noOverlap` where no item has two labels.
public func flipRate(passes: [Labels], clusters: [Int]? = nil, level: Double = 0.95) -> Statistic<FlipRate> {
  guard let first = passes.first, passes.count > 1 else { return .undefined(.tooFewRaters) }
  precondition(passes.allSatisfy { $0.count == first.count }, "every pass needs the same items")
  precondition(clusters.map { $0.count == first.count } ?? true, "every item needs a cluster")
  var places: [Int: Int] = [:]
  var counts: [(flips: Int, pairs: Int)] = []
  for item in 0..<first.count {
    let labels = passes.compactMap { $0[item] }
    guard labels.count > 1 else { continue }
    let pairs = labels.count * (labels.count - 1) / 2
    var same = 0
    for one in labels.indices { same += labels[..<one].count { $0 == labels[one] } }
    let cluster = clusters?[item] ?? item
    let place = places[cluster] ?? counts.count
    if place == counts.count {
      places[cluster] = place
      counts.append((0, 0))
    }
    counts[place].flips += pairs - same
    counts[place].pairs += pairs
  }
  guard !counts.isEmpty else { return .undefined(.noOverlap) }
  let flips = counts.reduce(0) { $0 + $1.flips }
  let pairs = counts.reduce(0) { $0 + $1.pairs }
  let interval =
    clusters == nil && passes.count == 2
    ? wilsonInterval(successes: flips, trials: pairs, level: level)
    : clusteredShareInterval(counts.map { (count: $0.flips, of: $0.pairs) }, level: level)
  return .value(FlipRate(pairs: pairs, flips: flips, rate: Double(flips) / Double(pairs), interval: interval))
}
