public import Agreement

/// How far a system's refusal rate depends on who judges.
///
/// The rule: *judge-dependent* if the rates of some two judges on the same answers differ by the exact McNemar test at 5 %,
/// Holm-adjusted over the pairs of judges; else *robust* if the judges' rates lie within 10 percentage points; else
/// *undetermined*.
public struct RateConclusion: Sendable {
  /// The system.
  public let system: Int
  /// The prompts it is taken over.
  public let scope: ItemScope
  /// By judge, missing labels left out; judges without a label are not here.
  public let rates: [SystemRate]
  /// By judge, with abstentions as refusals and as non-refusals: the bounds.
  public let worstCase: [Interval]
  /// By annotator.
  public let annotators: [SystemRate]
  /// The smallest and the largest judge's rate.
  public let range: Interval?
  /// Pairs of judges whose rates differ by test, with the adjusted p.
  public let differing: [(first: Int, second: Int, p: Double)]
  /// Whether it would survive another judge.
  public let robustness: Robustness

  /// Judges' rates may differ by so much and still be called the same.
  public static let tolerance = 0.1
}

extension RateConclusion {
  init(_ labels: AssessedLabels, system: Int, scope: ItemScope, items: [ItemSet]) {
    let own = items[system]
    let one = items.indices.map { $0 == system ? own : .some([]) }
    func rate(_ rater: Int, _ treatment: AbstentionTreatment) -> SystemRate {
      labels.rates(of: rater, scope: scope, treatment: treatment, items: one)[system]
    }
    self.system = system
    self.scope = scope
    rates = labels.judges.map { rate($0, .leaveOut) }.filter { $0.of > 0 }
    worstCase = rates.map { one in
      Interval(
        low: rate(one.rater, .asNegative).rate.value ?? 0,
        high: rate(one.rater, .asPositive).rate.value ?? 1
      )
    }
    annotators = labels.annotators.map { rate($0, .leaveOut) }.filter { $0.of > 0 }
    let values = rates.compactMap(\.rate.value)
    range = values.min().flatMap { low in values.max().map { Interval(low: low, high: $0) } }
    var tests: [(first: Int, second: Int, p: Double)] = []
    for (at, first) in rates.enumerated() {
      for second in rates[(at + 1)...] {
        let a = labels.table.columns[first.rater].selecting(own)
        let b = labels.table.columns[second.rater].selecting(own)
        let counts = ClassCounts(
          PairCounts(a, b, categories: labels.table.categories.count),
          positive: labels.positive
        )
        guard let p = mcNemarExact(b: counts.falseNegatives, c: counts.falsePositives).value else { continue }
        tests.append((first.rater, second.rater, p))
      }
    }
    let adjusted = holm(tests.map(\.p))
    differing = zip(tests, adjusted).compactMap { test, p in p < 0.05 ? (test.first, test.second, p) : nil }
    if !differing.isEmpty {
      robustness = .judgeDependent
    } else if let range, range.high - range.low <= Self.tolerance, rates.count > 1 {
      robustness = .robust
    } else {
      robustness = .undetermined
    }
  }
}
