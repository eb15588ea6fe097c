import Agreement
import Testing

@Suite("Several raters: tests, concordance, intraclass correlation", .timeLimit(.minutes(10)))
struct ConcordanceTests {
  private static let forms = IntraclassCorrelation.Model.allCases.flatMap { [($0, false), ($0, true)] }

  private static func ratings(_ draws: inout SeededLabels, items: Int, raters: Int) -> [[Double]] {
    (0..<items).map { _ in
      let truth = draws.unit()
      return (0..<raters).map { _ in truth + draws.unit() }
    }
  }

  @Test("Kendall's W is Friedman's statistic with raters as blocks, over m(n − 1)")
  func concordance() throws {
    var draws = SeededLabels(seed: 5)
    for _ in 0..<20 {
      let raters = (0..<4).map { _ in (0..<9).map { _ in Double(draws.below(5)) } }
      let w = try #require(kendallW(raters: raters).value)
      #expect(abs(w - (try #require(friedman(blocks: raters).value).statistic) / (4 * 8)) < 1e-14)
      #expect(w >= 0 && w <= 1)
    }
    #expect(kendallW(raters: [[1, 2, 2, 7], [3, 4, 4, 5], [0, 1, 1, 2]]) == .value(1))
    #expect(kendallW(raters: [[1, 2, 3], [3, 2, 1]]) == .value(0))
  }

  @Test("the order of raters and of items changes nothing, nor does any rising scale for ranks")
  func order() throws {
    var draws = SeededLabels(seed: 6)
    for _ in 0..<20 {
      let ratings = Self.ratings(&draws, items: 8, raters: 4)
      let raters = draws.shuffled([0, 1, 2, 3])
      let moved = draws.shuffled(ratings).map { row in raters.map { row[$0] } }
      #expect(isClose(friedman(blocks: ratings).map(\.statistic), friedman(blocks: moved).map(\.statistic)))
      #expect(friedman(blocks: ratings) == friedman(blocks: ratings.map { $0.map { $0 * $0 * $0 } }))
      let (one, two) = (IntraclassCorrelation(ratings: ratings), IntraclassCorrelation(ratings: moved))
      let scaled = IntraclassCorrelation(ratings: ratings.map { $0.map { 3 * $0 - 40 } })
      for (model, averaged) in Self.forms {
        let value = one.coefficient(model, averaged: averaged)
        #expect(isClose(value, two.coefficient(model, averaged: averaged)))
        #expect(isClose(value, scaled.coefficient(model, averaged: averaged), within: 1e-9))
        let ends = try #require(one.interval(model, averaged: averaged).value)
        #expect(ends.low < (value.value ?? 2) && (value.value ?? -2) < ends.high && ends.high < 1)
      }
    }
  }

  @Test("perfect agreement is 1 without an interval; all values equal are undefined")
  func perfect() {
    let perfect = IntraclassCorrelation(ratings: [0.1, 0.7, 0.3].map { [$0, $0, $0] })
    let constant = IntraclassCorrelation(ratings: [[0.1, 0.1, 0.1], [0.1, 0.1, 0.1]])
    for (model, averaged) in Self.forms {
      #expect(perfect.coefficient(model, averaged: averaged) == .value(1))
      #expect(perfect.interval(model, averaged: averaged) == .undefined(.noErrorVariance))
      #expect(constant.coefficient(model, averaged: averaged) == .undefined(.noVariance))
      #expect(constant.interval(model, averaged: averaged) == .undefined(.noVariance))
    }
  }

  @Test("raters a constant apart are consistent, and rounding does not hide it")
  func shifted() {
    let shifted = IntraclassCorrelation(ratings: [0.1, 0.2, 0.3, 0.6].map { [$0, $0 + 0.1, $0 + 0.3] })
    #expect(shifted.coefficient(.twoWayMixed) == .value(1))
    #expect(shifted.interval(.twoWayMixed) == .undefined(.noErrorVariance))
    #expect(shifted.interval(.twoWayRandom) == .undefined(.noErrorVariance))
    #expect((shifted.coefficient(.twoWayRandom).value ?? 1) < 0.9)
    #expect(shifted.interval(.oneWay).value != nil)
  }

  @Test("items that do not differ leave no share and no interval of one")
  func opposed() {
    let opposed = IntraclassCorrelation(ratings: [[1, 5], [5, 1], [2, 4], [3, 3]])
    #expect(opposed.coefficient(.oneWay) == .value(-1))
    #expect(opposed.coefficient(.oneWay, averaged: true) == .undefined(.noVariance))
    #expect(opposed.coefficient(.twoWayMixed, averaged: true) == .undefined(.noVariance))
    #expect(opposed.interval(.twoWayRandom) == .undefined(.noVariance))
  }

