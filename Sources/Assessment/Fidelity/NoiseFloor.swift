public import Agreement

/// How often a judge changes its label when it is asked again: no smaller difference between judges is read.
public struct NoiseFloor: Sendable {
  /// Flips among comparisons of two passes of one item.
  public struct Counts: Sendable, Equatable {
    /// Comparisons whose labels differ.
    public let flips: Int
    /// Comparisons.
    public let comparisons: Int

    /// Makes counts.
    public init(flips: Int, comparisons: Int) {
      self.flips = flips
      self.comparisons = comparisons
    }

    /// Wilson's interval of the rate at 95 %.
    public var interval: Statistic<Interval> { wilsonInterval(successes: flips, trials: comparisons) }
  }

  /// The judge's column.
  public let judge: Int
  /// Passes compared, the judge's own column included.
  public let passes: Int
  /// The flip rate; undefined for `noOverlap`.
  public let rate: Statistic<FlipRate>

  /// The counts, nil where no item has two labels.
  public var counts: Counts? { rate.value.map { Counts(flips: $0.flips, comparisons: $0.pairs) } }

  static func all(_ labels: AssessedLabels) -> [NoiseFloor] {
    labels.judges.compactMap { judge in
      guard let more = labels.passes[judge], !more.isEmpty else { return nil }
      let passes = ([judge] + more).map { labels.table.columns[$0] }
      let rate = flipRate(passes: passes, clusters: labels.isClustered ? labels.table.clusterList : nil)
      return NoiseFloor(judge: judge, passes: passes.count, rate: rate)
    }
  }
}
