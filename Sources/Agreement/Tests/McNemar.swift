/// How two raters differ on the items that both labelled, for one class taken as positive.
public struct DiscordantPairs: Sendable, Equatable {
  /// Positive for the first alone.
  public let b: Int
  /// Positive for the second alone.
  public let c: Int
  /// Items with both labels.
  public let count: Int

  /// Counts the pairs of two columns of the same items.
  public init(_ first: Labels, _ second: Labels, positive: Int) {
    self.init(first.list, second.list, positive: positive)
  }

  /// Counts the pairs of two lists of labels.
  public init(_ first: [Int?], _ second: [Int?], positive: Int) {
    var (b, c, count) = (0, 0, 0)
    for case (let x?, let y?) in zip(first, second) {
      count += 1
      if x == positive, y != positive { b += 1 }
      if x != positive, y == positive { c += 1 }
    }
    (self.b, self.c, self.count) = (b, c, count)
  }

  /// A test of b and c, undefined without an item that both labelled: `noOverlap`.
  public func test<Value>(_ test: (_ b: Int, _ c: Int) -> Statistic<Value>) -> Statistic<Value> {
    count == 0 ? .undefined(.noOverlap) : test(b, c)
  }
}

/// The exact McNemar test on paired binary labels: two-sided binomial on the discordant counts, capped at 1
/// (McNemar 1947).
/// - Parameters:
///   - b: pairs that went one way.
///   - c: pairs that went the other way.
/// - Returns: p in 0…1; undefined without a discordant pair: `noDiscordantPairs`.
public func mcNemarExact(b: Int, c: Int) -> Statistic<Double> {
  guard b + c > 0 else { return .undefined(.noDiscordantPairs) }
  if b == c { return .value(1) }
  let tail = BinomialDistribution(trials: b + c, chance: 0.5).cumulative(min(b, c))
  return .value(min(1, 2 * tail))
}

/// The exact McNemar test of two raters' labels on the same items, for one class taken as positive. Undefined also without
/// an item that both labelled: `noOverlap`.
public func mcNemarExact(_ first: [Int?], _ second: [Int?], positive: Int) -> Statistic<Double> {
  DiscordantPairs(first, second, positive: positive).test(mcNemarExact)
}

/// McNemar's test with the mid-p value: the exact p less the chance of the counts seen, 1 − half of it where both are equal
/// (Fagerland, Lydersen & Laake 2013).
/// - Returns: p in 0…1; undefined without a discordant pair: `noDiscordantPairs`.
public func mcNemarMidP(b: Int, c: Int) -> Statistic<Double> {
  guard b + c > 0 else { return .undefined(.noDiscordantPairs) }
  let distribution = BinomialDistribution(trials: b + c, chance: 0.5)
  let seen = distribution.mass(min(b, c))
  if b == c { return .value(1 - seen / 2) }
  // 2·P(X ≤ k) − P(X = k) with the mass at k taken once: what is left of the tail is computed for itself.
  return .value(min(1, 2 * distribution.cumulative(min(b, c) - 1) + seen))
}

/// McNemar's chi-square (b − c)²/(b + c) with one degree of freedom (McNemar 1947).
/// - Returns: undefined without a discordant pair: `noDiscordantPairs`.
public func mcNemarChiSquare(b: Int, c: Int) -> Statistic<TestResult> {
  mcNemarChiSquare(b: b, c: c, difference: Double(abs(b - c)))
}

/// McNemar's chi-square with continuity correction, (|b − c| − 1)²/(b + c); 1/(b + c) where both are equal (Edwards 1948).
/// - Returns: undefined without a discordant pair: `noDiscordantPairs`.
public func mcNemarChiSquareCorrected(b: Int, c: Int) -> Statistic<TestResult> {
  mcNemarChiSquare(b: b, c: c, difference: Double(abs(b - c) - 1))
}

private func mcNemarChiSquare(b: Int, c: Int, difference: Double) -> Statistic<TestResult> {
  guard b + c > 0 else { return .undefined(.noDiscordantPairs) }
  return .value(TestResult(chiSquare: difference * difference / Double(b + c), degrees: 1))
}
