internal import Agreement

/// Items by number: all of them without a list, or some.
enum ItemSet: Sequence, Sendable {
  case all(Int)
  case some([Int32])

  var count: Int {
    switch self {
    case .all(let count): count
    case .some(let list): list.count
    }
  }

  var isEmpty: Bool { count == 0 }

  subscript(position: Int) -> Int {
    switch self {
    case .all: position
    case .some(let list): Int(list[position])
    }
  }

  func makeIterator() -> AnyIterator<Int> {
    var next = 0
    let count = count
    return AnyIterator {
      guard next < count else { return nil }
      defer { next += 1 }
      return self[next]
    }
  }
}

extension Labels {
  /// The labels of a set of items, in its order.
  func selecting(_ items: ItemSet) -> Labels {
    switch items {
    case .all: self
    case .some(let list): selecting(list.map { Int($0) })
    }
  }
}

/// Joint counts of two raters, in all and by cluster.
struct JointCounts: Sendable {
  /// Rows of counts that add up to the whole.
  enum Rows: Sendable {
    /// Every item is a cluster of its own: the whole says everything.
    case independent
    /// A row a cluster that has any count.
    case clusters([[Int]])
  }

  /// All counts, q·q of them, rows by the first rater's code.
  let flat: [Int]
  let categories: Int
  let rows: Rows

  var total: PairCounts { Self.pair(flat, categories) }

  /// Clusters with a count.
  var clusterCount: Int {
    switch rows {
    case .independent: flat.reduce(0, +)
    case .clusters(let rows): rows.count
    }
  }

  static func pair(_ flat: [Int], _ q: Int) -> PairCounts {
    PairCounts(table: (0..<q).map { Array(flat[($0 * q)..<(($0 + 1) * q)]) })
  }

  /// Counts items that both labelled.
  /// - Parameter declared: categories; nil for those of the input.
  init(_ input: AssessedLabels, _ first: Labels, _ second: Labels, _ items: ItemSet, categories declared: Int? = nil) {
    let q = declared ?? input.table.categories.count
    categories = q
    guard input.isClustered else {
      let counts = PairCounts(first.selecting(items), second.selecting(items), categories: q)
      flat = (0..<q).flatMap { i in (0..<q).map { counts[i, $0] } }
      rows = .independent
      return
    }
    var table: [Int: [Int]] = [:]
    var all = [Int](repeating: 0, count: q * q)
    for item in items {
      guard let a = first[item], let b = second[item] else { continue }
      all[a * q + b] += 1
      table[input.table.cluster(of: item), default: [Int](repeating: 0, count: q * q)][a * q + b] += 1
    }
    flat = all
    rows = .clusters(table.keys.sorted().map { table[$0] ?? [] })
  }

  /// Distinct rows with how many clusters have them, in one order.
  var distinctRows: [(row: [Int], times: Int)] {
    switch rows {
    case .independent:
      return flat.indices.filter { flat[$0] > 0 }.map { cell in
        var row = [Int](repeating: 0, count: flat.count)
        row[cell] = 1
        return (row, flat[cell])
      }
    case .clusters(let rows):
      var kinds: [[Int]: Int] = [:]
      for row in rows { kinds[row, default: 0] += 1 }
      // A dictionary's order would change the last bits of sums.
      return kinds.sorted { $1.key.lexicographicallyPrecedes($0.key) }.map { ($0.key, $0.value) }
    }
  }
}
