/// What coefficients of several raters need of items, as whole numbers that add up over items: a resample of items is a sum of
/// rows, and no item is looked at again. Values are those of `MultiRater`.
///
/// A row holds, for each number of labels m that an item may have, the labels in each category and, for every two categories
/// c ≤ k, the sum over items of n_c·n_k.
public struct RatingTotals: Sendable {
  /// Declared categories, q.
  public let categories: Int
  /// The most labels that an item has.
  public let raters: Int
  private var pairs: Int { categories * (categories + 1) / 2 }
  private var block: Int { categories + pairs }

  /// - Parameters:
  ///   - raters: at least 1.
  ///   - categories: at least 1.
  public init(raters: Int, categories: Int) {
    precondition(raters > 0 && categories > 0, "a row needs a rater and a category")
    self.raters = raters
    self.categories = categories
  }

  /// Numbers of a row.
  public var width: Int { raters * block }

  /// Adds an item; one without a label adds nothing.
  /// - Parameters:
  ///   - counts: `[q]`, its labels in each category.
  ///   - row: `[width]`.
  public func add(_ counts: [Int], to row: inout [Int]) {
    let labels = counts.reduce(0, +)
    guard labels > 0 else { return }
    var place = (labels - 1) * block
    for count in counts {
      row[place] += count
      place += 1
    }
    for first in 0..<categories {
      for second in first..<categories {
        row[place] += counts[first] * counts[second]
        place += 1
      }
    }
  }

  /// The share of equal pairs: `MultiRater.percentAgreement`. Undefined: `noOverlap`.
  public func percentAgreement(_ totals: [Int]) -> Statistic<Double> {
    observedDisagreement(totals).map { 1 - $0 }
  }

  /// Gwet's AC1: `MultiRater.gwetAC1`. Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public func gwetAC1(_ totals: [Int]) -> Statistic<Double> {
    guard case .value(let observed) = observedDisagreement(totals) else { return .undefined(.noOverlap) }
    guard categories >= 2 else { return .undefined(.zeroExpectedDisagreement) }
    let spread = shares(totals).reduce(0.0) { $0 + $1 * (1 - $1) }
    return .value(1 - observed / (1 - spread / Double(categories - 1)))
  }

  /// Fleiss' κ: `MultiRater.fleissKappa`. Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public func fleissKappa(_ totals: [Int]) -> Statistic<Double> {
    guard case .value(let observed) = observedDisagreement(totals) else { return .undefined(.noOverlap) }
    guard pooled(totals, from: 1).count(where: { $0 > 0 }) > 1 else { return .undefined(.zeroExpectedDisagreement) }
    return .value(1 - observed / shares(totals).reduce(0.0) { $0 + $1 * (1 - $1) })
  }

  /// Krippendorff's α: `MultiRater.krippendorffAlpha`. Undefined: `noOverlap`, `zeroExpectedDisagreement`.
  public func krippendorffAlpha(_ level: KrippendorffLevel, _ totals: [Int]) -> Statistic<Double> {
    let pairable = pooled(totals, from: 2)
    let number = pairable.reduce(0, +)
    guard number > 0 else { return .undefined(.noOverlap) }
    guard pairable.count(where: { $0 > 0 }) > 1 else { return .undefined(.zeroExpectedDisagreement) }
    let places = level.places(pairable)
    func distance(_ first: Int, _ second: Int) -> Double {
      guard let places else { return 1 }
      let steps = Double(places[first] - places[second])
      return steps * steps
    }
    var (observed, chance) = (0.0, 0.0)
    for m in stride(from: 2, through: raters, by: 1) {
      var (sum, place) = (0.0, (m - 1) * block + categories)
      for first in 0..<categories {
        for second in first..<categories {
          if first != second { sum += 2 * Double(totals[place]) * distance(first, second) }
          place += 1
        }
      }
      observed += sum / Double(m - 1)
    }
    for first in 0..<categories {
      for second in (first + 1)..<max(first + 1, categories) {
        chance += 2 * Double(pairable[first]) * Double(pairable[second]) * distance(first, second)
      }
    }
    return .value(alpha(observed: observed, values: number, chance: chance))
  }

  /// Labels in each category over the items with at least so many.
  private func pooled(_ totals: [Int], from number: Int) -> [Int] {
    (0..<categories).map { code in
      (number..<max(number, raters + 1)).reduce(0) { $0 + totals[($1 - 1) * block + code] }
    }
  }

  /// Items with m labels.
  private func items(_ totals: [Int], _ m: Int) -> Int {
    (0..<categories).reduce(0) { $0 + totals[(m - 1) * block + $1] } / m
  }

  /// πₖ, the mean over items with a label.
  private func shares(_ totals: [Int]) -> [Double] {
    var labelled = 0
    var sums = [Double](repeating: 0, count: categories)
    for m in 1...raters {
      labelled += items(totals, m)
      for code in 0..<categories { sums[code] += Double(totals[(m - 1) * block + code]) / Double(m) }
    }
    return sums.map { $0 / Double(labelled) }
  }

  private func observedDisagreement(_ totals: [Int]) -> Statistic<Double> {
    var (sum, overlapping) = (0.0, 0)
    for m in stride(from: 2, through: raters, by: 1) {
      let own = items(totals, m)
      overlapping += own
      var (place, equal) = ((m - 1) * block + categories, 0)
      for first in 0..<categories {
        equal += totals[place]
        place += categories - first
      }
      sum += Double(own * m * m - equal) / Double(m * (m - 1))
    }
    return overlapping == 0 ? .undefined(.noOverlap) : .value(sum / Double(overlapping))
  }
}
