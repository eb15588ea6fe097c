import Agreement
import Testing

@Suite("Scores against a reference", .timeLimit(.minutes(10)))
struct ScoresTests {
  private static func draw(_ seed: UInt64, digits: Double) -> (reference: [Int?], scores: [Double?]) {
    var seeded = SeededLabels(seed: seed)
    let truth = (0..<47).map { _ in seeded.below(2) }
    let scores = truth.map { label -> Double? in
      let raw = (Double(label) * 0.4 + seeded.unit()) / 1.4
      return seeded.unit() < 0.1 ? nil : (raw * digits).rounded() / digits
    }
    return (truth.map { seeded.unit() < 0.1 ? nil : $0 }, scores)
  }

  private static func items(_ reference: [Int?], _ scores: [Double?]) -> ScoredItems {
    ScoredItems(reference: Labels(reference), scores: scores, positive: 1)
  }

  @Test("the area is the share of pairs in the right order", arguments: 1...10)
  func area(_ seed: UInt64) {
    for digits in [10.0, 1e6] {
      let (reference, scores) = Self.draw(seed, digits: digits)
      let both = zip(reference, scores).compactMap { y, s in y.flatMap { y in s.map { (y, $0) } } }
      let (positives, negatives) = (both.filter { $0.0 == 1 }.map(\.1), both.filter { $0.0 == 0 }.map(\.1))
      let right = positives.reduce(0.0) { sum, p in
        sum + negatives.reduce(0.0) { $0 + (p > $1 ? 1 : p == $1 ? 0.5 : 0) }
      }
      let share = right / Double(positives.count * negatives.count)
      let items = Self.items(reference, scores)
      #expect(isClose(items.rocAuc, .value(share)))
      // A monotone change keeps the order; the other direction and class together too.
      let squared = Self.items(reference, scores.map { $0.map { $0 * $0 } })
      #expect(squared.rocAuc == items.rocAuc && squared.averagePrecision == items.averagePrecision)
      let turned = ScoredItems(reference: Labels(reference), scores: scores.map { $0.map { 1 - $0 } }, positive: 0)
      #expect(isClose(turned.rocAuc, items.rocAuc) && isClose(turned.brier, items.brier))
    }
  }

  @Test("values worked out by hand, ties are one step")
  func byHand() {
    let items = Self.items([1, 0, 1, 0, nil], [0.9, 0.8, 0.8, 0.1, 0.5])
    #expect(items.count == 4)
    #expect(items.rocAuc == .value(0.875))
    // Recall ½ at precision 1, then ½ more at precision ⅔.
    #expect(isClose(items.averagePrecision, .value(0.5 + 1.0 / 3)))
    #expect(isClose(items.brier, .value((0.01 + 0.64 + 0.04 + 0.01) / 4)))
    // Bins of 0.9, of 0.8 twice and of 0.1.
    #expect(isClose(items.calibrationErrorEqualWidth(), .value((0.1 + 0.6 + 0.1) / 4)))
    // One item a bin: the tied ones are apart.
    #expect(isClose(items.calibrationErrorEqualMass(), .value((0.1 + 0.8 + 0.2 + 0.1) / 4)))
  }

  @Test("constant scores are half right, their average precision is the share of positives")
  func constant() {
    let items = Self.items([1, 0, 0, 0], [0.4, 0.4, 0.4, 0.4])
    #expect(items.rocAuc == .value(0.5))
    #expect(items.averagePrecision == .value(0.25))
    #expect(isClose(items.calibrationErrorEqualWidth(), .value(0.15)))
  }

  @Test("a perfect rater, and one that is certain and wrong")
  func certain() {
    let right = Self.items([1, 0, 1], [1, 0, 1])
    #expect(right.rocAuc == .value(1) && right.averagePrecision == .value(1) && right.brier == .value(0))
    #expect(right.calibrationErrorEqualWidth() == .value(0) && right.calibrationErrorEqualMass() == .value(0))
    #expect((right.logLoss.value ?? 1) < 1e-15)
    let wrong = Self.items([0], [1])
    #expect(isClose(wrong.logLoss, .value(36.04365338911715)))
    #expect(wrong.brier == .value(1))
  }

  @Test("bins: an edge belongs to the upper one, 1 to the last, equal numbers go by rank, then by item")
  func bins() {
    // 0.1 and 0.19 share a bin, 0.09 is apart, 1 is with 0.95.
    let items = Self.items([0, 1, 0, 1, 0], [0.09, 0.1, 0.19, 1, 0.95])
    #expect(isClose(items.calibrationErrorEqualWidth(), .value((0.09 + 0.71 + 0.95) / 5)))
    // Twelve equal scores: bins of two, two and then single items, in the order of items.
    let tied = Self.items([1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [Double?](repeating: 0.5, count: 12))
    #expect(isClose(tied.calibrationErrorEqualMass(), .value((0 + 1 + 8 * 0.5) / 12)))
    let few = Self.items([1, 0], [0.2, 0.2])
    #expect(isClose(few.calibrationErrorEqualMass(), .value(0.5)))
    #expect(isClose(few.calibrationErrorEqualMass(bins: 1), .value(0.3)))
  }

  @Test("the reasons in their order")
  func reasons() {
    let empty = Self.items([nil, 1], [0.5, nil])
    for value in [
      empty.rocAuc, empty.averagePrecision, empty.brier, empty.logLoss, empty.calibrationErrorEqualWidth(),
      empty.calibrationErrorEqualMass(),
    ] { #expect(value == .undefined(.noOverlap)) }
    let negative = Self.items([0, 0], [0.5, 0.2])
    #expect(negative.rocAuc == .undefined(.singleReferenceClass))
    #expect(negative.averagePrecision == .undefined(.noPositives))
    #expect(negative.brier.value != nil)
    let positive = Self.items([1, 1], [0.5, 0.2])
    #expect(positive.rocAuc == .undefined(.singleReferenceClass) && positive.averagePrecision == .value(1))
  }
}
