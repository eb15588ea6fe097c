import Agreement
import Testing

private typealias PanelStatistic = @Sendable (MultiRater) -> Statistic<Double>

private let pooled: [(name: String, of: PanelStatistic)] =
  AgreementWeights.allCases.flatMap { weights -> [(name: String, of: PanelStatistic)] in
    [
      ("AC \(weights)", { $0.gwetAC1(weights: weights) }), ("Fleiss \(weights)", { $0.fleissKappa(weights: weights) }),
      ("Conger \(weights)", { $0.congerKappa(weights: weights) }),
      ("Brennan-Prediger \(weights)", { $0.brennanPrediger(weights: weights) }),
    ]
  }

private let errors: [(name: String, of: @Sendable (MultiRater) -> Statistic<Estimate>)] = [
  ("AC1", { $0.gwetAC1Estimate() }), ("Fleiss", { $0.fleissKappaEstimate() }), ("Conger", { $0.congerKappaEstimate() }),
  ("Brennan-Prediger", { $0.brennanPredigerEstimate() }),
  ("Conger linear", { $0.congerKappaEstimate(weights: .linear) }),
]

private let whole: [(name: String, of: PanelStatistic)] = [
  ("percentAgreement", { $0.percentAgreement }), ("Fleiss complete", { $0.fleissKappaComplete }),
  ("Randolph", { $0.randolphKappaComplete }), ("alpha nominal", { $0.krippendorffAlpha(.nominal) }),
  ("alpha ordinal", { $0.krippendorffAlpha(.ordinal) }), ("alpha interval", { $0.krippendorffAlpha(.interval) }),
]

@Suite("Agreement of several raters", .timeLimit(.minutes(10)))
struct MultiRaterTests {
  /// The worked example of Krippendorff (2011), codes 0…4, with missing labels.
  private static let example: [[Int?]] = [
    [0, 1, 2, 2, 1, 0, 3, 0, 1, nil, nil, nil], [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, nil, 2],
    [nil, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, nil], [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, nil],
  ]

  @Test("published examples")
  func published() throws {
    let panel = MultiRater(table(Self.example, categories: 5))
    // Krippendorff (2011): 0.743, 0.815 and 0.849. Gwet's and Fleiss' coefficients of the same data: Gwet (2014).
    #expect(isClose(panel.krippendorffAlpha(.nominal), .value(0.743), within: 0.0005))
    #expect(isClose(panel.krippendorffAlpha(.ordinal), .value(0.815), within: 0.0005))
    #expect(isClose(panel.krippendorffAlpha(.interval), .value(0.849), within: 0.0005))
    #expect(isClose(panel.gwetAC1(), .value(0.77544), within: 5e-6))
    #expect(isClose(panel.fleissKappa(), .value(0.76117), within: 5e-6))
    let gwet = try #require(panel.gwetAC1Estimate().value)
    #expect(abs(gwet.standardError - 0.14295) < 5e-6)
    #expect(abs(gwet.interval.low - 0.46081) < 5e-6 && gwet.interval.high == 1)
    #expect(isClose(panel.fleissKappaEstimate().map(\.standardError), .value(0.15302), within: 5e-6))
    #expect(krippendorffAlpha(nominal: Self.example) == panel.krippendorffAlpha(.nominal))
    let numbers = Self.example.map { $0.map { $0.map { Double($0) / 4 } } }
    #expect(isClose(krippendorffAlpha(values: numbers), panel.krippendorffAlpha(.interval)))
  }

