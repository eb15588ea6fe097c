/// Adds rows of small whole numbers, chosen with repetition, as fast as the machine reads them.
///
/// Few columns are added as scalars, four at a time; many as vectors of 32. Both are laid out block by block, so that one
/// pass reads memory of its block alone. Sums that might not fit 32 bits go through the plain 64-bit path.
struct RowSums: Sendable {
  /// How rows are added; the plain way is the reference of the others.
  enum Path: Sendable, CaseIterable {
    case plain, narrow, wide
  }

  let path: Path
  private let columns: Int
  private let clusters: Int
  private let plain: [Int]
  private var narrow: [Int32] = []
  private var wide: [SIMD32<Int32>] = []

  /// - Parameter path: nil for the best that fits; a path that does not fit is replaced by the plain one.
  init(_ statistics: AdditiveStatistics, path asked: Path? = nil) {
    columns = statistics.columnCount
    clusters = statistics.clusterCount
    plain = statistics.rows
    let largest = plain.reduce(0) { max($0, $1.magnitude) }
    let bound = largest.multipliedReportingOverflow(by: UInt(clusters))
    let fits = !bound.overflow && bound.partialValue <= UInt(Int32.max)
    path = fits ? asked ?? (columns <= 32 ? .narrow : .wide) : .plain
    switch path {
    case .plain: break
    case .narrow:
      let blocks = (columns + 3) / 4
      narrow = [Int32](repeating: 0, count: blocks * clusters * 4)
      for (cluster, column) in places {
        narrow[(column / 4 * clusters + cluster) * 4 + column % 4] = value(cluster, column)
      }
    case .wide:
      let blocks = (columns + 31) / 32
      wide = [SIMD32<Int32>](repeating: .zero, count: blocks * clusters)
      for (cluster, column) in places { wide[column / 32 * clusters + cluster][column % 32] = value(cluster, column) }
    }
  }

  private var places: some Sequence<(Int, Int)> {
    (0..<clusters).lazy.flatMap { cluster in (0..<columns).lazy.map { (cluster, $0) } }
  }

  private func value(_ cluster: Int, _ column: Int) -> Int32 { Int32(plain[cluster * columns + column]) }

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
        for lane in 0..<min(32, columns - column) { sums[column + lane] = Int(sum[lane]) }
        column += 32
      }
    }
  }
}
