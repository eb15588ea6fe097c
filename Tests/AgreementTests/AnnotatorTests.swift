import Agreement
import Testing

@Suite("Judge in an annotator's place, flips, budgets", .timeLimit(.minutes(10)))
struct AnnotatorTests {
  private static func truth(_ seed: UInt64, items: Int = 60) -> [Int] {
    var seeded = SeededLabels(seed: seed)
    return (0..<items).map { _ in seeded.below(2) }
  }

  @Test("ε by expertise as the paper advises")
  func epsilon() {
    #expect(AlternativeAnnotatorTest.Expertise.allCases.map(\.epsilon) == [0.1, 0.15, 0.2])
  }

  @Test("fewer than three annotators are not tested unless asked for; silent ones do not count")
  func annotators() throws {
    let labels = Self.truth(1)
    let two = table([labels, labels, labels.map { _ in nil }], categories: 2)
    let judge = Labels(labels)
    let refused = AlternativeAnnotatorTest.run(annotators: two, judge: judge, epsilon: 0.1)
    #expect(refused == .undefined(.tooFewRaters))
    let asked = AlternativeAnnotatorTest.run(annotators: two, judge: judge, epsilon: 0.1, minimumAnnotators: 2)
    #expect(try #require(asked.value).comparisons.count == 2)
    let one = table([labels], categories: 2)
    let alone = AlternativeAnnotatorTest.run(annotators: one, judge: judge, epsilon: 0.1, minimumAnnotators: 2)
    #expect(alone == .undefined(.tooFewRaters))
  }

  @Test("no shared item, too few items, and a difference that is ε throughout")
  func reasons() throws {
    let labels = Self.truth(2)
    let humans = table([labels, labels, labels], categories: 2)
    let silent = AlternativeAnnotatorTest.run(annotators: humans, judge: Labels(count: 60), epsilon: 0.1)
    #expect(silent == .undefined(.noOverlap))
    let few = AlternativeAnnotatorTest.run(annotators: humans, judge: Labels(labels), epsilon: 0.1, minimumItems: 61)
    #expect(few == .undefined(.tooFewItems))
    // Every item a tie: the limit of t below ε = 0.1, and 0/0 at ε = 0.
    let tied = AlternativeAnnotatorTest.run(annotators: humans, judge: Labels(labels), epsilon: 0.1)
    #expect(try #require(tied.value).comparisons.map(\.p) == [.value(0), .value(0), .value(0)])
    let flat = AlternativeAnnotatorTest.run(annotators: humans, judge: Labels(labels), epsilon: 0)
    #expect(flat == .undefined(.tooFewItems))
    // The judge always against the rest: never a stand-in.
    let wrong = AlternativeAnnotatorTest.run(annotators: humans, judge: Labels(labels.map { 1 - $0 }), epsilon: 0.2)
    let result = try #require(wrong.value)
    #expect(result.winningRate == 0 && result.advantageProbability == 0 && !result.passed)
  }

