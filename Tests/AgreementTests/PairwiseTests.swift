import Agreement
import Testing

private typealias PairStatistic = @Sendable (PairCounts) -> Statistic<Double>

private let nominal: [(name: String, of: PairStatistic)] = [
  ("percentAgreement", { $0.percentAgreement }), ("cohenKappa", { $0.cohenKappa }), ("scottPi", { $0.scottPi }),
  ("pabak", { $0.pabak }), ("gwetAC1", { $0.gwetAC1 }), ("krippendorffAlpha", { $0.krippendorffAlpha }),
  ("mcc", { $0.mcc }), ("cohenKappaSE", { $0.cohenKappaStandardError }),
  ("gwetAC1SE", { $0.gwetAC1Estimate.map(\.standardError) }),
]

private let ordered: [(name: String, of: PairStatistic)] = [
  ("kappa identity", { $0.cohenKappa(weights: .identity) }), ("kappa linear", { $0.cohenKappa(weights: .linear) }),
  ("kappa quadratic", { $0.cohenKappa(weights: .quadratic) }), ("AC2 linear", { $0.gwetAC2(weights: .linear) }),
  ("AC2 quadratic", { $0.gwetAC2(weights: .quadratic) }), ("pearson", { $0.pearson }),
  ("spearman", { $0.spearman }), ("kendallTauB", { $0.kendallTauB }),
]

@Suite("Agreement of two raters", .timeLimit(.minutes(10)))
struct PairwiseTests {
  private static func counts(_ raters: [[Int?]], _ categories: Int) -> PairCounts {
    PairCounts(Labels(raters[0]), Labels(raters[1]), categories: categories)
  }

  @Test("counting agrees with looking at one item after the other", arguments: [0, 1, 2, 3, 64, 257])
  func counting(_ items: Int) {
    for categories in [1, 2, 5, 255] {
      var seeded = SeededLabels(seed: UInt64(items * 1000 + categories))
      let raters = seeded.raters(2, items: items, categories: categories, missing: 0.3)
      let counts = Self.counts(raters, categories)
      var cells = [[Int]](repeating: [Int](repeating: 0, count: categories), count: categories)
      for case (let x?, let y?) in zip(raters[0], raters[1]) { cells[x][y] += 1 }
      #expect(counts == PairCounts(table: cells))
      #expect(counts.count == cells.reduce(0) { $0 + $1.reduce(0, +) })
      #expect(counts.agreeing == cells.indices.reduce(0) { $0 + cells[$1][$1] })
    }
  }

  @Test("values worked out by hand")
  func byHand() {
    let counts = PairCounts(table: [[20, 5], [10, 15]])
    // pₒ = 35/50; own marginals ½·0.6 + ½·0.4 = ½.
    #expect(isClose(counts.cohenKappa, .value(0.4)))
    // Pooled 0.55 and 0.45: pₑ = 0.505.
    #expect(isClose(counts.scottPi, .value(0.195 / 0.495)))
    #expect(isClose(counts.pabak, .value(0.4)))
    // pₑ = 2·0.55·0.45.
    #expect(isClose(counts.gwetAC1, .value(0.205 / 0.505)))
    // 1 − (N − 1)·2·15/(N² − 55² − 45²) with N = 100.
    #expect(isClose(counts.krippendorffAlpha, .value(1 - 99.0 * 30 / 4950)))
    #expect(isClose(counts.phi, .value(10 / 600.0.squareRoot())))
    #expect(counts.phi == counts.mcc)
    // Cells 0.4, 0.1, 0.2, 0.3 with A = w − 0.6·(row's share by the second + column's share by the first): Σp·A² less
    // (0.4 − ½·0.6)², over n·½².
    let diagonal = 0.4 * 0.34 * 0.34 + 0.3 * 0.46 * 0.46
    let a = diagonal + 0.36 * (0.1 * 1.1 * 1.1 + 0.2 * 0.9 * 0.9) - 0.01
    #expect(isClose(counts.cohenKappaStandardError, .value((a / (50 * 0.25)).squareRoot())))
  }

  @Test("weighted disagreement by hand")
  func weighted() {
    // Disagreements: 1 step once and 2 steps once among 4 items.
    let counts = PairCounts(table: [[1, 1, 0], [0, 1, 0], [1, 0, 0]])
    // Rows 2 1 1, columns 2 2 0: n²·Dₑ = 2·2·1 + 1·2·1 + 1·2·2 + 1·2·1 = 12 linear, 4 + 2 + 8 + 2 = 16 quadratic.
    #expect(isClose(counts.cohenKappa(weights: .linear), .value(1 - 3.0 * 4 / 12)))
    #expect(isClose(counts.cohenKappa(weights: .quadratic), .value(1 - 5.0 * 4 / 16)))
  }

  @Test("the order of items and of raters changes nothing", arguments: 1...20)
  func order(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let categories = 2 + seeded.below(4)
    let raters = seeded.raters(2, items: 40, categories: categories)
    let one = Self.counts(raters, categories)
    let order = seeded.shuffled(Array(0..<40))
    #expect(one == Self.counts(raters.map { rater in order.map { rater[$0] } }, categories))
    let swapped = Self.counts(raters.reversed(), categories)
    for statistic in nominal + ordered {
      #expect(isClose(statistic.of(one), statistic.of(swapped)), "\(statistic.name)")
    }
  }

