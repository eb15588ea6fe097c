import Agreement
import Testing

@Suite("Rates corrected by human labels", .timeLimit(.minutes(10)))
struct EstimationTests {
  private static func pair(_ seed: UInt64, items: Int = 120) -> (human: Labels, judge: Labels) {
    var seeded = SeededLabels(seed: seed)
    let raters = seeded.raters(2, items: items, categories: 2, missing: 0.1)
    return (Labels(raters[0].map { seeded.unit() < 0.6 ? nil : $0 }), Labels(raters[1]))
  }

  private static func cells(_ human: Labels, _ judge: Labels) -> (n: [Int], positives: Int, total: Int) {
    var n = [0, 0, 0, 0]
    var rest = (positives: 0, total: 0)
    for item in 0..<human.count {
      guard let said = judge[item] else { continue }
      if let truth = human[item] {
        n[2 * truth + said] += 1
      } else {
        rest.total += 1
        rest.positives += said
      }
    }
    return (n, rest.positives, rest.total)
  }

  @Test("counts, labels and numbers give one answer", arguments: 1...10)
  func threeWays(_ seed: UInt64) throws {
    let (human, judge) = Self.pair(seed)
    let (n, positives, total) = Self.cells(human, judge)
    let byLabels = PredictionPoweredMean(human: human, judge: judge, positive: 1)
    let byCounts = PredictionPoweredMean(
      n11: n[3],
      n10: n[2],
      n01: n[1],
      n00: n[0],
      unlabelledPositives: positives,
      unlabelledTotal: total
    )
    let both = (0..<human.count).compactMap { item in
      human[item].flatMap { truth in judge[item].map { (human: Double(truth), judge: Double($0)) } }
    }
    let rest = (0..<human.count).compactMap { human[$0] == nil ? judge[$0].map(Double.init) : nil }
    let byNumbers = PredictionPoweredMean(pairs: both, unlabelled: rest)
    #expect(byLabels.plain() == byCounts.plain() && byLabels.tuned() == byCounts.tuned())
    #expect(isClose(byNumbers.lambda, byCounts.lambda))
    for (one, other) in [
      (byNumbers.plain(), byCounts.plain()), (byNumbers.tuned(), byCounts.tuned()),
      (byNumbers.classical(), byCounts.classical()),
    ] {
      #expect(isClose(one.map(\.mean), other.map(\.mean)))
      #expect(isClose(one.map(\.standardError), other.map(\.standardError)))
    }
    let corrected = roganGladen(
      truePositives: n[3],
      falseNegatives: n[2],
      falsePositives: n[1],
      trueNegatives: n[0],
      judgedPositives: positives,
      judged: total
    )
    #expect(corrected == roganGladen(human: human, judge: judge, positive: 1))
  }