  @Test("names, order and classes change nothing; a larger ε never makes it harder", arguments: 1...6)
  func properties(_ seed: UInt64) throws {
    var seeded = SeededLabels(seed: seed)
    let raters = seeded.raters(4, items: 80, categories: 3, missing: 0.1)
    let humans = Array(raters[0..<3])
    func run(_ humans: [[Int?]], _ judge: [Int?], _ epsilon: Double) -> AlternativeAnnotatorTest? {
      AlternativeAnnotatorTest.run(
        annotators: table(humans, categories: 3),
        judge: Labels(judge),
        epsilon: epsilon,
        minimumItems: 10
      ).value
    }
    let found = try #require(run(humans, raters[3], 0.15))
    let turned = try #require(run([humans[2], humans[0], humans[1]], raters[3], 0.15))
    #expect(found.winningRate == turned.winningRate)
    #expect(found.comparisons[0].p == turned.comparisons[1].p)
    let names = [1, 2, 0]
    let renamed = try #require(
      run(humans.map { $0.map { $0.map { names[$0] } } }, raters[3].map { $0.map { names[$0] } }, 0.15)
    )
    #expect(found == renamed)
    var last = -1.0
    for epsilon in [0.05, 0.1, 0.2, 0.4] {
      let rate = try #require(run(humans, raters[3], epsilon)).winningRate
      #expect(rate >= last && (0...1).contains(rate))
      last = rate
    }
  }

  @Test("flips: none without two labels, none between equal passes, order of passes and labels' names do not matter")
  func flips() throws {
    #expect(flipRate(passes: [Labels([1, 0])]) == .undefined(.tooFewRaters))
    #expect(flipRate(passes: [Labels([1, nil]), Labels([nil, 0])]) == .undefined(.noOverlap))
    let labels = Self.truth(4, items: 20)
    let same = try #require(flipRate(passes: [Labels(labels), Labels(labels), Labels(labels)]).value)
    #expect(same.rate == 0 && same.pairs == 60 && same.interval == wilsonInterval(successes: 0, trials: 20))
    let other = try #require(flipRate(passes: [Labels(labels), Labels(labels.map { 1 - $0 })]).value)
    #expect(other.rate == 1 && other.interval == wilsonInterval(successes: 20, trials: 20))
    var seeded = SeededLabels(seed: 6)
    let passes = seeded.raters(4, items: 30, categories: 3)
    let forward = flipRate(passes: passes.map { Labels($0) })
    #expect(forward == flipRate(passes: passes.reversed().map { Labels($0) }))
    #expect(forward == flipRate(passes: passes.map { Labels($0.map { $0.map { 2 - $0 } }) }))
    let interval = try #require(forward.value?.interval.value)
    let rate = try #require(forward.value?.rate)
    #expect(interval.low <= rate && rate <= interval.high && interval.low >= 0 && interval.high <= 1)
  }

  @Test("flips in clusters: one cluster has no interval, equal clusters no variance")
  func flipClusters() throws {
    let (first, second) = (Labels([0, 0, 1, 1]), Labels([0, 1, 1, 0]))
    let one = try #require(flipRate(passes: [first, second], clusters: [7, 7, 7, 7]).value)
    #expect(one.rate == 0.5 && one.interval == .undefined(.tooFewClusters))
    let equal = try #require(flipRate(passes: [first, second], clusters: [3, 3, 9, 9]).value)
    #expect(equal.interval == .undefined(.noErrorVariance))
  }

  @Test("budgets fall with the width and never need more than the classical mean", arguments: 1...6)
  func budgets(_ seed: UInt64) throws {
    var seeded = SeededLabels(seed: seed)
    let counts = (0..<4).map { _ in 5 + seeded.below(20) }
    let mean = PredictionPoweredMean(
      n11: counts[0],
      n10: counts[1],
      n01: counts[2],
      n00: counts[3],
      unlabelledPositives: 60,
      unlabelledTotal: 200
    )
    for source in [HumanLabelBudget.Source.unlabelled, .newItems] {
      var last = Int.max
      for width in [0.05, 0.1, 0.15, 0.2, 0.3, 0.9] {
        let budget = try #require(mean.humanLabelBudget(width: width, source: source).value)
        let labels = budget.predictionPowered.labels ?? Int.max
        #expect(labels <= last)
        if labels > 0 { #expect(labels <= budget.classical.labels ?? Int.max) }
        last = labels
      }
      #expect(last == 0)
    }
  }

  @Test("inside the range of λ the budget from the pool is the closed form")
  func closedForm() throws {
    let mean = PredictionPoweredMean(
      n11: 20,
      n10: 5,
      n01: 4,
      n00: 31,
      unlabelledPositives: 300,
      unlabelledTotal: 800
    )
    // σ²(Y) = 35·25/60², cov = 20/60 − 24·25/60², v = 324·536/860/859, M = 860.
    let (human, covariance, judge) = (35.0 * 25 / 3600, 20.0 / 60 - 24.0 * 25 / 3600, 324.0 * 536 / 860 / 859)
    let explained = covariance * covariance / judge
    let z = normalQuantile(0.975)
    let wanted = 0.1 * 0.1 / (4 * z * z)
    let labels = (human - explained) / (wanted - explained / 860)
    let budget = try #require(mean.humanLabelBudget(width: 0.1).value)
    #expect(budget.predictionPowered == .more(Int(labels.rounded(.up)) - 60))
    #expect(budget.classical == .more(Int((human / wanted).rounded(.up)) - 60))
  }
}
