import Agreement
import Testing

@Suite("Correlation", .timeLimit(.minutes(10)))
struct CorrelationTests {
  private static func draw(_ seed: UInt64, levels: Int) -> (x: [Double], y: [Double]) {
    var seeded = SeededLabels(seed: seed)
    let x = (0..<50).map { _ in Double(seeded.below(levels)) }
    return (x, x.map { ($0 + Double(seeded.below(levels))) / 2 })
  }

  /// Every pair looked at once.
  private static func naiveTau(_ x: [Double], _ y: [Double]) -> Double {
    var (difference, xUntied, yUntied) = (0.0, 0.0, 0.0)
    for i in x.indices {
      for j in x.indices where j < i {
        let (dx, dy) = ((x[i] - x[j]), (y[i] - y[j]))
        difference += dx == 0 || dy == 0 ? 0 : (dx > 0) == (dy > 0) ? 1 : -1
        xUntied += dx == 0 ? 0 : 1
        yUntied += dy == 0 ? 0 : 1
      }
    }
    return difference / (xUntied * yUntied).squareRoot()
  }

  private static func midranks(_ values: [Double]) -> [Double] {
    values.map { value in
      Double(values.count { $0 < value }) + Double(values.count { $0 == value } + 1) / 2
    }
  }

  @Test("rank correlations agree with their definitions", arguments: [2, 5, 1000])
  func definitions(_ levels: Int) {
    for seed in 1...10 {
      let (x, y) = Self.draw(UInt64(seed), levels: levels)
      #expect(isClose(kendallTauB(x, y), .value(Self.naiveTau(x, y))))
      #expect(isClose(spearman(x, y), pearson(Self.midranks(x), Self.midranks(y))))
    }
  }

  @Test("codes and numbers have the same correlations", arguments: 1...10)
  func codes(_ seed: UInt64) {
    var seeded = SeededLabels(seed: seed)
    let raters = seeded.raters(2, items: 60, categories: 5)
    let both = zip(raters[0], raters[1]).compactMap { x, y in x.flatMap { x in y.map { (Double(x), Double($0)) } } }
    let (x, y) = (both.map(\.0), both.map(\.1))
    let counts = PairCounts(Labels(raters[0]), Labels(raters[1]), categories: 6)
    #expect(isClose(counts.pearson, pearson(x, y)))
    #expect(counts.spearman == spearman(x, y))
    #expect(counts.kendallTauB == kendallTauB(x, y))
  }

  @Test("a straight line is 1, a falling one −1, whatever the size of the numbers")
  func lines() {
    let x = [0.1, 0.2, 0.7, 0.30000000000000004, 0.9]
    for scale in [1, 1e-300, 1e300] {
      let up = x.map { $0 * scale }
      #expect(isClose(pearson(x, up), .value(1)))
      #expect(isClose(pearson(x, up.map { -$0 }), .value(-1)))
      #expect(spearman(x, up) == .value(1))
      #expect(kendallTauB(x, up.map { -$0 }) == .value(-1))
    }
    #expect(pearson([1, 1.0000000000000002], [5, 9]) == .value(1))
  }

  @Test("a monotone change of the numbers changes no rank correlation")
  func monotone() {
    let (x, y) = Self.draw(3, levels: 20)
    #expect(spearman(x, y) == spearman(x.map { $0 * $0 * $0 }, y))
    #expect(kendallTauB(x, y) == kendallTauB(x.map { $0 * $0 * $0 }, y))
  }

  @Test("the reasons in their order: nothing, one item, a constant side")
  func reasons() {
    for correlation in [pearson, spearman, kendallTauB] as [([Double], [Double]) -> Statistic<Double>] {
      #expect(correlation([], []) == .undefined(.noOverlap))
      #expect(correlation([1], [1]) == .undefined(.tooFewItems))
      #expect(correlation([1, 2], [0.1, 0.1]) == .undefined(.constantRater))
      #expect(correlation([0.1, 0.1, 0.1], [1, 2, 3]) == .undefined(.constantRater))
      #expect(correlation([0.0, -0.0], [1, 2]) == .undefined(.constantRater))
    }
  }
}