  @Test("intervals stay numbers at the edge of what they are made for")
  func finite() {
    var draws = SeededLabels(seed: 77)
    for _ in 0..<400 {
      let (items, raters) = (2 + draws.below(4), 2 + draws.below(4))
      let levels = 2 + draws.below(3)
      let correlation = IntraclassCorrelation(
        ratings: (0..<items).map { _ in (0..<raters).map { _ in Double(draws.below(levels)) } }
      )
      for (model, averaged) in Self.forms {
        if let value = correlation.coefficient(model, averaged: averaged).value { #expect(value.isFinite) }
        if let ends = correlation.interval(model, averaged: averaged, level: 0.99).value {
          #expect(!ends.low.isNaN && !ends.high.isNaN)
        }
      }
    }
  }

  @Test("too little data has a reason, in the order of the table of conventions")
  func reasons() {
    #expect(friedman(blocks: []) == .undefined(.noCompleteItems))
    #expect(friedman(blocks: [[1, 2]]) == .undefined(.tooFewRaters))
    #expect(friedman(blocks: [[1, 1, 1], [2, 2, 2]]) == .undefined(.allRowsTied))
    #expect(kendallW(raters: [[1, 2]]) == .undefined(.tooFewRaters))
    #expect(kendallW(raters: [[], []]) == .undefined(.noCompleteItems))
    #expect(kendallW(raters: [[1, 1], [2, 2]]) == .undefined(.allRatersConstant))
    #expect(IntraclassCorrelation(ratings: []).coefficient(.oneWay) == .undefined(.noCompleteItems))
    #expect(IntraclassCorrelation(ratings: [[1], [2]]).coefficient(.oneWay) == .undefined(.tooFewRaters))
    #expect(IntraclassCorrelation(ratings: [[1, 2]]).coefficient(.oneWay) == .undefined(.tooFewItems))
    #expect(cochranQ(items: []) == .undefined(.noCompleteItems))
    #expect(cochranQ(items: [[true]]) == .undefined(.tooFewRaters))
    #expect(cochranQ(items: [[true, true], [false, false]]) == .undefined(.noDiscordantItems))
    #expect(cochranQ(table([[0, 1], [nil, nil]], categories: 2), positive: 1) == .undefined(.tooFewRaters))
    #expect(cochranQ(table([[0, nil], [nil, 1]], categories: 2), positive: 1) == .undefined(.noCompleteItems))
    #expect(cochranQ(table([[0, 1], [1, 0], [nil, nil]], categories: 2), positive: 1).value?.degrees == 1)
  }

  @Test("variance components add up to what made the table, and shares of squares to 1")
  func components() throws {
    // Rows 0, 6 apart by 6, columns by 2, no rest: variances 18 and 2.
    let parts = try #require(twoWayVarianceComponents(ratings: [[0, 2], [6, 8]]).value)
    #expect(parts.rows == 18 && parts.columns == 2 && parts.residual == 0)
    #expect(parts.columnShare == .value(0.1))
    let flat = try #require(twoWayVarianceComponents(ratings: [[3, 3], [3, 3]]).value)
    #expect(flat.columnShare == .undefined(.noVariance))
    #expect(twoWayVarianceComponents(ratings: [[1, 2]]) == .undefined(.tooFewItems))
    var draws = SeededLabels(seed: 9)
    let values = (0..<3).map { _ in (0..<2).map { _ in (0..<5).map { _ in draws.unit() } } }
    let sums = ThreeWaySums(values)
    let shares = ThreeWaySums.Term.allCases.compactMap { sums.share($0).value }
    #expect(shares.count == 7 && shares.allSatisfy { $0 >= 0 } && abs(shares.reduce(0, +) - 1) < 1e-14)
    // Purely additive: no pair and no rest.
    let additive = ThreeWaySums((0..<3).map { i in (0..<2).map { j in (0..<5).map { Double(i + 2 * j + $0 * $0) } } })
    for term in [ThreeWaySums.Term.firstSecond, .firstThird, .secondThird, .residual] {
      #expect(additive.sum(term) < 1e-25)
    }
    #expect(ThreeWaySums([[[4, 4]]]).share(.first) == .undefined(.noVariance))
  }
}

@Suite("Families of p-values", .timeLimit(.minutes(10)))
struct MultiplicityTests {
  @Test("adjusted values keep the order, never fall below their p and follow a change of order")
  func properties() {
    var draws = SeededLabels(seed: 31)
    for size in [0, 1, 2, 7, 50] {
      let family = (0..<size).map { _ in draws.unit() * draws.unit() }
      let order = draws.shuffled(Array(0..<size))
      for adjust in [holm, bonferroni, benjaminiHochberg, benjaminiYekutieli] {
        let adjusted = adjust(family)
        #expect(adjusted.count == size)
        #expect(zip(family, adjusted).allSatisfy { $0 <= $1 && $1 <= 1 })
        #expect(adjust(order.map { family[$0] }) == order.map { adjusted[$0] })
        let sorted = family.indices.sorted { family[$0] < family[$1] }.map { adjusted[$0] }
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 <= $1 })
      }
      #expect(zip(holm(family), bonferroni(family)).allSatisfy { $0 <= $1 })
      #expect(zip(benjaminiHochberg(family), holm(family)).allSatisfy { $0 <= $1 })
      #expect(zip(benjaminiHochberg(family), benjaminiYekutieli(family)).allSatisfy { $0 <= $1 })
    }
  }

  @Test("three p-values worked out by hand")
  func byHand() {
    #expect(holm([0.25, 0.125, 0.5]) == [0.5, 0.375, 0.5])
    #expect(bonferroni([0.25, 0.125, 0.5]) == [0.75, 0.375, 1])
    #expect(benjaminiHochberg([0.25, 0.125, 0.5]) == [0.375, 0.375, 0.5])
  }
}