  @Test("Fleiss' κ of a table of counts")
  func rowCounts() {
    let rows = [
      [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
    #expect(isClose(fleissKappa(rowCounts: rows), .value(0.20993070), within: 1e-8))
    #expect(fleissKappa(rowCounts: []) == .undefined(.noOverlap))
    #expect(fleissKappa(rowCounts: [[0, 3], [0, 3]]) == .undefined(.zeroExpectedDisagreement))
  }

  @Test("the order of items and raters changes nothing", arguments: 1...12)
  func order(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let categories = 2 + seeded.below(4)
    let raters = seeded.raters(5, items: 30, categories: categories)
    let one = MultiRater(table(raters, categories: categories))
    let order = seeded.shuffled(Array(0..<30))
    let other = seeded.shuffled(raters).map { rater in order.map { rater[$0] } }
    let moved = MultiRater(table(other, categories: categories))
    for statistic in pooled + whole { #expect(isClose(statistic.of(one), statistic.of(moved)), "\(statistic.name)") }
    for error in errors {
      let (x, y) = (error.of(one), error.of(moved))
      #expect(isClose(x.map(\.standardError), y.map(\.standardError)), "\(error.name)")
    }
  }

  @Test("other names for the classes change nothing without weights", arguments: 1...12)
  func relabelling(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let raters = seeded.raters(4, items: 30, categories: 4)
    let names = seeded.shuffled(Array(0..<4))
    let one = MultiRater(table(raters, categories: 4))
    let renamed = MultiRater(table(raters.map { $0.map { $0.map { names[$0] } } }, categories: 4))
    let reversed = MultiRater(table(raters.map { $0.map { $0.map { 3 - $0 } } }, categories: 4))
    for statistic in pooled[0..<4] + whole[0..<4] {
      #expect(isClose(statistic.of(one), statistic.of(renamed)), "\(statistic.name)")
    }
    for statistic in pooled + whole {
      #expect(isClose(statistic.of(one), statistic.of(reversed)), "\(statistic.name)")
    }
  }

  @Test("two raters have the statistics of the pair", arguments: 1...12)
  func two(_ seed: UInt64) throws {
    var seeded = SeededLabels(seed: seed)
    let categories = 2 + seeded.below(4)
    let raters = seeded.raters(2, items: 30, categories: categories, missing: 0)
    let pair = PairCounts(Labels(raters[0]), Labels(raters[1]), categories: categories)
    let panel = MultiRater(table(raters, categories: categories))
    #expect(isClose(panel.percentAgreement, pair.percentAgreement))
    #expect(isClose(panel.fleissKappa(), pair.scottPi))
    #expect(isClose(panel.brennanPrediger(), pair.pabak))
    #expect(isClose(panel.randolphKappaComplete, pair.pabak))
    #expect(isClose(panel.krippendorffAlpha(.nominal), pair.krippendorffAlpha))
    for weights in AgreementWeights.allCases {
      #expect(isClose(panel.congerKappa(weights: weights), pair.cohenKappa(weights: weights)))
      #expect(isClose(panel.gwetAC1(weights: weights), pair.gwetAC2(weights: weights)))
      let (x, y) = (panel.gwetAC1Estimate(weights: weights), pair.gwetAC2Estimate(weights: weights))
      #expect(isClose(x.map(\.standardError), y.map(\.standardError)))
      #expect(isClose(x.map(\.interval.low), y.map(\.interval.low)))
    }
  }

  @Test("binary α is the same at every level; declared but unused categories do not change it", arguments: 1...8)
  func levels(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let raters = seeded.raters(4, items: 25, categories: 2, missing: 0.4)
    let panel = MultiRater(table(raters, categories: 2))
    let wide = MultiRater(table(raters, categories: 7))
    for level in KrippendorffLevel.allCases {
      #expect(isClose(panel.krippendorffAlpha(level), panel.krippendorffAlpha(.nominal)))
      #expect(isClose(wide.krippendorffAlpha(level), panel.krippendorffAlpha(level)))
    }
    #expect(panel.fleissKappa() == wide.fleissKappa())
    #expect(!isClose(panel.gwetAC1(), wide.gwetAC1()))
  }

  @Test("perfect agreement is 1 exactly, without error")
  func perfect() {
    var seeded = SeededLabels(seed: 8)
    let rater = seeded.raters(1, items: 20, categories: 3, missing: 0)[0]
    let panel = MultiRater(table([rater, rater, rater], categories: 4))
    for statistic in pooled + whole { #expect(statistic.of(panel) == .value(1), "\(statistic.name)") }
    let certain = Estimate(value: 1, standardError: 0, interval: Interval(low: 1, high: 1))
    for error in errors { #expect(error.of(panel) == .value(certain), "\(error.name)") }
  }

  @Test("all labels of one category: AC1, Brennan-Prediger and Randolph are 1, the others have no chance")
  func constant() {
    let panel = MultiRater(table([[1, 1, nil], [1, 1, 1], [nil, 1, 1]], categories: 2))
    for value in [panel.gwetAC1(), panel.brennanPrediger(), panel.randolphKappaComplete, panel.percentAgreement] {
      #expect(value == .value(1))
    }
    for value in [panel.fleissKappa(), panel.congerKappa(), panel.fleissKappaComplete] {
      #expect(value == .undefined(.zeroExpectedDisagreement))
    }
    for level in KrippendorffLevel.allCases {
      #expect(panel.krippendorffAlpha(level) == .undefined(.zeroExpectedDisagreement))
    }
    // A single label elsewhere gives the pooled shares a second category, and pairs none.
    let more = MultiRater(table([[1, 1, nil, 0], [1, 1, 1, nil], [nil, 1, 1, nil]], categories: 2))
    #expect(more.fleissKappa() == .value(1))
    #expect(more.krippendorffAlpha(.nominal) == .undefined(.zeroExpectedDisagreement))
  }

  @Test("raters without a label are dropped first, then the reasons follow in their order")
  func reasons() {
    let all: [(name: String, of: PanelStatistic)] =
      pooled + whole
      + errors.map { error in
        (error.name, { error.of($0).map(\.value) })
      }
    let alone = MultiRater(table([[0, 1], [nil, nil]], categories: 2))
    #expect(alone.raterCount == 1)
    for statistic in all { #expect(statistic.of(alone) == .undefined(.tooFewRaters), "\(statistic.name)") }
    let apart = MultiRater(table([[0, nil], [nil, 0]], categories: 2))
    for statistic in all where !["Fleiss complete", "Randolph"].contains(statistic.name) {
      #expect(statistic.of(apart) == .undefined(.noOverlap), "\(statistic.name)")
    }
    #expect(apart.fleissKappaComplete == .undefined(.noCompleteItems))
    #expect(apart.randolphKappaComplete == .undefined(.noCompleteItems))
    let one = MultiRater(table([[0], [1], [1]], categories: 2))
    for error in errors { #expect(error.of(one) == .undefined(.tooFewItems), "\(error.name)") }
    #expect(isClose(one.percentAgreement, .value(1.0 / 3)))
    let constant = MultiRater(table([[1], [1]], categories: 2))
    #expect(constant.fleissKappaEstimate() == .undefined(.zeroExpectedDisagreement))
    #expect(constant.gwetAC1Estimate() == .undefined(.tooFewItems))
    let silent = MultiRater(table([[0, 1, 1], [0, 1, 0], [nil, nil, nil]], categories: 2))
    let two = MultiRater(table([[0, 1, 1], [0, 1, 0]], categories: 2))
    for statistic in pooled + whole { #expect(statistic.of(silent) == statistic.of(two), "\(statistic.name)") }
  }

  @Test("α of scores: its reasons, and lists of different lengths for labels")
  func scores() {
    #expect(krippendorffAlpha(values: [[0.5], [nil]]) == .undefined(.tooFewRaters))
    #expect(krippendorffAlpha(values: [[0.5, nil], [nil, 0.5]]) == .undefined(.noOverlap))
    #expect(krippendorffAlpha(values: [[0.1, 0.1], [0.1, 0.1]]) == .undefined(.zeroExpectedDisagreement))
    #expect(krippendorffAlpha(values: [[0.1, 0.7], [0.1, 0.7]]) == .value(1))
    #expect(
      krippendorffAlpha(nominal: [[0, 1, 1], [0, 1]]) == krippendorffAlpha(nominal: [[0, 1, 1], [0, 1, nil]])
    )
    #expect(krippendorffAlpha(nominal: []) == .undefined(.tooFewRaters))
  }
}