  @Test("other names for the classes change nothing; the reverse order changes no ordered statistic", arguments: 1...20)
  func relabelling(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let categories = 2 + seeded.below(4)
    let raters = seeded.raters(2, items: 40, categories: categories)
    let names = seeded.shuffled(Array(0..<categories))
    let one = Self.counts(raters, categories)
    let renamed = Self.counts(raters.map { $0.map { $0.map { names[$0] } } }, categories)
    let reversed = Self.counts(raters.map { $0.map { $0.map { categories - 1 - $0 } } }, categories)
    for statistic in nominal { #expect(isClose(statistic.of(one), statistic.of(renamed)), "\(statistic.name)") }
    for statistic in ordered { #expect(isClose(statistic.of(one), statistic.of(reversed)), "\(statistic.name)") }
  }

  @Test("every value is within its bounds", arguments: 1...40)
  func bounds(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let categories = 2 + seeded.below(4)
    let counts = Self.counts(seeded.raters(2, items: 1 + seeded.below(12), categories: categories), categories)
    for statistic in nominal + ordered {
      guard let value = statistic.of(counts).value else { continue }
      #expect(value.isFinite && value <= 1 && value >= -2, "\(statistic.name)")
    }
    for value in [counts.cohenKappa, counts.mcc, counts.pearson, counts.spearman, counts.kendallTauB].compactMap(
      \.value
    ) { #expect((-1...1).contains(value)) }
    if let estimate = counts.gwetAC1Estimate.value {
      #expect(estimate.interval.low <= estimate.value && estimate.value <= estimate.interval.high)
      #expect(estimate.interval.high <= 1)
    }
  }

  @Test("perfect agreement is 1 exactly, without error", arguments: 1...10)
  func perfect(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let rater = seeded.raters(1, items: 31, categories: 4, missing: 0.1)[0]
    let counts = Self.counts([rater, rater], 5)
    for statistic in nominal.dropLast(2) + ordered { #expect(statistic.of(counts) == .value(1), "\(statistic.name)") }
    #expect(counts.cohenKappaStandardError == .value(0))
    for weights in AgreementWeights.allCases {
      let certain = Estimate(value: 1, standardError: 0, interval: Interval(low: 1, high: 1))
      #expect(counts.gwetAC2Estimate(weights: weights) == .value(certain))
      #expect(counts.cohenKappaEstimate(weights: weights) == .value(certain))
    }
  }

  @Test("what constants leave undefined")
  func constants() {
    let same = PairCounts(table: [[0, 0], [0, 20]])
    for value in [same.cohenKappa, same.cohenKappa(weights: .linear), same.scottPi, same.krippendorffAlpha] {
      #expect(value == .undefined(.zeroExpectedDisagreement))
    }
    #expect(same.cohenKappaStandardError == .undefined(.zeroExpectedDisagreement))
    #expect(same.gwetAC1 == .value(1) && same.pabak == .value(1))
    for value in [same.phi, same.mcc, same.spearman, same.kendallTauB] {
      #expect(value == .undefined(.constantRater))
    }
    let opposite = PairCounts(table: [[0, 20], [0, 0]])
    #expect(opposite.cohenKappa == .value(0))
    #expect(opposite.scottPi == .value(-1))
    #expect(opposite.gwetAC1 == .value(-1))
    #expect(PairCounts(table: [[6, 14], [0, 0]]).cohenKappa == .value(0))
  }

  @Test("the reasons of nothing and of one item, in their order")
  func few() {
    let nothing = PairCounts(Labels([0, nil]), Labels([nil, 1]), categories: 2)
    for statistic in nominal + ordered {
      #expect(statistic.of(nothing) == .undefined(.noOverlap), "\(statistic.name)")
    }
    let one = PairCounts(table: [[0, 1], [0, 0]])
    #expect(one.gwetAC1 == .value(-1))
    #expect(one.gwetAC1Estimate == .undefined(.tooFewItems))
    #expect(one.cohenKappaStandardError == .undefined(.tooFewItems))
    #expect(one.phi == .undefined(.tooFewItems))
    #expect(one.mcc == .undefined(.constantRater))
    let sole = PairCounts(table: [[3]])
    #expect(sole.percentAgreement == .value(1))
    #expect(sole.pabak == .undefined(.zeroExpectedDisagreement))
    #expect(sole.gwetAC1 == .undefined(.zeroExpectedDisagreement))
    #expect(PairCounts(table: []).cohenKappa == .undefined(.noOverlap))
  }

  @Test("an unused category between used ones widens their distance, for α it does not exist")
  func unused() {
    let narrow = PairCounts(table: [[4, 2, 1], [1, 5, 2], [0, 3, 6]])
    let wide = PairCounts(table: [[4, 0, 2, 1], [0, 0, 0, 0], [1, 0, 5, 2], [0, 0, 3, 6]])
    #expect(!isClose(narrow.cohenKappa(weights: .linear), wide.cohenKappa(weights: .linear)))
    #expect(!isClose(narrow.gwetAC1, wide.gwetAC1))
    #expect(narrow.cohenKappa == wide.cohenKappa)
    #expect(narrow.krippendorffAlpha == wide.krippendorffAlpha)
  }

  @Test("counts in the hundreds of millions and 255 categories do not overflow")
  func large() {
    var cells = [[Int]](repeating: [Int](repeating: 0, count: 255), count: 255)
    cells[0][0] = 100_000_000
    cells[254][254] = 100_000_000
    cells[0][254] = 50_000_000
    cells[254][0] = 50_000_000
    let counts = PairCounts(table: cells)
    for weights in AgreementWeights.allCases { #expect(isClose(counts.cohenKappa(weights: weights), .value(1.0 / 3))) }
    for value in [counts.pearson, counts.spearman, counts.kendallTauB, counts.mcc, counts.scottPi] {
      #expect(isClose(value, .value(1.0 / 3)))
    }
    #expect(counts.gwetAC2Estimate(weights: .quadratic).value != nil)
  }
}
