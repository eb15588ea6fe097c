public import Agreement

/// Two systems' refusals on the same prompts, as one rater sees them.
public struct PairedDifference: Sendable, Equatable {
  /// Pairs of answers that count.
  public let pairs: Int
  /// Refusals of the first system among them.
  public let first: Int
  /// Refusals of the second.
  public let second: Int
  /// Refusals by which the first is ahead, added up over the prompts on which it is; with one answer a prompt: pairs in
  /// which the first alone refuses.
  public let firstAlone: Int
  /// The same of the second.
  public let secondAlone: Int
  /// Answers of either system left out: their prompt lacks a label or an answer of the other system.
  public let unpaired: Int
  /// Prompts that count.
  public let prompts: Int
  /// The second's rate less the first's, −1…1. Undefined: `noOverlap`.
  public let difference: Statistic<Double>
  /// Its 95 % interval. Undefined: `noOverlap`, `tooFewClusters`, `noErrorVariance`.
  public let interval: Statistic<Interval>
  /// Two-sided p. Undefined: `noOverlap`, `noDiscordantPairs`.
  public let p: Statistic<Double>

  /// What this rater lets one conclude at the 5 % level.
  public var decision: Decision {
    guard let difference = difference.value, let p = p.value, p < 0.05 else { return .none }
    return difference < 0 ? .lower : .higher
  }
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

extension PairedDifference {
  /// Compares counts by prompt.
  ///
  /// With one answer a prompt: McNemar's exact test and Newcombe's interval of a paired difference. With several: answers to
  /// one prompt are no independent evidence, so the test flips the signs of whole prompts' differences (exact where it can
  /// be), and the interval is Student's t over the prompts' differences.
  /// - Parameter counts: for each prompt that counts the refusals of both systems and the answers of each, the same number
  ///   for both.
  public init(_ counts: [(first: Int, second: Int, of: Int)], unpaired: Int) {
    let pairs = counts.reduce(0) { $0 + $1.of }
    self.pairs = pairs
    self.unpaired = unpaired
    prompts = counts.count
    first = counts.reduce(0) { $0 + $1.first }
    second = counts.reduce(0) { $0 + $1.second }
    firstAlone = counts.reduce(0) { $0 + max(0, $1.first - $1.second) }
    secondAlone = counts.reduce(0) { $0 + max(0, $1.second - $1.first) }
    guard pairs > 0 else {
      (difference, interval, p) = (.undefined(.noOverlap), .undefined(.noOverlap), .undefined(.noOverlap))
      return
    }
    difference = .value(Double(second - first) / Double(pairs))
    if counts.allSatisfy({ $0.of == 1 }) {
      p = mcNemarExact(b: firstAlone, c: secondAlone)
      interval = .value(
        Self.newcombe(pairs: pairs, of: second, against: first, ahead: secondAlone, behind: firstAlone)
      )
    } else {
      p = permutationSignFlips(counts.map { $0.second - $0.first }).map(\.p)
      interval = Self.student(counts)
    }
  }

  /// Two raters on the same answers, one a prompt; the reference's place is the first rater's.
  init(_ counts: ClassCounts, unpaired: Int) {
    let (both, n) = (counts.truePositives, counts.count)
    pairs = n
    self.unpaired = unpaired
    prompts = n
    first = both + counts.falseNegatives
    second = both + counts.falsePositives
    firstAlone = counts.falseNegatives
    secondAlone = counts.falsePositives
    guard n > 0 else {
      (difference, interval, p) = (.undefined(.noOverlap), .undefined(.noOverlap), .undefined(.noOverlap))
      return
    }
    difference = .value(Double(second - first) / Double(n))
    p = mcNemarExact(b: firstAlone, c: secondAlone)
    interval = .value(Self.newcombe(pairs: n, of: second, against: first, ahead: secondAlone, behind: firstAlone))
  }

  /// Newcombe's method 10 (Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based
  /// on paired data"): Wilson's ends of the two rates, joined with the correlation φ of the pairs, which is corrected for
  /// continuity where it is positive.
  static func newcombe(pairs: Int, of minuend: Int, against subtrahend: Int, ahead: Int, behind: Int) -> Interval {
    let n = Double(pairs)
    let (p, q) = (Double(minuend) / n, Double(subtrahend) / n)
    guard let a = wilsonInterval(successes: minuend, trials: pairs).value,
      let b = wilsonInterval(successes: subtrahend, trials: pairs).value
    else { return Interval(low: -1, high: 1) }
    let both = minuend - ahead
    let neither = pairs - both - ahead - behind
    let margins = Double(minuend) * Double(pairs - minuend) * Double(subtrahend) * Double(pairs - subtrahend)
    var phi = 0.0
    if margins > 0 {
      let top = Double(both) * Double(neither) - Double(ahead) * Double(behind)
      phi = (top > 0 ? max(top - n / 2, 0) : top) / margins.squareRoot()
    }
    func join(_ x: Double, _ y: Double) -> Double { (x * x - 2 * phi * x * y + y * y).squareRoot() }
    return Interval(
      low: max(-1, p - q - join(p - a.low, b.high - q)),
      high: min(1, p - q + join(a.high - p, q - b.low))
    )
  }

