import Testing

@testable import Agreement

@Suite("A panel packed in bits", .timeLimit(.minutes(10)))
struct PackedPanelTests {
  @Test("the counts of every pair are those of counting item by item", arguments: [0, 1, 7, 63, 64, 65, 200, 1000])
  func counts(_ items: Int) {
    var seeded = SeededLabels(seed: UInt64(items) + 1)
    let columns = seeded.raters(6, items: items, categories: 2).map { Labels($0) }
    let panel = PackedPanel(columns)
    #expect(panel.pairs.count == 15)
    for (pair, counts) in zip(panel.pairs, panel.counts()) {
      #expect(counts == PairCounts(columns[pair.first], columns[pair.second], categories: 2))
    }
  }

  @Test("threads change nothing")
  func threads() {
    var seeded = SeededLabels(seed: 3)
    let columns = seeded.raters(9, items: 777, categories: 2).map { Labels($0) }
    let one = PackedPanel(columns, threads: 1).counts(threads: 1)
    #expect(PackedPanel(columns, threads: 4).counts(threads: 3) == one)
  }

  @Test("the fast statistics are those of counted labels", arguments: 1...5)
  func statistics(_ categories: Int) {
    var seeded = SeededLabels(seed: 11)
    for items in [0, 1, 2, 5, 40] {
      let raters = seeded.raters(3, items: items, categories: categories).map { Labels($0) }
      let counts = PairCounts(raters[0], raters[1], categories: categories)
      let cells = (0..<categories * categories).map { counts[$0 / categories, $0 % categories] }
      cells.withUnsafeBufferPointer { cells in
        guard let base = cells.baseAddress else { return }
        for statistic in PairStatistic.allCases {
          #expect(isClose(statistic.value(base, categories: categories), statistic.value(counts)), "\(statistic)")
        }
      }
    }
  }

  @Test("a panel of one rater or of none has no pairs")
  func small() {
    #expect(PackedPanel([Labels]()).counts().isEmpty)
    #expect(PackedPanel([Labels([0, 1, nil])]).pairs.isEmpty)
  }
}
