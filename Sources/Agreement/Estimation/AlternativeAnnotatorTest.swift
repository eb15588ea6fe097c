/// May a judge stand in for a human annotator? The alternative annotator test (Calderon, Reichart & Dror 2025).
///
/// Each annotator in turn is left out and compared with the judge: on every item, whose label do more of the remaining annotators
/// share? W(judge) = 1 where it is no fewer than the annotator's, W(annotator) = 1 the other way round, both 1 in a tie. A paired
/// t test asks whether the mean of W(annotator) − W(judge) is below ε, the advantage that the annotator is asked to have because
/// a human costs more. The p-values are adjusted for false discoveries under any dependence (Benjamini & Yekutieli 2001).
public struct AlternativeAnnotatorTest: Sendable, Equatable {
  /// ε by who the annotators are, as the paper advises.
  public enum Expertise: Sendable, CaseIterable {
    /// Crowd workers: 0.1.
    case crowd
    /// Trained workers, students: 0.15.
    case skilled
    /// Experts, dear and reliable: 0.2.
    case expert

    /// ε.
    public var epsilon: Double {
      switch self {
      case .crowd: 0.1
      case .skilled: 0.15
      case .expert: 0.2
      }
    }
  }

  /// The judge against one annotator.
  public struct Comparison: Sendable, Equatable {
    /// The annotator's name.
    public let annotator: String
    /// Items that judge, annotator and at least one other annotator labelled.
    public let items: Int
    /// Share of items on which the judge does no worse than the annotator, 0…1. Undefined: `noOverlap`.
    public let judgeAdvantage: Statistic<Double>
    /// Share of items on which the annotator does no worse than the judge, 0…1. Undefined: `noOverlap`.
    public let annotatorAdvantage: Statistic<Double>
    /// One-sided p of the t test. Where every item has the same difference, t has no variance and p is its limit: 0 below ε and
    /// 1 above. Undefined: `tooFewItems`, `noVariance` where that difference is ε itself.
    public let p: Statistic<Double>
    /// p adjusted in the family of comparisons that have one. Undefined as `p`.
    public let adjustedP: Statistic<Double>
    /// Whether the judge wins: the adjusted p is at most the level.
    public let won: Bool
  }

  /// ε.
  public let epsilon: Double
  /// One for each annotator with a label, in the table's order.
  public let comparisons: [Comparison]
  /// ω: share of comparisons with a p-value that the judge wins, 0…1.
  public let winningRate: Double
  /// ρ: mean of `judgeAdvantage` over comparisons with enough items, 0…1; ranks judges.
  public let advantageProbability: Double
  /// Whether the judge may stand in for an annotator: ω is at least ½.
  public var passed: Bool { winningRate >= 0.5 }

