/// The most frequent label of each item; every rater weighs the same.
/// - Returns: one code an item; undefined per item: `noVotes` without a label, `tie` where the highest count is shared.
public func majorityVote(_ table: LabelTable) -> [Statistic<Int>] {
  var counts = [Int](repeating: 0, count: table.categories.count)
  return (0..<table.itemCount).map { item in
    for code in counts.indices { counts[code] = 0 }
    for column in table.columns {
      if let code = column[item] { counts[code] += 1 }
    }
    guard let highest = counts.max(), highest > 0 else { return .undefined(.noVotes) }
    let winners = counts.indices.filter { counts[$0] == highest }
    return winners.count == 1 ? .value(winners[0]) : .undefined(.tie)
  }
}
