import Agreement
import Testing

@Suite("Intervals of proportions and differences", .timeLimit(.minutes(10)))
struct IntervalsTests {
  private static let proportions: [(String, @Sendable (Int, Int, Double) -> Statistic<Interval>)] = [
    ("Wilson", ProportionInterval.wilson), ("Clopper-Pearson", ProportionInterval.clopperPearson),
    ("Jeffreys", ProportionInterval.jeffreys), ("Agresti-Coull", ProportionInterval.agrestiCoull),
    ("Wald", ProportionInterval.wald),
  ]

  @Test("failures are successes turned round, more coverage is wider, and nothing leaves 0…1")
  func proportions() throws {
    for n in [1, 2, 9, 40, 700] {
      for k in Set([0, 1, n / 3, n / 2, n - 1, n]) {
        for (name, interval) in Self.proportions {
          var before = Interval(low: 1, high: 0)
          for level in [0.5, 0.9, 0.95, 0.999999] {
            let one = try #require(interval(k, n, level).value)
            let other = try #require(interval(n - k, n, level).value)
            let place = "\(name) \(k)/\(n) at \(level)"
            #expect(abs(one.low - (1 - other.high)) < 1e-12 && abs(one.high - (1 - other.low)) < 1e-12, "\(place)")
            #expect(one.low >= 0 && one.high <= 1 && one.low <= one.high, "\(place)")
            let narrower = before.low > before.high || (one.low <= before.low && one.high >= before.high)
            #expect(narrower, "\(place)")
            before = one
          }
        }
      }
    }
  }

  @Test("the exact interval holds k where its tails say so")
  func exact() throws {
    for (k, n) in [(1, 8), (5, 12), (30, 400), (399, 400)] {
      let ends = try #require(ProportionInterval.clopperPearson(successes: k, trials: n, level: 0.9).value)
      #expect(abs(BinomialDistribution(trials: n, chance: ends.low).upperTail(k - 1) - 0.05) < 1e-12)
      #expect(abs(BinomialDistribution(trials: n, chance: ends.high).cumulative(k) - 0.05) < 1e-12)
    }
  }

  @Test("ends at no and at all successes")
  func ends() throws {
    #expect(ProportionInterval.clopperPearson(successes: 0, trials: 9).value?.low == 0)
    #expect(ProportionInterval.clopperPearson(successes: 9, trials: 9).value?.high == 1)
    #expect(ProportionInterval.wilson(successes: 0, trials: 9).value?.low == 0)
    #expect(ProportionInterval.wilson(successes: 9, trials: 9).value?.high == 1)
    // Jeffreys is not forced to them.
    #expect(try #require(ProportionInterval.jeffreys(successes: 0, trials: 9).value).low > 0)
    #expect(try #require(ProportionInterval.jeffreys(successes: 9, trials: 9).value).high < 1)
    #expect(ProportionInterval.wald(successes: 9, trials: 9).value == Interval(low: 1, high: 1))
  }

  @Test("nothing counted is no interval")
  func empty() {
    for (_, interval) in Self.proportions { #expect(interval(0, 0, 0.95) == .undefined(.noTrials)) }
    let (none, some) = (
      DifferenceInterval.Group(successes: 0, trials: 0), DifferenceInterval.Group(successes: 1, trials: 2)
    )
    for interval in [DifferenceInterval.newcombe, DifferenceInterval.agrestiCaffo, DifferenceInterval.wald] {
      #expect(interval(none, some, 0.95) == .undefined(.noTrials))
      #expect(interval(some, none, 0.95) == .undefined(.noTrials))
    }
  }

  @Test("groups exchanged turn the difference round")
  func differences() throws {
    var draws = SeededLabels(seed: 12)
    for _ in 0..<100 {
      let (m, n) = (1 + draws.below(60), 1 + draws.below(60))
      let one = DifferenceInterval.Group(successes: draws.below(m + 1), trials: m)
      let two = DifferenceInterval.Group(successes: draws.below(n + 1), trials: n)
      for interval in [DifferenceInterval.newcombe, DifferenceInterval.agrestiCaffo, DifferenceInterval.wald] {
        let there = try #require(interval(one, two, 0.9).value)
        let back = try #require(interval(two, one, 0.9).value)
        #expect(abs(there.low + back.high) < 1e-14 && abs(there.high + back.low) < 1e-14)
      }
      let newcombe = try #require(DifferenceInterval.newcombe(one, two).value)
      #expect(newcombe.low >= -1 && newcombe.high <= 1)
    }
  }
}
