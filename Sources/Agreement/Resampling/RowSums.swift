/// Adds rows of small whole numbers, chosen with repetition, as fast as the machine reads them.
///
/// Few columns are added as scalars, four at a time; many as vectors of 32; many small ones as vectors of 64 bytes that are
/// widened before a byte can overflow. All are laid out block by block, so that one pass reads memory of its block alone.
/// Sums that might not fit 32 bits go through the plain 64-bit path.
struct RowSums: Sendable {
  /// How rows are added; the plain way is the reference of the others.
  enum Path: Sendable, CaseIterable {
    case plain, narrow, wide, bytes
  }

  let path: Path
  private let columns: Int
  private let clusters: Int
  private let plain: [Int]
  private var narrow: [Int32] = []
  private var wide: [SIMD32<Int32>] = []
  private var bytes: [SIMD64<UInt8>] = []
  /// Rows that a byte holds the sum of.
  private var byteRun = 0

  /// - Parameter path: nil for the best that fits; one that does not fit is replaced by the best that does.
  init(_ statistics: AdditiveStatistics, path asked: Path? = nil) {
    columns = statistics.columnCount
    clusters = statistics.clusterCount
    plain = statistics.rows
    let largest = plain.reduce(0) { max($0, $1.magnitude) }
    let bound = largest.multipliedReportingOverflow(by: UInt(clusters))
    let fits = !bound.overflow && bound.partialValue <= UInt(Int32.max)
    let isNatural = !plain.contains { $0 < 0 }
    // Shorter runs would widen more than they add; 16 bits hold the whole sum.
    let fitsBytes = fits && isNatural && largest <= 31 && bound.partialValue <= UInt(UInt16.max)
    let best: Path = !fits ? .plain : columns <= 32 ? .narrow : fitsBytes ? .bytes : .wide
    path = !fits || (asked == .bytes && !fitsBytes) ? best : asked ?? best
    switch path {
    case .plain: break
    case .narrow: narrow = Self.blocks(statistics, of: 4, filledWith: Int32(0), parts: 4, as: Int32.self)
    case .wide: wide = Self.blocks(statistics, of: 32, filledWith: .zero, parts: 1, as: Int32.self)
    case .bytes:
      byteRun = 255 / max(1, Int(largest))
      bytes = Self.blocks(statistics, of: 64, filledWith: .zero, parts: 1, as: UInt8.self)
    }
  }

  /// [blocks, clusters, `length` numbers] of the rows, filled up with zeros.
  /// - Parameters:
  ///   - zero: the element; it holds `length` scalars, or `parts` of them do.
  private static func blocks<Part, Scalar: FixedWidthInteger>(
    _ statistics: AdditiveStatistics,
    of length: Int,
    filledWith zero: Part,
    parts: Int,
    as: Scalar.Type
  ) -> [Part] {
    let (columns, clusters) = (statistics.columnCount, statistics.clusterCount)
    var blocks = [Part](repeating: zero, count: (columns + length - 1) / length * clusters * parts)
    blocks.withUnsafeMutableBytes { bytes in
      for cluster in 0..<clusters {
        for column in 0..<columns {
          let place = (column / length * clusters + cluster) * length + column % length
          let number = Scalar(statistics.rows[cluster * columns + column])
          bytes.storeBytes(of: number, toByteOffset: place * MemoryLayout<Scalar>.stride, as: Scalar.self)
        }
      }
    }
    return blocks
  }

  /// The sums of the drawn rows.
  /// - Parameters:
  ///   - draws: numbers of clusters.
  ///   - sums: as many as columns.
  func add(_ draws: UnsafeBufferPointer<Int32>, into sums: UnsafeMutableBufferPointer<Int>) {
    guard let drawn = draws.baseAddress, let sums = sums.baseAddress else { return }
    switch path {
    case .plain: addPlain(drawn, draws.count, sums)
    case .narrow: addNarrow(drawn, draws.count, sums)
    case .wide: addWide(drawn, draws.count, sums)
    case .bytes: addBytes(drawn, draws.count, sums)
    }
  }

  private func addPlain(_ draws: UnsafePointer<Int32>, _ count: Int, _ sums: UnsafeMutablePointer<Int>) {
    for column in 0..<columns { sums[column] = 0 }
    for place in 0..<count {
      let row = Int(draws[place]) * columns
      for column in 0..<columns { sums[column] += plain[row + column] }
    }
  }

  private func addNarrow(_ draws: UnsafePointer<Int32>, _ count: Int, _ sums: UnsafeMutablePointer<Int>) {
    narrow.withUnsafeBufferPointer { all in
      guard let all = all.baseAddress else { return }
      var column = 0
      while column < columns {
        let block = all + column * clusters
        var (a, b, c, d): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        // A `while`: an unoptimised build spends most of a `for` in its iterator.
        var place = 0
        while place < count {
          let row = block + Int(draws[place]) &* 4
          a = a &+ row[0]
          b = b &+ row[1]
          c = c &+ row[2]
          d = d &+ row[3]
          place &+= 1
        }
        sums[column] = Int(a)
        if column + 1 < columns { sums[column + 1] = Int(b) }
        if column + 2 < columns { sums[column + 2] = Int(c) }
        if column + 3 < columns { sums[column + 3] = Int(d) }
        column += 4
      }
    }
  }

  private func addWide(_ draws: UnsafePointer<Int32>, _ count: Int, _ sums: UnsafeMutablePointer<Int>) {
    wide.withUnsafeBufferPointer { all in
      guard let all = all.baseAddress else { return }
      var column = 0
      while column < columns {
        let block = all + column / 32 * clusters
        var sum = SIMD32<Int32>.zero
        var place = 0
        while place < count {
          sum = sum &+ block[Int(draws[place])]
          place &+= 1
        }
        // In memory once: a lane chosen at run time would store the whole vector each time.
        withUnsafeBytes(of: sum) { lanes in
          for lane in 0..<min(32, columns - column) {
            sums[column + lane] = Int(lanes.load(fromByteOffset: 4 * lane, as: Int32.self))
          }
        }
        column += 32
      }
    }
  }

  private func addBytes(_ draws: UnsafePointer<Int32>, _ count: Int, _ sums: UnsafeMutablePointer<Int>) {
    // Bytes of even and of odd place, widened to 16 bits four to a word: the bound of all sums keeps lanes from carrying
    // into each other, and whole words need no operation that a vector type would do lane by lane.
    let mask: UInt64 = 0x00FF_00FF_00FF_00FF
    bytes.withUnsafeBufferPointer { all in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 16) { halves in
        guard let all = all.baseAddress, let halves = halves.baseAddress else { return }
        var column = 0
        while column < columns {
          let block = all + column / 64 * clusters
          for word in 0..<16 { halves[word] = 0 }
          var place = 0
          while place < count {
            var run = SIMD64<UInt8>.zero
            let end = min(count, place &+ byteRun)
            while place < end {
              run = run &+ block[Int(draws[place])]
              place &+= 1
            }
            withUnsafeBytes(of: run) { run in
              for word in 0..<8 {
                let eight = UInt64(littleEndian: run.load(fromByteOffset: word &* 8, as: UInt64.self))
                halves[word] = halves[word] &+ (eight & mask)
                halves[word &+ 8] = halves[word &+ 8] &+ ((eight &>> 8) & mask)
              }
            }
          }
          for lane in 0..<min(64, columns - column) {
            let word = halves[lane / 8 + (lane & 1) * 8]
            sums[column + lane] = Int((word >> UInt64(lane % 8 / 2 * 16)) & 0xFFFF)
          }
          column += 64
        }
      }
    }
  }
}
