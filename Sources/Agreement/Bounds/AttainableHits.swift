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
  /// Every pooled (TP, FP) of several groups: all sums of one attainable pair a group (the Minkowski sum of the groups'
  /// sets), in ascending order.
  public static func pooledHits(_ groups: [CountedAgainstReference]) -> [Hits] {
    // A pair is one number, so that the sums reached are marks in a flat grid.
    let width = groups.reduce(1) { $0 + $1.negatives }
    let height = groups.reduce(1) { $0 + $1.positives }
    var reached = [0]
    var marks = [Bool](repeating: false, count: width * height)
    for group in groups {
      let steps = group.attainable.map { $0.truePositives * width + $0.falsePositives }
      var next: [Int] = []
      for start in reached {
        for step in steps where !marks[start + step] {
          marks[start + step] = true
          next.append(start + step)
        }
      }
      for place in next { marks[place] = false }
      reached = next
    }
    return reached.sorted().map { Hits(truePositives: $0 / width, falsePositives: $0 % width) }
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