  /// Runs the test.
  ///
  /// The paper asks for three annotators or more. With two, each is measured against the other alone: there is no group to
  /// represent, and the test asks only whose side the judge takes. That is not run unless asked for.
  /// - Parameters:
  ///   - annotators: the humans alone.
  ///   - judge: labels on the same items.
  ///   - epsilon: 0…1; see `Expertise`.
  ///   - falseDiscoveryRate: the level for adjusted p-values.
  ///   - minimumItems: items below which an annotator is not tested (30 in the paper, for the t test), at least 2.
  ///   - minimumAnnotators: at least 2.
  /// - Returns: undefined: `tooFewRaters` with fewer annotators that labelled anything, `noOverlap` where no item has labels of
  ///   the judge and two annotators, `tooFewItems` where no comparison has enough.
  public static func run(
    annotators: LabelTable,
    judge: Labels,
    epsilon: Double,
    falseDiscoveryRate: Double = 0.05,
    minimumItems: Int = 30,
    minimumAnnotators: Int = 3
  ) -> Statistic<AlternativeAnnotatorTest> {
    precondition(judge.count == annotators.itemCount, "judge and annotators need the same items")
    precondition((0...1).contains(epsilon), "ε is 0…1")
    precondition(minimumItems >= 2 && minimumAnnotators >= 2, "a comparison needs two items and two annotators")
    let speaking = annotators.speaking
    guard speaking.count >= minimumAnnotators else { return .undefined(.tooFewRaters) }
    let tallies = speaking.map { Tally(annotators, $0, judge) }
    guard tallies.contains(where: { $0.items > 0 }) else { return .undefined(.noOverlap) }
    let pValues = tallies.map { $0.p(epsilon, minimumItems) }
    let family = pValues.indices.filter { pValues[$0].value != nil }
    guard !family.isEmpty else { return .undefined(.tooFewItems) }
    var adjusted = pValues
    for (index, p) in zip(family, benjaminiYekutieli(family.compactMap { pValues[$0].value })) {
      adjusted[index] = .value(p)
    }
    let comparisons = tallies.indices.map { index in
      Comparison(
        annotator: annotators.raters[speaking[index]],
        items: tallies[index].items,
        judgeAdvantage: tallies[index].share(tallies[index].judgeWins + tallies[index].ties),
        annotatorAdvantage: tallies[index].share(tallies[index].annotatorWins + tallies[index].ties),
        p: pValues[index],
        adjustedP: adjusted[index],
        won: (adjusted[index].value ?? 1) <= falseDiscoveryRate
      )
    }
    let tested = comparisons.filter { $0.items >= minimumItems }
    return .value(
      AlternativeAnnotatorTest(
        epsilon: epsilon,
        comparisons: comparisons,
        winningRate: Double(comparisons.count(where: \.won)) / Double(family.count),
        advantageProbability: tested.reduce(0) { $0 + ($1.judgeAdvantage.value ?? 0) } / Double(tested.count)
      )
    )
  }

  /// Who comes nearer to the remaining annotators on one item: 1 the judge, −1 the annotator, 0 both alike; nil where nobody
  /// remains.
  public static func nearer(judge: Int, annotator: Int, others: some Sequence<Int>) -> Int? {
    var (remaining, forJudge, forAnnotator) = (0, 0, 0)
    for label in others {
      remaining += 1
      if label == judge { forJudge += 1 }
      if label == annotator { forAnnotator += 1 }
    }
    // Both shares have the same denominator: whole numbers tell a tie exactly.
    return remaining == 0 ? nil : (forJudge - forAnnotator).signum()
  }

  /// On how many items who comes nearer to the remaining annotators.
  private struct Tally {
    private(set) var judgeWins = 0
    private(set) var annotatorWins = 0
    private(set) var ties = 0

    var items: Int { judgeWins + annotatorWins + ties }

    init(_ table: LabelTable, _ annotator: Int, _ judge: Labels) {
      for item in 0..<table.itemCount {
        guard let own = table.columns[annotator][item], let judged = judge[item] else { continue }
        let others = table.raters.indices.lazy.filter { $0 != annotator }.compactMap { table.columns[$0][item] }
        switch AlternativeAnnotatorTest.nearer(judge: judged, annotator: own, others: others) {
        case 1: judgeWins += 1
        case -1: annotatorWins += 1
        case 0: ties += 1
        default: continue
        }
      }
    }

    func share(_ part: Int) -> Statistic<Double> {
      items == 0 ? .undefined(.noOverlap) : .value(Double(part) / Double(items))
    }

    func p(_ epsilon: Double, _ minimumItems: Int) -> Statistic<Double> {
      guard items >= minimumItems else { return .undefined(.tooFewItems) }
      let constant = judgeWins == items ? -1.0 : annotatorWins == items ? 1 : ties == items ? 0 : nil
      if let constant {
        return constant == epsilon ? .undefined(.noVariance) : .value(constant < epsilon ? 0 : 1)
      }
      let differences =
        [Double](repeating: -1, count: judgeWins) + [Double](repeating: 1, count: annotatorWins)
        + [Double](repeating: 0, count: ties)
      return pairedTTest(differences, [Double](repeating: epsilon, count: items)).map { test in
        studentTCumulative(test.statistic, degrees: test.degrees)
      }
    }
  }
}
