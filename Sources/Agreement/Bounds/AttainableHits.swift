/// A rater's positive calls against a reference, split by what the reference says.
public struct Hits: Sendable, Hashable {
  /// Called positive, positive in the reference.
  public let truePositives: Int
  /// Called positive, negative in the reference.
  public let falsePositives: Int

  /// Makes a pair.
  public init(truePositives: Int, falsePositives: Int) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
  }
}

/// A group of items whose reference labels are known item by item, and a rater of whom the number of positives is known
/// alone.
public struct CountedAgainstReference: Sendable, Equatable {
  /// Items that are positive in the reference.
  public let positives: Int
  /// Items that are negative in the reference.
  public let negatives: Int
  /// Items that the rater saw and the reference leaves out.
  public let leftOut: Int
  /// Items that the rater called positive, 0…positives + negatives + leftOut.
  public let calledPositive: Int

  /// Makes a group.
  public init(positives: Int, negatives: Int, leftOut: Int = 0, calledPositive: Int) {
    precondition(min(positives, negatives, leftOut, calledPositive) >= 0, "counts are at least 0")
    precondition(calledPositive <= positives + negatives + leftOut, "no more calls than items")
    self.positives = positives
    self.negatives = negatives
    self.leftOut = leftOut
    self.calledPositive = calledPositive
  }

  /// The items on which two raters who are known by counts alone met: the first's positives are taken as the reference,
  /// since any of the items may be those.
  /// - Parameters:
  ///   - first: items that the first called positive, 0…size.
  ///   - second: items that the second called positive, 0…size.
  public init(first: Int, second: Int, size: Int) {
    self.init(positives: first, negatives: size - first, calledPositive: second)
  }

  /// Counts reference labels of a group: 1, 0, or nil where the reference leaves the item out.
  public init(reference: some Sequence<Int?>, calledPositive: Int) {
    var (positives, negatives, leftOut) = (0, 0, 0)
    for label in reference {
      if label == 1 { positives += 1 } else if label == nil { leftOut += 1 } else { negatives += 1 }
    }
    self.init(positives: positives, negatives: negatives, leftOut: leftOut, calledPositive: calledPositive)
  }

  /// Every (TP, FP) that some labelling with this count has: 0 ≤ TP ≤ positives, 0 ≤ FP ≤ negatives and
  /// 0 ≤ called − TP − FP ≤ left out; in ascending order. Never empty.
  public var attainable: [Hits] {
    (0...min(positives, calledPositive)).flatMap { hits -> [Hits] in
      let rest = calledPositive - hits
      let least = max(0, rest - leftOut)
      let most = min(negatives, rest)
      return least > most ? [] : (least...most).map { Hits(truePositives: hits, falsePositives: $0) }
    }
  }
}

/// Sharp bounds for statistics of raters who are known by their counts in groups of items: the smallest and largest value
/// over all labellings of the items that have these counts.
public enum CountBounds {
  /// Every pooled (TP, FP) of several groups: all sums of one attainable pair a group, in ascending order.
  public static func pooledHits(_ groups: [CountedAgainstReference]) -> [Hits] {
    let pooled = PooledHits(groups)
    return pooled.called.flatMap { called in
      pooled.truePositives(called: called).map { Hits(truePositives: $0, falsePositives: called - $0) }
    }.sorted { ($0.truePositives, $0.falsePositives) < ($1.truePositives, $1.falsePositives) }
  }

  /// The numbers of items that two raters can both have called positive, summed over groups: each group gives every whole
  /// number from max(0, first + second − size) to min(first, second), so the sums leave no gap (Fréchet 1951).
  /// - Parameters:
  ///   - first: the first rater's positives in each group.
  ///   - second: the second rater's.
  ///   - sizes: items of each group.
  public static func jointPositives(first: [Int], second: [Int], sizes: [Int]) -> ClosedRange<Int> {
    precondition(first.count == sizes.count && second.count == sizes.count, "every group needs both counts")
    var least = 0
    var most = 0
    for group in sizes.indices {
      least += max(0, first[group] + second[group] - sizes[group])
      most += min(first[group], second[group])
    }
    return least...most
  }

  /// The smallest and the largest of the values that exist; undefined, for the reason of the first, where none does.
  public static func range(of values: [Statistic<Double>]) -> Statistic<Interval> {
    precondition(!values.isEmpty, "bounds need a value")
    let defined = values.compactMap(\.value)
    guard let low = defined.min(), let high = defined.max() else {
      return .undefined(values[0].reason ?? .noOverlap)
    }
    return .value(Interval(low: low, high: high))
  }
}
