import Agreement
import Testing

@Suite("A rater against a reference", .timeLimit(.minutes(10)))
struct ClassificationTests {
  private static func pair(_ seed: UInt64, categories: Int) -> PairCounts {
    var seeded = SeededLabels(seed: seed)
    let raters = seeded.raters(2, items: 40, categories: categories)
    return PairCounts(Labels(raters[0]), Labels(raters[1]), categories: categories)
  }

  @Test("a class against the rest, by hand")
  func byHand() {
    // Reference down, rater across.
    let pair = PairCounts(table: [[5, 2, 1], [0, 4, 3], [1, 0, 4]])
    let counts = ClassCounts(pair, positive: 1)
    #expect(counts.truePositives == 4 && counts.falseNegatives == 3)
    #expect(counts.falsePositives == 2 && counts.trueNegatives == 11)
    #expect(isClose(counts.precision, .value(4.0 / 6)) && isClose(counts.recall, .value(4.0 / 7)))
    #expect(
      isClose(counts.specificity, .value(11.0 / 13)) && isClose(counts.negativePredictiveValue, .value(11.0 / 14))
    )
    #expect(isClose(counts.f1, .value(8.0 / 13)))
    #expect(isClose(pair.balancedAccuracy, .value((5.0 / 8 + 4.0 / 7 + 4.0 / 5) / 3)))
    #expect(isClose(pair.macroF1, .value((10.0 / 14 + 8.0 / 13 + 8.0 / 13) / 3)))
    // R_K: (13·20 − (8·6 + 7·6 + 5·8))/√((400 − 64 − 49 − 25)(400 − 36 − 36 − 64)).
    #expect(isClose(pair.mcc, .value(130 / (262.0 * 264).squareRoot())))
    let undeclared = ClassCounts(pair, positive: 9)
    #expect(undeclared.count == 20 && undeclared.f1 == .undefined(.classAbsent))
  }

  @Test("with two classes the recalls change places and R_K is φ", arguments: 1...10)
  func binary(_ seed: UInt64) {
    let pair = Self.pair(seed, categories: 2)
    let (one, other) = (ClassCounts(pair, positive: 1), ClassCounts(pair, positive: 0))
    #expect(one.recall == other.specificity && one.precision == other.negativePredictiveValue)
    #expect(one.accuracy == other.accuracy && one.accuracy == pair.percentAgreement)
    #expect(isClose(pair.mcc, pair.phi))
    if let recall = one.recall.value, let specificity = one.specificity.value {
      #expect(isClose(pair.balancedAccuracy, .value((recall + specificity) / 2)))
    }
  }

  @Test("every value is within its bounds; a perfect rater has 1", arguments: 1...10)
  func bounds(_ seed: UInt64) {
    let pair = Self.pair(seed, categories: 4)
    #expect(pair.mcc.value.map { (-1...1).contains($0) } ?? true)
    for value in [pair.balancedAccuracy, pair.macroF1].compactMap(\.value) { #expect((0...1).contains(value)) }
    let perfect = PairCounts(table: [[3, 0, 0], [0, 5, 0], [0, 0, 0]])
    for value in [perfect.mcc, perfect.balancedAccuracy, perfect.macroF1] { #expect(value == .value(1)) }
  }

  @Test("what a missing class leaves undefined, after noOverlap")
  func reasons() {
    let negative = ClassCounts(PairCounts(table: [[4, 0], [0, 0]]), positive: 1)
    #expect(negative.precision == .undefined(.noPredictedPositives) && negative.recall == .undefined(.noPositives))
    #expect(negative.f1 == .undefined(.classAbsent) && negative.specificity == .value(1))
    let positive = ClassCounts(PairCounts(table: [[0, 0], [0, 4]]), positive: 1)
    #expect(positive.specificity == .undefined(.noNegatives))
    #expect(positive.negativePredictiveValue == .undefined(.noPredictedNegatives))
    // No hit but errors: F1 is 0 although precision does not exist.
    let missed = ClassCounts(PairCounts(table: [[4, 0], [2, 0]]), positive: 1)
    #expect(missed.f1 == .value(0) && missed.precision == .undefined(.noPredictedPositives))
    let single = PairCounts(table: [[4, 1], [0, 0]])
    #expect(single.balancedAccuracy == .undefined(.singleReferenceClass) && single.mcc == .undefined(.constantRater))
    let empty = PairCounts(table: [[0, 0], [0, 0]])
    for value in [empty.mcc, empty.balancedAccuracy, empty.macroF1, ClassCounts(empty, positive: 0).recall] {
      #expect(value == .undefined(.noOverlap))
    }
  }
}
