/// Fisher's exact test of a 2 × 2 table, two-sided: the chance of all tables with the same margins that are no more probable
/// than the one seen (Fisher 1935).
/// - Parameter table: two rows of two counts, each at least 0.
/// - Returns: p in 0…1, 1 where a margin is empty; undefined for an empty table: `noTrials`.
public func fisherExact(table: [[Int]]) -> Statistic<Double> {
  precondition(table.count == 2 && table.allSatisfy { $0.count == 2 }, "Fisher's test takes two rows of two counts")
  precondition(table.allSatisfy { $0.allSatisfy { $0 >= 0 } }, "counts are at least 0")
  let (rows, drawn) = ((table[0][0] + table[0][1], table[1][0] + table[1][1]), table[0][0] + table[1][0])
  let total = rows.0 + rows.1
  guard total > 0 else { return .undefined(.noTrials) }
  let (least, most) = (max(0, drawn - rows.1), min(drawn, rows.0))
  if least == most { return .value(1) }
  // A hypergeometric probability is two binomial ones over a third, at any chance: at this one none is tiny.
  let chance = Double(drawn) / Double(total)
  let (one, two) = (
    BinomialDistribution(trials: rows.0, chance: chance), BinomialDistribution(trials: rows.1, chance: chance)
  )
  let whole = BinomialDistribution(trials: total, chance: chance).mass(drawn)
  func probability(_ k: Int) -> Double { one.mass(k) * two.mass(drawn - k) / whole }
  // Equally probable tables differ by rounding: the slack takes them in.
  let limit = probability(table[0][0]) * (1 + 1e-7)
  // From both ends inwards, where the probabilities grow up to the mode; small ones are added first.
  var (sum, low, high) = (0.0, least, most)
  while low <= high {
    let value = probability(low)
    if value > limit { break }
    sum += value
    low += 1
  }
  while high >= low {
    let value = probability(high)
    if value > limit { break }
    sum += value
    high -= 1
  }
  return .value(low > high ? 1 : min(1, sum))
}
