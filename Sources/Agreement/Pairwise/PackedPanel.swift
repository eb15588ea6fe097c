/// Binary labels of a panel, one bit an item in each of two planes: labelled, and refusal. All 2×2 tables of pairs are then
/// counts of set bits, 64 items at a time.
public struct PackedPanel: Sendable {
  /// Raters.
  public let raterCount: Int
  /// Items.
  public let itemCount: Int
  /// Words of 64 items in a plane.
  private let words: Int
  /// [raters, words]: the item has a label.
  private let labelled: [UInt64]
  /// [raters, words]: the label is 1; a bit here is set in `labelled` too.
  private let positive: [UInt64]

  /// Packs columns of the same length whose codes are 0 and 1.
  /// - Parameter threads: nil for as many as there are processors; nothing depends on it.
  public init(_ columns: [Labels], threads: Int? = nil) {
    let items = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == items }, "every rater needs the same items")
    raterCount = columns.count
    itemCount = items
    words = (items + 63) / 64
    let words = words
    var labelled = [UInt64](repeating: 0, count: columns.count * words)
    var positive = labelled
    var isBinary = [Bool](repeating: true, count: columns.count)
    labelled.withUnsafeMutableBufferPointer { labelled in
      positive.withUnsafeMutableBufferPointer { positive in
        isBinary.withUnsafeMutableBufferPointer { isBinary in
          // Guard: each range of raters writes the places of its own raters.
          nonisolated(unsafe) let (labelled, positive, isBinary) = (labelled, positive, isBinary)
          SharedWork.run(columns.count, threads: threads ?? SharedWork.processors, piece: 1) { range in
            for rater in range {
              let own = rater * words..<(rater + 1) * words
              isBinary[rater] = columns[rater].withCodes {
                Self.pack($0, UnsafeMutableBufferPointer(rebasing: labelled[own]), .init(rebasing: positive[own]))
              }
            }
          }
        }
      }
    }
    precondition(!isBinary.contains(false), "a packed panel holds the codes 0 and 1 alone")
    self.labelled = labelled
    self.positive = positive
  }

  /// Packs a table of two categories.
  public init(_ table: LabelTable, threads: Int? = nil) {
    precondition(table.categories.count == 2, "a packed panel holds two categories")
    self.init(table.columns, threads: threads)
  }

  /// Eight bytes give eight bits of each plane: of a byte's possible values 0, 1 and 255 the highest bit says "no label"
  /// and the lowest, without it, "positive".
  /// - Returns: whether all codes were 0, 1 or none.
  private static func pack(
    _ codes: UnsafeBufferPointer<UInt8>,
    _ labelled: UnsafeMutableBufferPointer<UInt64>,
    _ positive: UnsafeMutableBufferPointer<UInt64>
  ) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Gathers the lowest bits of eight bytes into the highest byte.
    let gather: UInt64 = 0x0102_0408_1020_4080
    let bytes = UnsafeRawBufferPointer(codes)
    var stray: UInt64 = 0
    var item = 0
    var word = 0
    while item + 64 <= codes.count {
      var (with, refusal): (UInt64, UInt64) = (0, 0)
      var part: UInt64 = 0
      while part < 64 {
        let eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: item &+ Int(part), as: UInt64.self))
        let none = (eight >> 7) & ones
        // 0 and 1 have no bit but the lowest; none has all of them.
        stray |= (eight & ~ones) ^ (none &* 0xFE)
        stray |= none & ~eight
        with |= (((none ^ ones) &* gather) >> 56) << part
        refusal |= (((eight & ~none & ones) &* gather) >> 56) << part
        part &+= 8
      }
      labelled[word] = with
      positive[word] = refusal
      item &+= 64
      word &+= 1
    }
    while item < codes.count {
      let code = codes[item]
      if code > 1 && code != 255 { stray |= 1 }
      if code <= 1 { labelled[word] |= 1 << UInt64(item & 63) }
      if code == 1 { positive[word] |= 1 << UInt64(item & 63) }
      item &+= 1
    }
    return stray == 0
  }

  /// The raters of each pair, in the order of all results by pair: (0, 1), (0, 2), …, (1, 2), ….
  public var pairs: [(first: Int, second: Int)] {
    (0..<raterCount).flatMap { first in ((first + 1)..<max(first + 1, raterCount)).map { (first, $0) } }
  }

  /// The 2×2 table of each pair, over the items that both labelled.
  /// - Parameter threads: nil for as many as there are processors; nothing depends on it.
  public func counts(threads: Int? = nil) -> [PairCounts] {
    let pairs = pairs
    var tables = [PairCounts](repeating: PairCounts(table: [[0, 0], [0, 0]]), count: pairs.count)
    tables.withUnsafeMutableBufferPointer { tables in
      // Guard: each range of pairs writes the places of its own pairs.
      nonisolated(unsafe) let tables = tables
      SharedWork.run(pairs.count, threads: threads ?? SharedWork.processors, piece: 4) { range in
        for number in range { tables[number] = counts(pairs[number].first, pairs[number].second) }
      }
    }
    return tables
  }

  /// The 2×2 table of two raters, over the items that both labelled.
  public func counts(_ first: Int, _ second: Int) -> PairCounts {
    var (both, firsts, seconds, ones) = (0, 0, 0, 0)
    labelled.withUnsafeBufferPointer { labelled in
      positive.withUnsafeBufferPointer { positive in
        guard let labelled = labelled.baseAddress, let positive = positive.baseAddress else { return }
        let (labelledA, labelledB) = (labelled + first * words, labelled + second * words)
        let (positiveA, positiveB) = (positive + first * words, positive + second * words)
        for word in 0..<words {
          both &+= (labelledA[word] & labelledB[word]).nonzeroBitCount
          firsts &+= (positiveA[word] & labelledB[word]).nonzeroBitCount
          seconds &+= (labelledA[word] & positiveB[word]).nonzeroBitCount
          ones &+= (positiveA[word] & positiveB[word]).nonzeroBitCount
        }
      }
    }
    return PairCounts(table: [[both - firsts - seconds + ones, seconds - ones], [firsts - ones, ones]])
  }
}
