internal import Glibc

/// The labels of a table item by item, over the categories that somebody used: what every model of raters runs on.
struct VoteList {
  /// A label that a rater gave.
  struct Vote {
    /// Place of the rater in `raters`.
    let rater: Int
    /// Place of the category in `used`.
    let label: Int
  }

  /// Declared codes that at least one rater used, ascending. A category that nobody used has no evidence for or against it
  /// and stays out of every model.
  let used: [Int]
  /// Numbers of the table's raters with at least one label, ascending.
  let raters: [Int]
  /// Numbers of the table's items with at least one label, ascending.
  let items: [Int]
  /// The votes on `items`, in the order of raters.
  let votes: [[Vote]]
  /// The table's items and declared categories.
  let itemCount: Int
  let categoryCount: Int

  init(_ table: LabelTable) {
    var seen = [Bool](repeating: false, count: table.categories.count)
    for column in table.columns {
      column.withCodes { codes in for code in codes where code != 255 { seen[Int(code)] = true } }
    }
    used = seen.indices.filter { seen[$0] }
    raters = table.speaking
    itemCount = table.itemCount
    categoryCount = table.categories.count
    var place = [Int](repeating: 0, count: seen.count)
    for (index, code) in used.enumerated() { place[code] = index }
    var items: [Int] = []
    var votes: [[Vote]] = []
    for item in 0..<table.itemCount {
      var onItem: [Vote] = []
      for (number, rater) in raters.enumerated() {
        if let code = table.columns[rater][item] { onItem.append(Vote(rater: number, label: place[code])) }
      }
      guard !onItem.isEmpty else { continue }
      items.append(item)
      votes.append(onItem)
    }
    self.items = items
    self.votes = votes
  }

  /// The share of an item's votes for each used category, in the order of `items`.
  var shares: [[Double]] {
    votes.map { onItem in
      var counts = [Double](repeating: 0, count: used.count)
      for vote in onItem { counts[vote.label] += 1 }
      return counts.map { $0 / Double(onItem.count) }
    }
  }

  /// Spreads values over the used categories of the items with votes out over all declared categories and all items.
  func spread(_ values: [[Double]]) -> [Statistic<[Double]>] {
    var result = [Statistic<[Double]>](repeating: .undefined(.noVotes), count: itemCount)
    for (row, item) in items.enumerated() { result[item] = .value(declared(values[row])) }
    return result
  }

  /// Spreads values over the used categories out over the declared ones; 0 for a category that nobody used.
  func declared(_ values: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: categoryCount)
    for (index, code) in used.enumerated() { result[code] = values[index] }
    return result
  }
}

/// Turns logarithms of weights into shares that sum to 1, and returns the logarithm of the weights' sum.
@discardableResult
func normalizeLogarithms(_ logs: inout [Double]) -> Double {
  let highest = logs.max() ?? 0
  var sum = 0.0
  for index in logs.indices {
    logs[index] = exp(logs[index] - highest)
    sum += logs[index]
  }
  for index in logs.indices { logs[index] /= sum }
  return highest + log(sum)
}

/// The label of each item by its posterior.
/// - Parameter least: the posterior that a label must reach.
/// - Returns: codes; undefined per item: `noVotes`, `lowMargin` where no posterior reaches `least`.
func labels(of posterior: [Statistic<[Double]>], least: Double) -> [Statistic<Int>] {
  posterior.map { one in
    switch one {
    case .undefined(let reason): return .undefined(reason)
    case .value(let shares):
      guard let highest = shares.max(), highest >= least, let code = shares.firstIndex(of: highest) else {
        return .undefined(.lowMargin)
      }
      return .value(code)
    }
  }
}
