/// What agreement of two raters could have been had they labelled every item: the smallest and largest value over all ways
/// to fill in the missing labels of two classes (sharp: both ends are reached by some filling).
///
/// With both margins fixed, percent agreement, κ, π, α and AC1 all rise with the number of joint positives, so every pair of
/// margins is tried with its fewest and most joint positives.
public struct AbstentionBounds: Sendable, Equatable {
  /// Bounds of the share of equal labels.
  public let percentAgreement: Statistic<Interval>
  /// Bounds of Cohen's κ; fillings without a κ are left out.
  public let cohenKappa: Statistic<Interval>
  /// Bounds of Gwet's AC1.
  public let gwetAC1: Statistic<Interval>

  /// Fillings are tried up to so many (margins × joint abstentions); beyond it there are no bounds but those of percent
  /// agreement.
  public static let workLimit = 20_000_000

  /// Counts of a pair: rows the first rater's 0, 1, none; columns the second's.
  /// - Parameter counts: [3, 3], none last in both.
  public init(counts: [[Int]]) {
    let missing = Missing(counts)
    let n = missing.n
    guard n > 0 else {
      percentAgreement = .undefined(.noOverlap)
      cohenKappa = .undefined(.noOverlap)
      gwetAC1 = .undefined(.noOverlap)
      return
    }
    let agreeing = counts[0][0] + counts[1][1]
    let open = n - agreeing - counts[0][1] - counts[1][0]
    percentAgreement = .value(
      Interval(low: Double(agreeing) / Double(n), high: Double(agreeing + open) / Double(n))
    )
    guard missing.work <= Self.workLimit else {
      cohenKappa = .undefined(.tooManyFillings)
      gwetAC1 = .undefined(.tooManyFillings)
      return
    }
    var kappa = Extremes()
    var ac1 = Extremes()
    missing.everyTable { table in
      let pair = PairCounts(table: table)
      kappa.see(pair.cohenKappa.value)
      ac1.see(pair.gwetAC1.value)
    }
    cohenKappa = kappa.interval
    gwetAC1 = ac1.interval
  }

  /// Counts two raters' labels of two classes; every item counts, labelled or not.
  public init(_ first: Labels, _ second: Labels, positive: Int = 1) {
    var counts = [[Int]](repeating: [0, 0, 0], count: 3)
    func place(_ label: Int?) -> Int { label.map { $0 == positive ? 1 : 0 } ?? 2 }
    for item in 0..<min(first.count, second.count) { counts[place(first[item])][place(second[item])] += 1 }
    self.init(counts: counts)
  }
}

private struct Extremes {
  private var low = Double.infinity
  private var high = -Double.infinity

  mutating func see(_ value: Double?) {
    guard let value else { return }
    low = min(low, value)
    high = max(high, value)
  }

  var interval: Statistic<Interval> {
    low > high ? .undefined(.zeroExpectedDisagreement) : .value(Interval(low: low, high: high))
  }
}

/// The fillings of one pair of raters.
private struct Missing {
  private let counts: [[Int]]
  let n: Int
  /// Missing of the second rater alone, by the first's label; of the first alone, by the second's; of both.
  private let second: (zero: Int, one: Int)
  private let first: (zero: Int, one: Int)
  private let both: Int

  init(_ counts: [[Int]]) {
    self.counts = counts
    n = counts.reduce(0) { $0 + $1.reduce(0, +) }
    second = (counts[0][2], counts[1][2])
    first = (counts[2][0], counts[2][1])
    both = counts[2][2]
  }

  /// An estimate of the tables to look at.
  var work: Int {
    let x = second.zero + second.one + both + 1
    let y = first.zero + first.one + both + 1
    let (product, overflow) = x.multipliedReportingOverflow(by: y)
    let (all, again) = product.multipliedReportingOverflow(by: both + 1)
    return overflow || again ? .max : all
  }

  /// Calls with the table of fewest and of most joint positives for every pair of margins that some filling has.
  func everyTable(_ look: ([[Int]]) -> Void) {
    let known = (counts[1][0] + counts[1][1] + second.one, counts[0][1] + counts[1][1] + first.one)
    for x in 0...(second.zero + second.one + both) {
      for y in 0...(first.zero + first.one + both) {
        guard let joint = jointRange(x, y) else { continue }
        let (p, q) = (known.0 + y, known.1 + x)
        for extra in Set([joint.lowerBound, joint.upperBound]) {
          let n11 = counts[1][1] + extra
          look([[n - p - q + n11, q - n11], [p - n11, n11]])
        }
      }
    }
  }

  /// The joint positives that can be added when the second rater gets x more positives and the first y.
  private func jointRange(_ x: Int, _ y: Int) -> ClosedRange<Int>? {
    var (low, high) = (Int.max, Int.min)
    for w in 0...min(both, x, y) {
      // w items that neither labelled become joint positives; what is left of x and y goes to the other places.
      let (restX, restY, free) = (x - w, y - w, both - w)
      let spill = max(0, restX - second.one - second.zero) + max(0, restY - first.one - first.zero)
      guard spill <= free else { continue }
      high = max(high, w + min(restX, second.one) + min(restY, first.one))
      let (needX, needY) = (max(0, restX - second.zero), max(0, restY - first.zero))
      low = min(low, w + max(0, needX + needY - free))
    }
    return low <= high ? low...high : nil
  }
}