  @Test("a useless judge leaves the classical mean, an exact one does better", arguments: [10, 40])
  func weights(_ n: Int) throws {
    let useless = PredictionPoweredMean(n11: n, n10: n, n01: n, n00: n, unlabelledPositives: 50, unlabelledTotal: 100)
    #expect(useless.lambda == .value(0) && useless.tuned() == useless.classical())
    let inverse = PredictionPoweredMean(n11: 0, n10: n, n01: n, n00: 0, unlabelledPositives: 50, unlabelledTotal: 100)
    #expect(inverse.lambda == .value(0))
    let exact = PredictionPoweredMean(n11: n, n10: 0, n01: 0, n00: n, unlabelledPositives: 70, unlabelledTotal: 100)
    #expect(exact.plain().map(\.mean) == .value(0.7))
    let (tuned, own) = (try #require(exact.tuned().value), try #require(exact.classical().value))
    #expect(tuned.standardError < own.standardError && own.mean == 0.5)
  }

  @Test("which labels are missing is said in the order of the convention")
  func missing() {
    let none = PredictionPoweredMean(n11: 1, n10: 0, n01: 0, n00: 0, unlabelledPositives: 0, unlabelledTotal: 1)
    #expect(none.plain() == .undefined(.noLabelled) && none.lambda == .undefined(.noLabelled))
    let full = PredictionPoweredMean(n11: 1, n10: 1, n01: 1, n00: 1, unlabelledPositives: 1, unlabelledTotal: 1)
    #expect(full.plain() == .undefined(.noUnlabelled) && full.tuned() == .undefined(.noUnlabelled))
    let flat = PredictionPoweredMean(n11: 3, n10: 0, n01: 2, n00: 0, unlabelledPositives: 9, unlabelledTotal: 9)
    #expect(flat.lambda == .undefined(.noVariance) && flat.humanLabelBudget(width: 0.1) == .undefined(.noVariance))
    #expect(flat.plain().map(\.mean) == .value(0.6))
    let score = PredictionPoweredMean(pairs: [(0, 0.1), (1, 0.1)], unlabelled: [0.1, 0.1, 0.1])
    #expect(score.lambda == .undefined(.noVariance))
    #expect(full.humanLabelBudget(width: 0.1) == .undefined(.noUnlabelled))
  }

  @Test("swapping the classes mirrors means and intervals", arguments: 1...8)
  func mirrored(_ seed: UInt64) throws {
    let (human, judge) = Self.pair(seed)
    let refusals = PredictionPoweredMean(human: human, judge: judge, positive: 1)
    let others = PredictionPoweredMean(human: human, judge: judge, positive: 0)
    #expect(isClose(refusals.lambda, others.lambda))
    #expect(isClose(refusals.tuned().map(\.mean), others.tuned().map { 1 - $0.mean }))
    #expect(isClose(refusals.tuned().map(\.interval.low), others.tuned().map { 1 - $0.interval.high }))
    let corrected = roganGladen(human: human, judge: judge, positive: 1)
    let mirrored = roganGladen(human: human, judge: judge, positive: 0)
    #expect(isClose(corrected.map(\.unclipped), mirrored.map { 1 - $0.unclipped }, within: 1e-9))
    #expect(isClose(corrected.map(\.standardError), mirrored.map(\.standardError), within: 1e-9))
    let (one, other) = (
      SignalDetection.labels(human: human, judge: judge, signal: 1),
      SignalDetection.labels(human: human, judge: judge, signal: 0)
    )
    #expect(isClose(one.map(\.dPrime), other.map(\.dPrime)))
    #expect(isClose(one.map(\.criterion), other.map { -$0.criterion }))
  }

  @Test("a judge on the line of chance is not informative; beside it a correction exists")
  func informative() throws {
    func corrected(_ tp: Int, _ fp: Int) -> Statistic<RoganGladen> {
      roganGladen(
        truePositives: tp,
        falseNegatives: 30 - tp,
        falsePositives: fp,
        trueNegatives: 70 - fp,
        judgedPositives: 40,
        judged: 100
      )
    }
    #expect(corrected(3, 7) == .undefined(.judgeNotInformative) && corrected(2, 7) == .undefined(.judgeNotInformative))
    let found = try #require(corrected(4, 7).value)
    #expect(found.unclipped > 1 && found.estimate == 1 && found.interval.high == 1)
    let perfect = try #require(corrected(30, 0).value)
    #expect(abs(perfect.estimate - 0.4) < 1e-15 && abs(perfect.standardError - (0.4 * 0.6 / 100).squareRoot()) < 1e-15)
    let none = roganGladen(
      truePositives: 1,
      falseNegatives: 0,
      falsePositives: 0,
      trueNegatives: 1,
      judgedPositives: 0,
      judged: 0
    )
    #expect(none == .undefined(.noTrials))
  }

  @Test("signal detection: rates by hand, chance is d′ = 0, conditions are counted apart")
  func signals() throws {
    let even = try #require(SignalDetection.counts(hits: 7, signals: 14, falseAlarms: 7, noise: 14).value)
    #expect(even.dPrime == 0 && even.criterion == 0 && even.hitRate == 0.5)
    let all = try #require(SignalDetection.counts(hits: 9, signals: 9, falseAlarms: 0, noise: 9).value)
    #expect(all.hitRate == 0.95 && all.falseAlarmRate == 0.05)
    #expect(abs(all.dPrime - 2 * normalQuantile(0.95)) < 1e-14 && abs(all.criterion) < 1e-14)
    let odd = try #require(SignalDetection.counts(hits: 20, signals: 30, falseAlarms: 4, noise: 50).value)
    #expect(abs(odd.lnBeta - odd.criterion * odd.dPrime) < 1e-14)
    #expect(SignalDetection.counts(hits: 0, signals: 0, falseAlarms: 0, noise: 0) == .undefined(.noPositives))
    #expect(SignalDetection.counts(hits: 1, signals: 1, falseAlarms: 0, noise: 0) == .undefined(.noNegatives))

    let human = Labels([1, 0, 1, 1, 0, 0, nil, 1])
    let judge = Labels([1, 0, 0, 1, 1, 0, 1, nil])
    let conditions = SignalDetection.byCondition(
      human: human,
      judge: judge,
      signal: 1,
      conditions: [0, 0, 0, 1, 1, 1, 1, 2],
      count: 3
    )
    #expect(conditions[0] == SignalDetection.counts(hits: 1, signals: 2, falseAlarms: 0, noise: 1))
    #expect(conditions[1] == SignalDetection.counts(hits: 1, signals: 1, falseAlarms: 1, noise: 2))
    #expect(conditions[2] == .undefined(.noPositives))
  }

  @Test("two conditions: homogeneity is the square of the difference's z")
  func homogeneity() throws {
    let a = try #require(SignalDetection.counts(hits: 40, signals: 50, falseAlarms: 10, noise: 60).value)
    let b = try #require(SignalDetection.counts(hits: 25, signals: 50, falseAlarms: 15, noise: 40).value)
    let difference = SignalDetection.dPrimeDifference(a, b)
    let test = try #require(SignalDetection.dPrimeHomogeneity([a, b]).value)
    #expect(abs(test.statistic - difference.z * difference.z) < 1e-12 && abs(test.p - difference.p) < 1e-12)
    #expect(SignalDetection.dPrimeHomogeneity([a]) == .undefined(.tooFewItems))
    let shift = SignalDetection.criterionDifference(a, a)
    #expect(shift.value == 0 && shift.p == 1)
    #expect(a.criterionStandardError == a.dPrimeStandardError / 2)
  }

  @Test("difference in differences by hand")
  func differences() throws {
    let found = try #require(
      DifferenceInDifferences.counts(
        baseFirst: .init(positives: 45, count: 50),
        editedFirst: .init(positives: 10, count: 50),
        baseSecond: .init(positives: 5, count: 50),
        editedSecond: .init(positives: 0, count: 50)
      ).value
    )
    #expect(abs(found.estimate - 0.6) < 1e-15)
    #expect(abs(found.independentStandardError - ((0.09 + 0.16 + 0.09) / 50).squareRoot()) < 1e-15)
    let empty = DifferenceInDifferences.counts(
      baseFirst: .init(positives: 1, count: 1),
      editedFirst: .init(positives: 0, count: 0),
      baseSecond: .init(positives: 0, count: 1),
      editedSecond: .init(positives: 0, count: 1)
    )
    #expect(empty == .undefined(.noTrials))
  }

