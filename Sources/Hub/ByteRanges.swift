/// Parts of a file: disjoint half-open ranges of bytes, in order, none touching the next.
struct ByteRanges: Sendable, Equatable {
  private(set) var ranges: [Range<Int>] = []

  /// Adds a range; parts of it may be there already.
  mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var joined = range
    var rest: [Range<Int>] = []
    for other in ranges {
      if other.upperBound < joined.lowerBound || other.lowerBound > joined.upperBound {
        rest.append(other)
      } else {
        joined = min(other.lowerBound, joined.lowerBound)..<max(other.upperBound, joined.upperBound)
      }
    }
    let at = rest.firstIndex { $0.lowerBound > joined.lowerBound } ?? rest.count
    rest.insert(joined, at: at)
    ranges = rest
  }

  /// Bytes in all of them.
  var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// What a file of so many bytes lacks, in pieces of at most `piece` bytes.
  func missing(of size: Int, piece: Int) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var at = 0
    for range in ranges {
      if range.lowerBound > at { gaps.append(at..<range.lowerBound) }
      at = range.upperBound
    }
    if at < size { gaps.append(at..<size) }
    return gaps.flatMap { gap in
      stride(from: gap.lowerBound, to: gap.upperBound, by: piece).map { $0..<min(gap.upperBound, $0 + piece) }
    }
  }
}