  private static func student(_ counts: [(first: Int, second: Int, of: Int)]) -> Statistic<Interval> {
    guard counts.count > 1 else { return .undefined(.tooFewClusters) }
    let pairs = Double(counts.reduce(0) { $0 + $1.of })
    let mean = Double(counts.reduce(0) { $0 + $1.second - $1.first }) / pairs
    // A ratio of totals: the linearised variance over prompts (Cochran 1977, section 6.3).
    let squares = counts.reduce(0.0) { sum, one in
      let residual = Double(one.second - one.first) - mean * Double(one.of)
      return sum + residual * residual
    }
    guard squares > 1e-18 else { return .undefined(.noErrorVariance) }
    let g = Double(counts.count)
    let half = studentTQuantile(0.975, degrees: g - 1) * (g / (g - 1) * squares).squareRoot() / pairs
    return .value(Interval(low: max(-1, mean - half), high: min(1, mean + half)))
  }
}

/// The answers of two systems to the prompts that both answered equally often.
struct PromptPairs: Sendable {
  /// Items of the first and of the second system, by prompt.
  let prompts: [(first: [Int32], second: [Int32])]
  /// Answers of prompts that one system did not answer, or not as often as the other.
  let leftOut: Int

  init(_ labels: AssessedLabels, _ first: ItemSet, _ second: ItemSet) {
    var found: [Int: (first: [Int32], second: [Int32])] = [:]
    for item in first { found[labels.table.cluster(of: item), default: ([], [])].first.append(Int32(item)) }
    for item in second { found[labels.table.cluster(of: item), default: ([], [])].second.append(Int32(item)) }
    let kept = found.keys.sorted().compactMap { found[$0] }.filter { $0.first.count == $0.second.count }
    prompts = kept
    leftOut = first.count + second.count - kept.reduce(0) { $0 + 2 * $1.first.count }
  }
}

extension AssessedLabels {
  /// Compares two systems on paired prompts. A prompt whose answers lack a label of this rater is left out as a whole: with
  /// some labels missing its two sides would be no like for like.
  func difference(_ rater: Int, _ pairs: PromptPairs, _ treatment: AbstentionTreatment) -> PairedDifference {
    let column = table.columns[rater]
    func refusals(_ items: [Int32]) -> Int? {
      var count = 0
      for item in items {
        guard let isPositive = treatment.isPositive(column[Int(item)], positive: positive) else { return nil }
        if isPositive { count += 1 }
      }
      return count
    }
    var counts: [(first: Int, second: Int, of: Int)] = []
    var unpaired = pairs.leftOut
    for prompt in pairs.prompts {
      if let x = refusals(prompt.first), let y = refusals(prompt.second) {
        counts.append((x, y, prompt.first.count))
      } else {
        unpaired += 2 * prompt.first.count
      }
    }
    return PairedDifference(counts, unpaired: unpaired)
  }

  /// How two raters' differences between two systems differ: on each prompt, the second rater's difference less the first's.
  /// - Returns: two-sided p of the sign-flip test over prompts. Undefined: `noOverlap`, `noDiscordantPairs`.
  func interaction(_ first: Int, _ second: Int, _ pairs: PromptPairs) -> Statistic<Double> {
    func gap(_ rater: Int, _ prompt: (first: [Int32], second: [Int32])) -> Int? {
      let column = table.columns[rater]
      var sum = 0
      for (items, sign) in [(prompt.first, -1), (prompt.second, 1)] {
        for item in items {
          guard let label = column[Int(item)] else { return nil }
          if label == positive { sum += sign }
        }
      }
      return sum
    }
    let gaps = pairs.prompts.compactMap { prompt -> Int? in
      guard let a = gap(first, prompt), let b = gap(second, prompt) else { return nil }
      return b - a
    }
    return gaps.isEmpty ? .undefined(.noOverlap) : permutationSignFlips(gaps).map(\.p)
  }
}
