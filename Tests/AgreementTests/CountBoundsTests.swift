import Agreement
import Testing

/// Draws small whole numbers, the same in every run (SplitMix64).
private struct Draws {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next(_ range: ClosedRange<Int>) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return range.lowerBound + Int((z ^ (z >> 31)) % UInt64(range.count))
  }
}

/// Every list of 0 and 1 of a length with so many ones.
private func labellings(_ size: Int, ones: Int) -> [[Int]] {
  (0..<(1 << size)).map { bits in (0..<size).map { bits >> $0 & 1 } }.filter { $0.reduce(0, +) == ones }
}

@Suite("Sharp bounds from counts", .timeLimit(.minutes(10)))
struct CountBoundsTests {
  /// Every figure that is taken from the extreme tables alone.
  private static let figures: [@Sendable (PairCounts) -> Statistic<Double>] = [
    { $0.percentAgreement }, { $0.cohenKappa }, { $0.krippendorffAlpha }, { $0.gwetAC1 }, { $0.scottPi }, { $0.phi },
    { $0.mcc }, { $0.balancedAccuracy }, { ClassCounts($0, positive: 1).recall },
    { ClassCounts($0, positive: 1).specificity }, { ClassCounts($0, positive: 1).precision },
    { ClassCounts($0, positive: 1).f1 },
  ]

  @Test("pooled hits are those of some labelling, and all of them", arguments: 0..<60)
  func pooledHits(_ seed: Int) {
    var draws = Draws(UInt64(seed))
    var groups: [CountedAgainstReference] = []
    var reached: Set<Hits> = [Hits(truePositives: 0, falsePositives: 0)]
    for _ in 0..<draws.next(1...3) {
      // The reference of a group: 1, 0, or left out (2).
      let reference = (0..<draws.next(1...5)).map { _ in draws.next(0...2) }
      let called = draws.next(0...reference.count)
      func number(_ label: Int) -> Int { reference.count { $0 == label } }
      groups.append(
        CountedAgainstReference(
          positives: number(1),
          negatives: number(0),
          leftOut: number(2),
          calledPositive: called
        )
      )
      let own = labellings(reference.count, ones: called).map { labels in
        let hits = zip(reference, labels).count { $0 == 1 && $1 == 1 }
        return (hits, zip(reference, labels).count { $0 == 0 && $1 == 1 })
      }
      reached = Set(
        reached.flatMap { start in
          own.map { Hits(truePositives: start.truePositives + $0, falsePositives: start.falsePositives + $1) }
        }
      )
    }
    let found = CountBounds.pooledHits(groups)
    #expect(Set(found) == reached && found.count == reached.count)
    #expect(found.map { [$0.truePositives, $0.falsePositives] }.isAscending)
    let pooled = PooledHits(groups)
    #expect(Set(pooled.called) == Set(reached.map { $0.truePositives + $0.falsePositives }))
    for figure in Self.figures {
      let all = reached.map { hits in
        let (positives, negatives) = (pooled.positives, pooled.negatives)
        return figure(
          PairCounts(table: [
            [negatives - hits.falsePositives, hits.falsePositives],
            [positives - hits.truePositives, hits.truePositives],
          ])
        )
      }
      #expect(pooled.range(of: figure).value == CountBounds.range(of: all).value)
    }
  }

  @Test("joint positives of two counted raters", arguments: 0..<40)
  func joint(_ seed: Int) {
    var draws = Draws(UInt64(seed) + 1000)
    var (first, second, sizes): ([Int], [Int], [Int]) = ([], [], [])
    var reached: Set<Int> = [0]
    for _ in 0..<draws.next(1...3) {
      let size = draws.next(1...4)
      let counts = (draws.next(0...size), draws.next(0...size))
      sizes.append(size)
      first.append(counts.0)
      second.append(counts.1)
      let own = labellings(size, ones: counts.0).flatMap { a in
        labellings(size, ones: counts.1).map { b in zip(a, b).count { $0 == 1 && $1 == 1 } }
      }
      reached = Set(reached.flatMap { start in own.map { start + $0 } })
    }
    #expect(Set(CountBounds.jointPositives(first: first, second: second, sizes: sizes)) == reached)
  }

  @Test("no group and empty groups")
  func nothing() {
    #expect(CountBounds.pooledHits([]) == [Hits(truePositives: 0, falsePositives: 0)])
    #expect(CountBounds.jointPositives(first: [0], second: [0], sizes: [0]) == 0...0)
    let empty = CountedAgainstReference(positives: 0, negatives: 0, calledPositive: 0)
    #expect(empty.attainable == [Hits(truePositives: 0, falsePositives: 0)])
  }

  @Test("values that do not exist are left out of a range; where none exists the first reason stays")
  func range() {
    let some: [Statistic<Double>] = [.undefined(.constantRater), .value(0.5), .value(-0.25)]
    #expect(CountBounds.range(of: some) == .value(Interval(low: -0.25, high: 0.5)))
    let none: [Statistic<Double>] = [.undefined(.noPositives), .undefined(.constantRater)]
    #expect(CountBounds.range(of: none) == .undefined(.noPositives))
  }
}

