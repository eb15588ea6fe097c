internal import Agreement

/// Whole numbers that add up over prompts, by how many prompts have them: figures that are functions of their sums are resampled
/// from here, and no item is looked at again. Prompts without anything to count are no draws and not here.
struct PromptRows: Sendable {
  /// Numbers of a row.
  let width: Int
  /// How many prompts have each distinct row.
  let times: [Int]
  /// A distinct row, of 0..<`times.count`; made when asked for, since wide rows of many prompts would not fit.
  let row: @Sendable (Int) -> [Int]

  /// Prompts.
  var promptCount: Int { times.reduce(0, +) }

  /// The sums over all prompts.
  var totals: [Int] {
    var totals = [Int](repeating: 0, count: width)
    for (number, times) in times.enumerated() {
      for (place, value) in row(number).enumerated() where value != 0 { totals[place] += times * value }
    }
    return totals
  }

  /// A row for each prompt one after the other, in an order that does not depend on that of the items: so neither do the
  /// resamples.
  var expanded: [Int] {
    var all: [Int] = []
    all.reserveCapacity(promptCount * width)
    for (number, times) in times.enumerated() {
      let row = row(number)
      for _ in 0..<times { all += row }
    }
    return all
  }
}

extension PromptRows {
  /// Rows counted from what some raters said.
  /// - Parameters:
  ///   - columns: labels of all items of the input.
  ///   - mark: a further number of each item, as its system; nil for none.
  ///   - counts: whether an item says anything here, by its codes: one a column, then the mark; `none` where there is no
  ///     label.
  ///   - tally: adds an item's codes to its prompt's row.
  init(
    _ labels: AssessedLabels,
    _ columns: [Labels],
    _ items: ItemSet,
    width: Int,
    mark: ((Int) -> UInt16)? = nil,
    where counts: ([UInt16]) -> Bool,
    tally: @escaping @Sendable (ArraySlice<UInt16>, inout [Int]) -> Void
  ) {
    let size = columns.count + (mark == nil ? 0 : 1)
    let isClustered = labels.isClustered
    var single: [[UInt16]: Int] = [:]
    var prompts: [Int: [[UInt16]]] = [:]
    var codes = [UInt16](repeating: 0, count: size)
    for item in items {
      for (place, column) in columns.enumerated() { codes[place] = column[item].map { UInt16($0) } ?? Self.none }
      if let mark { codes[columns.count] = mark(item) }
      guard counts(codes) else { continue }
      if isClustered {
        prompts[labels.table.cluster(of: item), default: []].append(codes)
      } else {
        single[codes, default: 0] += 1
      }
    }
    for own in prompts.values {
      // The order of a prompt's items says nothing.
      single[own.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }, default: 0] += 1
    }
    // A dictionary's order would change the last bits of sums.
    let kinds = single.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let patterns = kinds.map(\.key)
    self.width = width
    times = kinds.map(\.value)
    row = { number in
      var row = [Int](repeating: 0, count: width)
      let pattern = patterns[number]
      for start in stride(from: 0, to: pattern.count, by: size) { tally(pattern[start..<start + size], &row) }
      return row
    }
  }

  /// The code of no label.
  static let none = UInt16.max

  /// The rows of joint counts.
  init(_ counts: JointCounts) {
    let rows = counts.distinctRows
    width = counts.flat.count
    times = rows.map(\.times)
    row = { rows[$0].row }
  }
}

extension Labels {
  /// The same with "no label" as a category of its own, the code after the declared ones.
  func withNone(_ categories: Int) -> Labels { Labels((0..<count).lazy.map { self[$0] ?? categories }) }
}
