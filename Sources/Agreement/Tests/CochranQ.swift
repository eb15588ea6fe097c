/// Cochran's Q: whether several raters say "positive" equally often (Cochran 1950).
/// - Parameter items: one row an item, one value a rater, all rows of the same length.
/// - Returns: Q with (raters − 1) degrees of freedom; undefined for fewer than two raters: `tooFewRaters`, without an item:
///   `noCompleteItems`, where every item has raters of one mind: `noDiscordantItems`.
public func cochranQ(items: [[Bool]]) -> Statistic<TestResult> {
  guard let raters = items.first?.count else { return .undefined(.noCompleteItems) }
  precondition(items.allSatisfy { $0.count == raters }, "every item needs all raters")
  var columns = [Int](repeating: 0, count: raters)
  var (total, within) = (0, 0)
  for item in items {
    var row = 0
    for rater in item.indices where item[rater] {
      columns[rater] += 1
      row += 1
    }
    total += row
    within += row * (raters - row)
  }
  return cochranQ(columnTotals: columns, total: total, within: within)
}

/// Cochran's Q of the raters of a table on the items that all of them labelled; raters without any label are dropped.
/// - Parameter positive: the class that counts.
public func cochranQ(_ table: LabelTable, positive: Int) -> Statistic<TestResult> {
  let raters = table.speaking
  guard raters.count >= 2 else { return .undefined(.tooFewRaters) }
  let items = table.completeItems(of: raters)
  return cochranQ(items: items.map { item in raters.map { table.columns[$0][item] == positive } })
}

/// - Parameter within: Σ row·(raters − row) over the items, in which one-minded items count nothing.
private func cochranQ(columnTotals: [Int], total: Int, within: Int) -> Statistic<TestResult> {
  let raters = columnTotals.count
  guard raters >= 2 else { return .undefined(.tooFewRaters) }
  guard within > 0 else { return .undefined(.noDiscordantItems) }
  // (k − 1)·Σ(kCⱼ − N)²/k over Σ Rᵢ(k − Rᵢ), in whole numbers up to the quotient.
  let spread = columnTotals.reduce(0.0) { sum, column in
    let difference = Double(raters * column - total)
    return sum + difference * difference
  }
  let statistic = Double(raters - 1) * spread / (Double(raters) * Double(within))
  return .value(TestResult(chiSquare: statistic, degrees: raters - 1))
}