@Suite("Labellings with the least and the most concordance", .timeLimit(.minutes(10)))
struct ExtremeLabellingTests {
  private static func squares(_ columns: [[Int]], _ size: Int) -> Int {
    (0..<size).reduce(0) { sum, item in
      let total = columns.reduce(0) { $0 + $1[item] }
      return sum + total * total
    }
  }

  @Test("both ends are those of all labellings with the counts", arguments: 0..<120)
  func ends(_ seed: Int) {
    var draws = Draws(UInt64(seed) + 5000)
    let size = draws.next(1...4)
    let known = (0..<draws.next(0...3)).map { _ in (0..<size).map { _ in draws.next(0...1) } }
    let counts = (0..<draws.next(1...4)).map { _ in draws.next(0...size) }
    let group = CountedGroup(size: size, known: known, counts: counts)
    var all = [known]
    for count in counts { all = all.flatMap { columns in labellings(size, ones: count).map { columns + [$0] } } }
    let sums = all.map { Self.squares($0, size) }
    for (labels, end) in [(group.leastConcordant, sums.min()), (group.mostConcordant, sums.max())] {
      #expect(labels.map { $0.reduce(0, +) } == counts)
      #expect(labels.allSatisfy { $0.count == size })
      #expect(Self.squares(known + labels, size) == end)
    }
    #expect(group.squares.lowerBound == sums.min() && group.squares.upperBound == sums.max())
    let counted = CountedGroup(size: size, counts: counts)
    let least = Self.squares(counted.leastConcordant, size)
    #expect(counted.squares == least...Self.squares(counted.mostConcordant, size))
  }

  @Test("counts alone are spread so that totals differ by at most one, or nested in the first items")
  func countsAlone() {
    let group = CountedGroup(size: 50, counts: [50, 17, 0, 33, 8, 49])
    let totals = (0..<50).map { item in group.leastConcordant.reduce(0) { $0 + $1[item] } }
    #expect((totals.max() ?? 0) - (totals.min() ?? 0) <= 1)
    for (labels, count) in zip(group.mostConcordant, group.counts) {
      #expect(labels == [Int](repeating: 1, count: count) + [Int](repeating: 0, count: 50 - count))
    }
  }

  @Test("kappa and alpha of a panel in closed form are those of the two labellings", arguments: 0..<60)
  func panel(_ seed: Int) {
    var draws = Draws(UInt64(seed) + 9000)
    let (knowing, counting) = (draws.next(0...2), draws.next(0...3))
    let groups = (0..<draws.next(0...3)).map { _ in
      let size = draws.next(0...4)
      return CountedGroup(
        size: size,
        known: (0..<knowing).map { _ in (0..<size).map { _ in draws.next(0...1) } },
        counts: (0..<counting).map { _ in draws.next(0...size) }
      )
    }
    func table(_ counted: (CountedGroup) -> [[Int]]) -> MultiRater {
      let rows = groups.map { $0.known + counted($0) }
      let columns = (rows.first ?? []).indices.map { rater in Labels(rows.flatMap { $0[rater] }) }
      let names = columns.indices.map { "\($0)" }
      return MultiRater(LabelTable(categories: ["no", "yes"], raters: names, columns: columns))
    }
    let ends = [table(\.leastConcordant), table(\.mostConcordant)]
    let panel = CountedPanel(groups)
    for (found, measure) in [
      (panel.fleissKappa, \MultiRater.fleissKappaComplete), (panel.krippendorffAlpha, \MultiRater.nominalAlpha),
    ] {
      let wanted = CountBounds.range(of: ends.map { $0[keyPath: measure] })
      #expect((found.value == nil) == (wanted.value == nil))
      #expect(abs((found.value?.low ?? 0) - (wanted.value?.low ?? 0)) < 1e-12)
      #expect(abs((found.value?.high ?? 0) - (wanted.value?.high ?? 0)) < 1e-12)
    }
  }

  @Test("kappa and alpha of many raters lie between those of the two labellings")
  func measures() {
    let group = CountedGroup(size: 4, known: [[1, 0, 1, 0]], counts: [1, 3])
    func table(_ counted: [[Int]]) -> MultiRater {
      let columns = (group.known + counted).map { Labels($0) }
      return MultiRater(LabelTable(categories: ["no", "yes"], raters: ["a", "b", "c"], columns: columns))
    }
    let (low, high) = (table(group.leastConcordant), table(group.mostConcordant))
    for first in labellings(4, ones: 1) {
      for second in labellings(4, ones: 3) {
        let here = table([first, second])
        for measure in [\MultiRater.fleissKappaComplete, \MultiRater.nominalAlpha] {
          let value = here[keyPath: measure].value ?? .nan
          let least = low[keyPath: measure].value ?? .nan
          let most = high[keyPath: measure].value ?? .nan
          #expect(least - 1e-12 <= value && value <= most + 1e-12)
        }
      }
    }
  }
}

extension MultiRater {
  fileprivate var nominalAlpha: Statistic<Double> { krippendorffAlpha(.nominal) }
}

extension [[Int]] {
  fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) } }
}
