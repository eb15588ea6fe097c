import Agreement
import Testing

@Suite("Paired tests", .timeLimit(.minutes(10)))
struct PairedTestsTests {
  @Test("McNemar's four p-values at counts worked out by hand")
  func mcNemar() throws {
    // 1 of 6: 2·(1 + 6)/64, and the mid-p less 6/64.
    #expect(abs(try #require(mcNemarExact(b: 1, c: 5).value) - 14.0 / 64) < 1e-15)
    #expect(abs(try #require(mcNemarMidP(b: 5, c: 1).value) - 8.0 / 64) < 1e-15)
    #expect(abs(try #require(mcNemarMidP(b: 2, c: 2).value) - (1 - 3.0 / 16)) < 1e-15)
    #expect(mcNemarChiSquare(b: 9, c: 3).value?.statistic == 3)
    #expect(mcNemarChiSquareCorrected(b: 9, c: 3).value?.statistic == 25.0 / 12)
    #expect(mcNemarChiSquareCorrected(b: 4, c: 4).value?.statistic == 1.0 / 8)
  }

  @Test("no discordant pair is no p-value, whatever libraries make of it")
  func nothingDiscordant() {
    #expect(mcNemarExact(b: 0, c: 0) == .undefined(.noDiscordantPairs))
    #expect(mcNemarMidP(b: 0, c: 0) == .undefined(.noDiscordantPairs))
    #expect(mcNemarChiSquare(b: 0, c: 0) == .undefined(.noDiscordantPairs))
    #expect(mcNemarChiSquareCorrected(b: 0, c: 0) == .undefined(.noDiscordantPairs))
    #expect(bowker(table: [[3, 0], [0, 2]]) == .undefined(.noDiscordantPairs))
    #expect(stuartMaxwell(table: [[3, 0], [0, 2]]) == .undefined(.noDiscordantPairs))
    #expect(bowker(table: []) == .undefined(.noOverlap))
    #expect(stuartMaxwell(table: [[0]]) == .undefined(.noOverlap))
    #expect(bowker(table: [[4]]) == .undefined(.noDiscordantPairs))
    #expect(DiscordantPairs([1, nil], [nil, 0], positive: 1).test(mcNemarMidP) == .undefined(.noOverlap))
  }

  @Test("on two categories Bowker, Stuart and Maxwell, Cochran and McNemar are one statistic")
  func twoCategories() throws {
    var draws = SeededLabels(seed: 3)
    for _ in 0..<30 {
      let raters = draws.raters(2, items: 40, categories: 2, missing: 0)
      let pairs = DiscordantPairs(Labels(raters[0]), Labels(raters[1]), positive: 1)
      guard let chi = pairs.test(mcNemarChiSquare).value else { continue }
      let square = SquareTable(Labels(raters[0]), Labels(raters[1]))
      let cochran = cochranQ(table(raters, categories: 2), positive: 1)
      for other in [square.bowker, square.stuartMaxwell, cochran] {
        let found = try #require(other.value)
        #expect(abs(found.statistic - chi.statistic) < 1e-12 && abs(found.p - chi.p) < 1e-12 && found.degrees == 1)
      }
    }
  }

  @Test("the order of categories, items and the two raters changes no test of a square table")
  func symmetries() throws {
    var draws = SeededLabels(seed: 8)
    for _ in 0..<30 {
      let k = 3 + draws.below(4)
      let counts = (0..<k).map { _ in (0..<k).map { _ in draws.below(7) } }
      let order = draws.shuffled(Array(0..<k))
      let moved = order.map { i in order.map { counts[i][$0] } }
      let turned = (0..<k).map { i in (0..<k).map { counts[$0][i] } }
      for other in [moved, turned] {
        for test in [bowker, stuartMaxwell] {
          let one = try #require(test(counts).value)
          let two = try #require(test(other).value)
          #expect(abs(one.statistic - two.statistic) < 1e-10 && one.degrees == two.degrees)
        }
      }
    }
  }

  @Test("a covariance without inverse is found however large the counts are")
  func singular() {
    for scale in [1, 7, 1_000_003] {
      let islands = [[0, 3, 0, 0], [1, 5, 0, 0], [0, 0, 2, 9], [0, 0, 4, 0]].map { $0.map { $0 * scale } }
      #expect(stuartMaxwell(table: islands) == .undefined(.singularCovariance))
      #expect(bowker(table: islands).value?.degrees == 6)
      let isolated = [[0, 3, 0], [1, 5, 0], [0, 0, 2]].map { $0.map { $0 * scale } }
      #expect(stuartMaxwell(table: isolated) == .undefined(.singularCovariance))
    }
    // One confusion among a million hangs the islands together.
    var bridged = [[0, 3, 0, 0], [1, 5, 0, 0], [0, 0, 2, 9], [0, 0, 4, 0]].map { $0.map { $0 * 1_000_003 } }
    bridged[0][3] = 1
    #expect((stuartMaxwell(table: bridged).value?.statistic ?? 0) > 1)
  }

  @Test("Fisher's test at tables worked out by hand, and as a bound on what it may be")
  func fisher() throws {
    // The lady: 3 of 4 right, 34/70; 4 of 4 right, 2/70.
    #expect(abs(try #require(fisherExact(table: [[3, 1], [1, 3]]).value) - 34.0 / 70) < 1e-14)
    #expect(abs(try #require(fisherExact(table: [[4, 0], [0, 4]]).value) - 2.0 / 70) < 1e-15)
    #expect(fisherExact(table: [[0, 0], [0, 0]]) == .undefined(.noTrials))
    #expect(fisherExact(table: [[0, 0], [3, 4]]) == .value(1))
    #expect(fisherExact(table: [[5, 0], [9, 0]]) == .value(1))
    var draws = SeededLabels(seed: 21)
    for _ in 0..<100 {
      let cells = (0..<4).map { _ in draws.below(30) }
      guard let p = fisherExact(table: [[cells[0], cells[1]], [cells[2], cells[3]]]).value else { continue }
      #expect(p > 0 && p <= 1)
      for other in [[[cells[2], cells[3]], [cells[0], cells[1]]], [[cells[0], cells[2]], [cells[1], cells[3]]]] {
        #expect(abs(try #require(fisherExact(table: other).value) - p) < 1e-12)
      }
    }
    #expect(try #require(fisherExact(table: [[2000, 0], [0, 2000]]).value) == 0)
    #expect(try #require(fisherExact(table: [[500, 0], [0, 500]]).value) < 1e-290)
  }

  @Test("Student's paired test at values worked out by hand and where it has none")
  func student() throws {
    // Differences 1, 2, 3: mean 2, standard error 1/√3.
    let test = try #require(pairedTTest([2, 4, 6], [1, 2, 3]).value)
    #expect(test.meanDifference == 2 && test.degrees == 2)
    #expect(abs(test.statistic - 2 * 3.0.squareRoot()) < 1e-14)
    // With two degrees p = 1 − t/√(2 + t²).
    #expect(abs(test.p - (1 - (12.0 / 14).squareRoot())) < 1e-15)
    let back = try #require(pairedTTest([1, 2, 3], [2, 4, 6]).value)
    #expect(back.p == test.p && abs(back.interval.low + test.interval.high) < 1e-14)
    #expect(pairedTTest([], []) == .undefined(.noOverlap))
    #expect(pairedTTest([1], [2]) == .undefined(.tooFewItems))
    #expect(pairedTTest([1, 2], [1, 2]) == .undefined(.noVariance))
    #expect(pairedTTest([0.3, 0.4, 0.7], [0.1, 0.2, 0.5]) == .undefined(.noVariance))
  }
}