  @Test("the cluster error: too few clusters or items, and doubled items in the same clusters")
  func clusters() throws {
    let groups = DifferenceDesign.Group.allCases
    let four = DifferenceDesign(groups: groups, clusters: [0, 1, 2, 3], clusterCount: 4)
    #expect(four.clusterStandardError(Labels([1, 0, 1, 1]), outcome: 1) == .undefined(.tooFewItems))
    let one = DifferenceDesign(groups: groups + groups, clusters: [0, 0, 0, 0, 0, 0, 0, 0], clusterCount: 1)
    #expect(one.clusterInterval(Labels([1, 0, 1, 1, 0, 0, 1, 0]), outcome: 1) == .undefined(.tooFewClusters))

    var seeded = SeededLabels(seed: 3)
    let clusters = (0..<80).map { $0 / 4 }
    let labels = (0..<80).map { _ in seeded.below(2) }
    let once = DifferenceDesign(groups: (0..<80).map { groups[$0 % 4] }, clusters: clusters, clusterCount: 20)
    let twice = DifferenceDesign(
      groups: once.groups + once.groups,
      clusters: clusters + clusters,
      clusterCount: 20
    )
    let (error, doubled) = (
      try #require(once.clusterStandardError(Labels(labels), outcome: 1).value),
      try #require(twice.clusterStandardError(Labels(labels + labels), outcome: 1).value)
    )
    // Nothing new was seen: only the factor for small samples changes.
    let factor = (79.0 / 76) / (159.0 / 156)
    #expect(abs(error / doubled - factor.squareRoot()) < 1e-12)
  }
}
