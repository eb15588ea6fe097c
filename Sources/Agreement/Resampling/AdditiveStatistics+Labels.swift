extension AdditiveStatistics {
  /// A rater's rate of one category, 0…1. Undefined without a label: `noTrials`.
  public static func rate(of category: Int, _ labels: Labels, clusters: [Int], clusterCount: Int) -> AdditiveStatistics
  {
    counting(clusters, clusterCount, width: 2) { item, count in
      guard let label = labels[item] else { return }
      count(1, 1)
      if label == category { count(0, 1) }
    } evaluate: { totals in
      totals[1] == 0 ? .undefined(.noTrials) : .value(Double(totals[0]) / Double(totals[1]))
    }
  }

  /// Krippendorff's nominal α of any number of raters, at most 1 (Krippendorff 2011).
  ///
  /// An item with m ≥ 2 labels, cₖ of category k, adds cₖ to the pairable values of k and m² − Σcₖ² to the disagreement
  /// of items with m labels, which weighs 1/(m − 1): all whole numbers, so that "no disagreement" is exact.
  /// Undefined: `tooFewRaters`, `noOverlap`, `zeroExpectedDisagreement`.
  public static func nominalAlpha(_ table: LabelTable) -> AdditiveStatistics {
    let (q, columns) = (table.categories.count, table.columns)
    let labels = (0..<table.itemCount).map { item in columns.reduce(0) { $0 + ($1[item] == nil ? 0 : 1) } }
    let sizes = Set(labels.filter { $0 >= 2 }).sorted()
    let places = Dictionary(uniqueKeysWithValues: sizes.enumerated().map { ($0.element, q + $0.offset) })
    let enough = table.speaking.count >= 2
    return counting(table.clusterList, table.clusterCount, width: q + sizes.count) { item, count in
      guard let place = places[labels[item]] else { return }
      var own = [Int](repeating: 0, count: q)
      for column in columns { if let label = column[item] { own[label] += 1 } }
      let m = labels[item]
      for category in 0..<q { count(category, own[category]) }
      count(place, m * m - own.reduce(0) { $0 + $1 * $1 })
    } evaluate: { totals in
      guard enough else { return .undefined(.tooFewRaters) }
      var (pairable, squares, observed) = (0, 0, 0.0)
      for category in 0..<q {
        pairable += totals[category]
        squares += totals[category] * totals[category]
      }
      guard pairable > 0 else { return .undefined(.noOverlap) }
      let chance = pairable * pairable - squares
      guard chance > 0 else { return .undefined(.zeroExpectedDisagreement) }
      for place in sizes.indices { observed += Double(totals[q + place]) / Double(sizes[place] - 1) }
      return .value(1 - observed * Double(pairable - 1) / Double(chance))
    }
  }

  /// A difference of differences of a rate: (base − edited on the first kind) − (base − edited on the second), −2…2.
  /// Undefined where a cell has no label: `noTrials`.
  /// - Parameter cells: the cell of each item, nil to leave it out: 0 base and 1 edited of the first kind, 2 and 3 of the
  ///   second.
  public static func differenceInDifferences(
    of category: Int,
    _ labels: Labels,
    cells: [Int?],
    clusters: [Int],
    clusterCount: Int
  ) -> AdditiveStatistics {
    counting(clusters, clusterCount, width: 8) { item, count in
      guard let label = labels[item], let cell = cells[item] else { return }
      count(2 * cell + 1, 1)
      if label == category { count(2 * cell, 1) }
    } evaluate: { totals in
      guard totals[1] > 0, totals[3] > 0, totals[5] > 0, totals[7] > 0 else { return .undefined(.noTrials) }
      let first = Double(totals[0]) / Double(totals[1]) - Double(totals[2]) / Double(totals[3])
      let second = Double(totals[4]) / Double(totals[5]) - Double(totals[6]) / Double(totals[7])
      return .value(first - second)
    }
  }

  /// One statistic whose rows are counted item by item.
  private static func counting(
    _ clusters: [Int],
    _ clusterCount: Int,
    width: Int,
    _ count: (_ item: Int, _ add: (_ column: Int, _ number: Int) -> Void) -> Void,
    evaluate: @escaping @Sendable (UnsafeBufferPointer<Int>) -> Statistic<Double>
  ) -> AdditiveStatistics {
    var rows = [Int](repeating: 0, count: clusterCount * width)
    for (item, cluster) in clusters.enumerated() { count(item) { rows[cluster * width + $0] += $1 } }
    return AdditiveStatistics(clusterCount: clusterCount, width: width, rows: rows, evaluate: evaluate)
  }
}
