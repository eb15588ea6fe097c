/// How a permutation test came to its p-value.
public enum PermutationMethod: Sendable, Equatable {
  /// Over all rearrangements.
  case exact
  /// Over as many random ones: p = (b + 1)/(B + 1), never 0 (Phipson & Smyth 2010).
  case monteCarlo(replicates: Int)
}

/// What a permutation test found.
public struct PermutationResult: Sendable, Equatable {
  /// The p-value, 0…1.
  public let p: Double
  /// Where it comes from.
  public let method: PermutationMethod
}

/// The sign-flip test of paired differences: if both sides are alike, each cluster's difference is as probable with the
/// other sign. Two-sided on the absolute sum (Fisher 1935; Good 2005).
///
/// Exact by convolution of the clusters' differences, equal sizes together as a binomial, while that takes no more than
/// `operations` steps; Monte Carlo beyond.
/// - Parameters:
///   - differences: one whole number a cluster.
///   - replicates: rearrangements of the Monte Carlo path.
///   - operations: the longest convolution, in multiplications.
/// - Returns: undefined where all differences are 0: `noDiscordantPairs`.
public func permutationSignFlips(
  _ differences: [Int],
  replicates: Int = 20_000,
  seed: UInt64 = 1,
  operations: Int = 200_000_000
) -> Statistic<PermutationResult> {
  let sizes = Dictionary(grouping: differences.filter { $0 != 0 }, by: { abs($0) }).mapValues(\.count)
    .sorted { $0.key < $1.key }
  guard !sizes.isEmpty else { return .undefined(.noDiscordantPairs) }
  let observed = abs(differences.reduce(0, +))
  if convolutionCost(sizes) <= operations {
    return .value(PermutationResult(p: exactSignFlips(sizes, observed), method: .exact))
  }
  var extreme = 0
  for replicate in 0..<replicates {
    var generator = CounterGenerator(seed: seed, stream: UInt64(replicate))
    var sum = 0
    for (size, count) in sizes {
      var (positive, left) = (0, count)
      while left > 0 {
        let bits = left >= 64 ? generator.next() : generator.next() & ((1 << UInt64(left)) - 1)
        positive += bits.nonzeroBitCount
        left -= 64
      }
      sum += size * (2 * positive - count)
    }
    if abs(sum) >= observed { extreme += 1 }
  }
  let p = Double(extreme + 1) / Double(replicates + 1)
  return .value(PermutationResult(p: p, method: .monteCarlo(replicates: replicates)))
}

/// The sign-flip test of two raters' rates of one category, over clusters of items that both labelled.
/// - Returns: undefined: `noOverlap`, `noDiscordantPairs` (no cluster differs).
public func permutationRaterRates(
  _ first: Labels,
  _ second: Labels,
  category: Int,
  clusters: [Int],
  clusterCount: Int,
  replicates: Int = 20_000,
  seed: UInt64 = 1
) -> Statistic<PermutationResult> {
  var differences = [Int](repeating: 0, count: clusterCount)
  var overlap = false
  for (item, cluster) in clusters.enumerated() {
    guard let a = first[item], let b = second[item] else { continue }
    overlap = true
    differences[cluster] += (a == category ? 1 : 0) - (b == category ? 1 : 0)
  }
  guard overlap else { return .undefined(.noOverlap) }
  return permutationSignFlips(differences, replicates: replicates, seed: seed)
}

/// The sign-flip test of one rater's rates of a category under two systems. Only balanced clusters count, those with as many
/// labelled items of either system: in others a flip would also change the number of items on a side.
/// - Parameter isFirst: whether an item belongs to the first system, nil for neither.
/// - Returns: undefined: `noOverlap` (no label at all), `noDiscordantPairs` (no balanced cluster differs).
public func permutationSystemRates(
  _ labels: Labels,
  isFirst: [Bool?],
  category: Int,
  clusters: [Int],
  clusterCount: Int,
  replicates: Int = 20_000,
  seed: UInt64 = 1
) -> Statistic<PermutationResult> {
  var differences = [Int](repeating: 0, count: clusterCount)
  var balance = [Int](repeating: 0, count: clusterCount)
  var any = false
  for (item, cluster) in clusters.enumerated() {
    guard let label = labels[item], let first = isFirst[item] else { continue }
    any = true
    balance[cluster] += first ? 1 : -1
    if label == category { differences[cluster] += first ? 1 : -1 }
  }
  guard any else { return .undefined(.noOverlap) }
  return permutationSignFlips(zip(differences, balance).map { $1 == 0 ? $0 : 0 }, replicates: replicates, seed: seed)
}

/// Multiplications of the exact path: groups are folded in from the smallest sizes up.
private func convolutionCost(_ sizes: [(key: Int, value: Int)]) -> Int {
  var (width, cost) = (1, 0)
  for (size, count) in sizes {
    let product = width.multipliedReportingOverflow(by: count + 1)
    if product.overflow || cost > Int.max / 2 - product.partialValue { return .max }
    cost += product.partialValue
    width += size * count
  }
  return cost
}

private func exactSignFlips(_ sizes: [(key: Int, value: Int)], _ observed: Int) -> Double {
  // masses[s]: probability that the positive differences sum to s; the flipped sum is 2s − total.
  var masses = [1.0]
  for (size, count) in sizes {
    let binomial = massesFromMode(0...count, mode: count / 2) { k in Double(count - k) / Double(k + 1) }
    var folded = [Double](repeating: 0, count: masses.count + size * count)
    for (start, mass) in masses.enumerated() where mass > 0 {
      for (k, share) in binomial.enumerated() { folded[start + size * k] += mass * share }
    }
    masses = folded
  }
  let total = masses.count - 1
  var p = 0.0
  for (sum, mass) in masses.enumerated() where abs(2 * sum - total) >= observed { p += mass }
  return min(1, p)
}

/// Probabilities of a distribution on whole numbers that is known by the ratio of neighbours, from its mode outwards: no
/// factorials, so that nothing overflows or cancels.
/// - Parameter ratio: P(k + 1)/P(k).
func massesFromMode(_ range: ClosedRange<Int>, mode: Int, ratio: (Int) -> Double) -> [Double] {
  var masses = [Double](repeating: 0, count: range.count)
  masses[mode - range.lowerBound] = 1
  var mass = 1.0
  for k in stride(from: mode, to: range.upperBound, by: 1) {
    mass *= ratio(k)
    masses[k + 1 - range.lowerBound] = mass
  }
  mass = 1
  for k in stride(from: mode - 1, through: range.lowerBound, by: -1) {
    mass /= ratio(k)
    masses[k - range.lowerBound] = mass
  }
  let sum = masses.sorted().reduce(0, +)
  return masses.map { $0 / sum }
}
