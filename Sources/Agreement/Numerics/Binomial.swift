internal import Glibc

/// The binomial distribution, exact in both tails.
public struct BinomialDistribution: Sendable {
  /// Trials, at least 0.
  public let trials: Int
  /// Chance of success, 0…1.
  public let chance: Double

  /// Makes a distribution.
  public init(trials: Int, chance: Double) {
    precondition(trials >= 0 && chance >= 0 && chance <= 1, "a binomial distribution needs trials and a chance in 0…1")
    self.trials = trials
    self.chance = chance
  }

  private var miss: DoubleDouble { .sum(1, -chance) }

  /// P(X = k), 0 outside 0…trials (Loader 2000).
  public func mass(_ k: Int) -> Double {
    guard k >= 0, k <= trials else { return 0 }
    if chance == 0 { return k == 0 ? 1 : 0 }
    if chance == 1 { return k == trials ? 1 : 0 }
    let n = Double(trials)
    if k == 0 { return (miss.logarithm * n).exponential }
    if k == trials { return (DoubleDouble(chance).logarithm * n).exponential }
    let (a, b) = (Double(k), Double(trials - k))
    return BetaDistribution(a: a, b: b).density(DoubleDouble(chance), miss) * (n / a / b)
  }

  /// P(X ≤ k).
  public func cumulative(_ k: Int) -> Double {
    if k < 0 { return 0 }
    if k >= trials { return 1 }
    return beta(k).upper
  }

  /// P(X > k).
  public func upperTail(_ k: Int) -> Double {
    if k < 0 { return 1 }
    if k >= trials { return 0 }
    return beta(k).lower
  }

  /// P(X > k) is the beta distribution with shapes k + 1 and n − k up to the chance.
  private func beta(_ k: Int) -> Tails {
    BetaDistribution(a: Double(k + 1), b: Double(trials - k)).tails(odds: DoubleDouble(chance), miss)
  }
}
