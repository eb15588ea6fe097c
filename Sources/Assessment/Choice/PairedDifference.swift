public import Agreement

/// Two systems' refusals on the same prompts, as one rater sees them.
public struct PairedDifference: Sendable, Equatable {
  /// Pairs that both systems' answers count in.
  public let pairs: Int
  /// Refusals of the first system.
  public let first: Int
  /// Refusals of the second.
  public let second: Int
  /// Pairs in which the first alone refuses.
  public let firstAlone: Int
  /// Pairs in which the second alone refuses.
  public let secondAlone: Int
  /// Pairs left out for a missing label.
  public let unpaired: Int

  /// The second's rate less the first's, −1…1. Undefined: `noOverlap`.
  public var difference: Statistic<Double> {
    pairs == 0 ? .undefined(.noOverlap) : .value(Double(second - first) / Double(pairs))
  }

  /// Exact two-sided McNemar p. Undefined: `noOverlap`, `noDiscordantPairs`.
  public var p: Statistic<Double> {
    pairs == 0 ? .undefined(.noOverlap) : mcNemarExact(b: firstAlone, c: secondAlone)
  }

  /// The score interval of a paired difference at 95 %, by Newcombe's method 10 (Newcombe 1998, "Improved confidence
  /// intervals for the difference between binomial proportions based on paired data"): Wilson's ends of the two rates,
  /// joined with the correlation φ of the pairs. Undefined: `noOverlap`.
  public var interval: Statistic<Interval> {
    guard let first = wilsonInterval(successes: first, trials: pairs).value,
      let second = wilsonInterval(successes: second, trials: pairs).value
    else { return .undefined(.noOverlap) }
    let n = Double(pairs)
    let (p1, p2) = (Double(self.second) / n, Double(self.first) / n)
    let (low1, high1, low2, high2) = (p1 - second.low, second.high - p1, p2 - first.low, first.high - p2)
    let phi = correlation
    let low = (low1 * low1 - 2 * phi * low1 * high2 + high2 * high2).squareRoot()
    let high = (high1 * high1 - 2 * phi * high1 * low2 + low2 * low2).squareRoot()
    return .value(Interval(low: max(-1, p1 - p2 - low), high: min(1, p1 - p2 + high)))
  }

  /// φ of the pairs with the continuity correction of Newcombe 1998 when it is positive; 0 where a margin is empty.
  private var correlation: Double {
    let both = self.first - firstAlone
    let neither = pairs - both - firstAlone - secondAlone
    let margins = Double(first) * Double(pairs - first) * Double(second) * Double(pairs - second)
    guard margins > 0 else { return 0 }
    var top = Double(both) * Double(neither) - Double(firstAlone) * Double(secondAlone)
    if top > 0 { top = max(top - Double(pairs) / 2, 0) }
    return top / margins.squareRoot()
  }

  /// What this rater lets one conclude at the 5 % level.
  public var decision: Decision {
    guard let difference = difference.value, let p = p.value, p < 0.05 else { return .none }
    return difference < 0 ? .lower : .higher
  }

  /// Whether there are pairs enough for p to fall below 0.05 at all: six that all change one way, 2·0.5⁶ = 0.031.
  public var isDecidable: Bool { pairs >= 6 }
}

/// What a paired comparison shows.
public enum Decision: String, Sendable, CaseIterable {
  /// The second system refuses less.
  case lower
  /// The second system refuses more.
  case higher
  /// No difference is shown.
  case none
}

extension AssessedLabels {
  /// Compares two systems on paired items.
  func difference(_ rater: Int, _ pairs: [(Int, Int)], _ treatment: AbstentionTreatment) -> PairedDifference {
    let column = table.columns[rater]
    var (count, first, second, firstAlone, secondAlone, unpaired) = (0, 0, 0, 0, 0, 0)
    for (a, b) in pairs {
      guard let x = treatment.isPositive(column[a], positive: positive),
        let y = treatment.isPositive(column[b], positive: positive)
      else {
        unpaired += 1
        continue
      }
      count += 1
      if x { first += 1 }
      if y { second += 1 }
      if x, !y { firstAlone += 1 }
      if y, !x { secondAlone += 1 }
    }
    return PairedDifference(
      pairs: count,
      first: first,
      second: second,
      firstAlone: firstAlone,
      secondAlone: secondAlone,
      unpaired: unpaired
    )
  }
}
