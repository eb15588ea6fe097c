/// The interval of a share whose items come in clusters: a ratio of totals with the linearised variance
/// G/(G − 1)·Σ(countᵢ − share·ofᵢ)²/of² and Student's t with G − 1 degrees (Cochran 1977, section 6.3), cut to 0…1. Where no item
/// counts or every one does, that variance is 0 and says nothing, so it is Wilson's interval with each cluster as one trial.
///
/// Undefined: `noTrials`, `tooFewClusters` with fewer than two, `noErrorVariance` where every cluster has the same share
/// strictly between 0 and 1.
/// - Parameter clusters: counted items and all items of each cluster; those without an item are left out.
public func clusteredShareInterval(_ clusters: [(count: Int, of: Int)], level: Double = 0.95) -> Statistic<Interval> {
  let clusters = clusters.filter { $0.of > 0 }
  let count = clusters.reduce(0) { $0 + $1.count }
  let all = clusters.reduce(0) { $0 + $1.of }
  guard all > 0 else { return .undefined(.noTrials) }
  guard clusters.count > 1 else { return .undefined(.tooFewClusters) }
  if count == 0 || count == all {
    return wilsonInterval(successes: count == 0 ? 0 : clusters.count, trials: clusters.count, level: level)
  }
  // In whole numbers (count·all − of·all counted), so that "no variance" is exact.
  let distances = clusters.map { Double($0.count * all - $0.of * count) / Double(all) }
  guard distances.contains(where: { $0 != 0 }) else { return .undefined(.noErrorVariance) }
  let g = Double(clusters.count)
  let total = Double(all)
  let variance = g / (g - 1) * distances.reduce(0) { $0 + $1 * $1 } / (total * total)
  let half = studentTQuantile(1 - (1 - level) / 2, degrees: g - 1) * variance.squareRoot()
  let share = Double(count) / total
  return .value(Interval(low: max(0, share - half), high: min(1, share + half)))
}
