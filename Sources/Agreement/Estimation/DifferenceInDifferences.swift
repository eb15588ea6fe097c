/// How much more an edit lowers a rate on one kind of item than on the other: (base − edited on the first kind) −
/// (base − edited on the second kind), as harmful against harmless prompts.
public struct DifferenceInDifferences: Sendable, Equatable {
  /// Items of one of the four groups.
  public struct Cell: Sendable, Equatable {
    /// Items with the outcome.
    public let positives: Int
    /// Items with a label.
    public let count: Int
    /// Their share, for a cell with an item.
    public var rate: Double { Double(positives) / Double(count) }

    /// Makes a cell.
    public init(positives: Int, count: Int) {
      precondition((0...max(0, count)).contains(positives), "positives are a part of all")
      self.positives = positives
      self.count = count
    }
  }

  /// −2…2.
  public let estimate: Double
  /// From four independent binomial rates: √Σ p(1 − p)/n.
  public let independentStandardError: Double
  /// Normal interval with that error, not cut.
  public let independentInterval: Interval

  /// From counts.
  /// - Returns: undefined: `noTrials` with an empty cell.
  public static func counts(
    baseFirst: Cell,
    editedFirst: Cell,
    baseSecond: Cell,
    editedSecond: Cell,
    level: Double = 0.95
  ) -> Statistic<DifferenceInDifferences> {
    let cells = [baseFirst, editedFirst, baseSecond, editedSecond]
    guard cells.allSatisfy({ $0.count > 0 }) else { return .undefined(.noTrials) }
    let estimate = (baseFirst.rate - editedFirst.rate) - (baseSecond.rate - editedSecond.rate)
    let variance = cells.reduce(0) { $0 + $1.rate * (1 - $1.rate) / Double($1.count) }
    let error = variance.squareRoot()
    return .value(
      DifferenceInDifferences(
        estimate: estimate,
        independentStandardError: error,
        independentInterval: .normal(estimate, error, level: level)
      )
    )
  }
}

/// The four groups of difference in differences, item by item.
public struct DifferenceDesign: Sendable {
  /// The group of an item.
  public enum Group: Int, Sendable, CaseIterable {
    case baseFirst, editedFirst, baseSecond, editedSecond

    /// The sign of the group's rate in the estimate.
    fileprivate var sign: Double { self == .baseFirst || self == .editedSecond ? 1 : -1 }
  }

  /// The group of each item, nil for one that takes no part.
  public let groups: [Group?]
  /// The cluster of each item, 0..<`clusterCount`.
  public let clusters: [Int]
  /// Clusters.
  public let clusterCount: Int

  /// Makes a design; both lists have one entry an item.
  public init(groups: [Group?], clusters: [Int], clusterCount: Int) {
    precondition(groups.count == clusters.count, "every item needs a cluster")
    self.groups = groups
    self.clusters = clusters
    self.clusterCount = clusterCount
  }

  /// Counts of the outcome in each group, over items with a label.
  private func cells(_ labels: Labels, outcome: Int) -> [DifferenceInDifferences.Cell] {
    var counts = Group.allCases.map { _ in (positives: 0, count: 0) }
    for (item, group) in groups.enumerated() {
      guard let group, let label = labels[item] else { continue }
      counts[group.rawValue].count += 1
      if label == outcome { counts[group.rawValue].positives += 1 }
    }
    return counts.map { DifferenceInDifferences.Cell(positives: $0.positives, count: $0.count) }
  }

  /// The estimate with the error of independent items. Undefined: `noTrials` with an empty group.
  public func estimate(_ labels: Labels, outcome: Int, level: Double = 0.95) -> Statistic<DifferenceInDifferences> {
    let cells = cells(labels, outcome: outcome)
    return DifferenceInDifferences.counts(
      baseFirst: cells[0],
      editedFirst: cells[1],
      baseSecond: cells[2],
      editedSecond: cells[3],
      level: level
    )
  }

  /// The standard error under dependence within clusters, as least squares on the four groups gives it with the CR1 factor
  /// G/(G − 1)·(N − 1)/(N − 4) (Liang & Zeger 1986).
  ///
  /// The model is saturated, so a residual is an item's distance from its group's rate and the estimate's share of it is ±1/n of
  /// the group. Undefined: `noTrials`, `tooFewClusters` with fewer than two, `tooFewItems` with four items.
  public func clusterStandardError(_ labels: Labels, outcome: Int) -> Statistic<Double> {
    let cells = cells(labels, outcome: outcome)
    guard cells.allSatisfy({ $0.count > 0 }) else { return .undefined(.noTrials) }
    var sums = [Double](repeating: 0, count: clusterCount)
    var present = [Bool](repeating: false, count: clusterCount)
    for (item, group) in groups.enumerated() {
      guard let group, let label = labels[item] else { continue }
      let cell = cells[group.rawValue]
      sums[clusters[item]] += group.sign * ((label == outcome ? 1 : 0) - cell.rate) / Double(cell.count)
      present[clusters[item]] = true
    }
    let g = Double(present.count { $0 })
    let n = Double(cells.reduce(0) { $0 + $1.count })
    guard g > 1 else { return .undefined(.tooFewClusters) }
    guard n > 4 else { return .undefined(.tooFewItems) }
    let factor = g / (g - 1) * (n - 1) / (n - 4)
    return .value((factor * sums.reduce(0) { $0 + $1 * $1 }).squareRoot())
  }

  /// The normal interval with the cluster error. Undefined as `clusterStandardError`.
  public func clusterInterval(_ labels: Labels, outcome: Int, level: Double = 0.95) -> Statistic<Interval> {
    guard case .value(let found) = estimate(labels, outcome: outcome) else { return .undefined(.noTrials) }
    return clusterStandardError(labels, outcome: outcome).map { .normal(found.estimate, $0, level: level) }
  }
}
