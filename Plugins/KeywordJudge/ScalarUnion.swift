/// What a class in brackets holds: single characters and ranges in order, so that each question is a search by halves.
struct ScalarUnion: Sendable, Hashable {
  /// How many characters, ranges and classes it was written with.
  let size: Int
  private let singles: [ClosedRange<Unicode.Scalar>]
  private let ranges: [ClosedRange<Unicode.Scalar>]
  private let others: [ScalarSet]

  init(_ parts: [ScalarSet]) {
    size = parts.reduce(0) { $0 + $1.size }
    var (singles, ranges, others): ([ClosedRange<Unicode.Scalar>], [ClosedRange<Unicode.Scalar>], [ScalarSet]) =
      ([], [], [])
    for part in parts {
      switch part.ownForm {
      case .single(let scalar)?: singles.append(scalar...scalar)
      case .range(let range)?: ranges.append(range)
      default: others.append(part)
      }
    }
    self.singles = Self.merged(singles)
    self.ranges = Self.merged(ranges)
    self.others = others
  }

  /// Whether it holds a letter that `scalar` stands for: a single character is a representative itself, a range is asked for
  /// all `members`.
  func contains(_ scalar: Unicode.Scalar, _ members: [Unicode.Scalar]) -> Bool {
    if Self.holds(singles, scalar) { return true }
    for member in members where Self.holds(ranges, member) { return true }
    for set in others where set.contains(scalar, members) { return true }
    return false
  }

  /// The same characters in ranges that follow each other.
  private static func merged(_ ranges: [ClosedRange<Unicode.Scalar>]) -> [ClosedRange<Unicode.Scalar>] {
    var merged: [ClosedRange<Unicode.Scalar>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private static func holds(_ ranges: [ClosedRange<Unicode.Scalar>], _ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar
  }
}
