internal import Agreement

/// How far the ranking of systems by refusal depends on who judges.
///
/// The rule: *judge-dependent* if some two judges rank two systems strictly opposite and at least one of them finds these two
/// systems different by the exact paired test, Holm-adjusted over all judges and pairs of systems, at 5 %. *Robust* if there are
/// two judges at least, Kendall's W is at least 0.9, and every judge finds the systems at the two ends (by mean rate) different by
/// its own test at 5 %, the same way. *Undetermined*: anything else; systems that nobody can tell apart have no ranking.
public struct RankingConclusion: Sendable {
  /// Two judges that rank two systems strictly opposite.
  public struct Flip: Sendable, Equatable {
    /// Column of the first judge, for which the first system refuses less.
    public let firstJudge: Int
    /// Column of the second judge, for which the first system refuses more.
    public let secondJudge: Int
    /// The first system.
    public let firstSystem: Int
    /// The second system.
    public let secondSystem: Int
    /// Whether one of the judges finds the systems different by test.
    public let isTested: Bool
  }

  /// The prompts it is taken over.
  public let scope: ItemScope
  /// The judges compared (columns), those with a rate for every system.
  public let judges: [Int]
  /// `rates[judge][system]`, in the order of `judges`.
  public let rates: [[Double]]
  /// Kendall's tau-b of the systems' rates under two judges: `[first][second]`. The interval is the set of values that no test
  /// rules out: of two systems that a judge finds different (exact paired test, 5 %, Bonferroni over all judges and pairs of
  /// systems) the order is settled, every other pair may be concordant or discordant. It holds 95 % at least and is wide where
  /// systems lie close; resampling tau-b would not hold, since ranks jump there (as in Mogstad, Romano, Shaikh & Wilhelm 2024,
  /// "Inference for ranks").
  public let tauB: [[Figure]]
  /// Kendall's W over the judges, tie-corrected, 0…1. No interval (`ranksJump`): simulated coverage of a bootstrap over 30 prompts
  /// is 18 % for four systems five points apart.
  public let kendallW: Figure
  /// Every flip.
  public let flips: [Flip]
  /// The systems that share the highest rate, by judge.
  public let top: [[Int]]
  /// Whether it would survive another judge.
  public let robustness: Robustness
}

extension RankingConclusion {
  init(_ labels: AssessedLabels, scope: ItemScope, items: [ItemSet]) {
    let shown = items.indices.filter { !items[$0].isEmpty }
    var (columns, rates) = ([Int](), [[Double]]())
    for judge in labels.judges {
      let all = labels.rates(of: judge, scope: scope, treatment: .leaveOut, items: items)
      let values = shown.compactMap { all[$0].rate.value }
      guard values.count == shown.count, shown.count > 1 else { continue }
      columns.append(judge)
      rates.append(values)
    }
    self.scope = scope
    judges = columns
    self.rates = rates
    let tests = Self.tests(labels, judges: columns, systems: shown, items: items)
    tauB = Self.concordance(rates, tests)
    kendallW = Figure(Agreement.kendallW(raters: rates), .undefined(.ranksJump))
    top = rates.map { row in
      let most = row.max() ?? 0
      return row.indices.filter { row[$0] == most }.map { shown[$0] }
    }
    flips = Self.flips(judges: columns, rates: rates, systems: shown, tests)
    if flips.contains(where: \.isTested) {
      robustness = .judgeDependent
    } else if columns.count > 1, let w = kendallW.value.value, w >= 0.9,
      Self.hasEnds(labels, judges: columns, rates: rates, systems: shown, items: items)
    {
      robustness = .robust
    } else {
      robustness = .undetermined
    }
  }

  /// Whether every judge finds the first and the last system different, the same way.
  private static func hasEnds(
    _ labels: AssessedLabels,
    judges: [Int],
    rates: [[Double]],
    systems: [Int],
    items: [ItemSet]
  ) -> Bool {
    let means = systems.indices.map { system in rates.reduce(0) { $0 + $1[system] } }
    guard let low = means.indices.min(by: { means[$0] < means[$1] }),
      let high = means.indices.max(by: { means[$0] < means[$1] })
    else { return false }
    let pairs = PromptPairs(labels, items[systems[low]], items[systems[high]])
    return judges.allSatisfy { labels.difference($0, pairs, .leaveOut).decision == .higher }
  }

  /// One judge's exact paired test of two systems, by their places.
  private struct SystemTest {
    let x: Int
    let y: Int
    let judge: Int
    let p: Double
    let isHigher: Bool
  }

  private static func tests(_ labels: AssessedLabels, judges: [Int], systems: [Int], items: [ItemSet]) -> [SystemTest] {
    var tests: [SystemTest] = []
    for x in systems.indices {
      for y in systems.indices where y > x {
        let pairs = PromptPairs(labels, items[systems[x]], items[systems[y]])
        for judge in judges.indices {
          let found = labels.difference(judges[judge], pairs, .leaveOut)
          guard let p = found.p.value, let difference = found.difference.value else { continue }
          tests.append(SystemTest(x: x, y: y, judge: judge, p: p, isHigher: difference > 0))
        }
      }
    }
    return tests
  }

  /// tau-b of every two judges with the values that the settled orders leave open.
  private static func concordance(_ rates: [[Double]], _ tests: [SystemTest]) -> [[Figure]] {
    // By judge: the order of two systems, where it is settled.
    var settled = rates.map { _ in [[Int]: Bool]() }
    // Bonferroni bounds wrong signs too, whatever the dependence.
    for test in tests where test.p * Double(tests.count) < 0.05 {
      settled[test.judge][[test.x, test.y]] = test.isHigher
    }
    let systems = rates.first?.count ?? 0
    let pairs = systems * (systems - 1) / 2
    return rates.indices.map { first in
      rates.indices.map { second in
        var (agree, differ) = (0, 0)
        for (pair, isHigher) in settled[first] {
          guard let other = settled[second][pair] else { continue }
          if other == isHigher { agree += 1 } else { differ += 1 }
        }
        let open = pairs - agree - differ
        func share(_ number: Int) -> Double { Double(number) / Double(pairs) }
        let left =
          first == second
          ? Interval(low: 1, high: 1)
          : Interval(low: share(agree - differ - open), high: share(agree - differ + open))
        return Figure(kendallTauB(rates[first], rates[second]), .value(left))
      }
    }
  }

  private static func flips(judges: [Int], rates: [[Double]], systems: [Int], _ tests: [SystemTest]) -> [Flip] {
    var found: [Flip] = []
    var decides: Set<[Int]> = []
    for (test, p) in zip(tests, holm(tests.map(\.p))) where p < 0.05 { decides.insert([test.x, test.y, test.judge]) }
    for x in systems.indices {
      for y in systems.indices where y > x {
        let signs = rates.map { row in row[x] == row[y] ? 0 : row[x] < row[y] ? 1 : -1 }
        for a in judges.indices {
          for b in judges.indices where b > a && signs[a] * signs[b] < 0 {
            found.append(
              Flip(
                firstJudge: signs[a] > 0 ? judges[a] : judges[b],
                secondJudge: signs[a] > 0 ? judges[b] : judges[a],
                firstSystem: systems[x],
                secondSystem: systems[y],
                isTested: decides.contains([x, y, a]) || decides.contains([x, y, b])
              )
            )
          }
        }
      }
    }
    return found
  }
}
