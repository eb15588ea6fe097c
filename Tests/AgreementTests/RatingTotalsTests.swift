import Agreement
import Testing

@Suite("Totals of ratings", .timeLimit(.minutes(10)))
struct RatingTotalsTests {
  @Test("coefficients of summed rows are those of the table", arguments: 1...12 as ClosedRange<UInt64>)
  func equality(seed: UInt64) {
    var labels = SeededLabels(seed: seed)
    let (raters, categories) = (2 + Int(seed % 4), 2 + Int(seed % 3))
    let columns = (0..<raters).map { _ in
      (0..<40).map { _ in labels.below(10) < 2 ? nil : labels.below(categories) }
    }
    let table = LabelTable(
      categories: (0..<categories).map { "c\($0)" },
      raters: (0..<raters).map { "r\($0)" },
      columns: columns.map { Labels($0) }
    )
    let totals = RatingTotals(raters: raters, categories: categories)
    var sums = [Int](repeating: 0, count: totals.width)
    for item in 0..<40 {
      var counts = [Int](repeating: 0, count: categories)
      for column in columns { if let label = column[item] { counts[label] += 1 } }
      totals.add(counts, to: &sums)
    }
    let panel = MultiRater(table)
    #expect(isClose(totals.percentAgreement(sums), panel.percentAgreement))
    #expect(isClose(totals.gwetAC1(sums), panel.gwetAC1()))
    #expect(isClose(totals.fleissKappa(sums), panel.fleissKappa()))
    for level in [KrippendorffLevel.nominal, .ordinal, .interval] {
      #expect(isClose(totals.krippendorffAlpha(level, sums), panel.krippendorffAlpha(level)))
    }
  }

  @Test("what has no pair, or one category alone, is undefined for the same reason")
  func undefined() {
    let totals = RatingTotals(raters: 2, categories: 2)
    var sums = [Int](repeating: 0, count: totals.width)
    totals.add([1, 0], to: &sums)
    #expect(totals.krippendorffAlpha(.nominal, sums) == .undefined(.noOverlap))
    #expect(totals.gwetAC1(sums) == .undefined(.noOverlap))
    totals.add([2, 0], to: &sums)
    #expect(totals.krippendorffAlpha(.ordinal, sums) == .undefined(.zeroExpectedDisagreement))
    #expect(totals.fleissKappa(sums) == .undefined(.zeroExpectedDisagreement))
    #expect(totals.percentAgreement(sums) == .value(1))
  }
}
