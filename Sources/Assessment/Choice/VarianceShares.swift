internal import Agreement

/// How much of the verdicts' variance belongs to systems, to judges, to prompts and to what they do together.
///
/// A generalizability study (Brennan 2001, "Generalizability Theory", ch. 3): the fully crossed random-effects design
/// system × judge × prompt with one 0/1 verdict a cell, components from the expected mean squares. The three-way term holds
/// what is left. Estimates may come out negative; they are kept, and shares take them as 0.
public struct VarianceShares: Sendable {
  /// A source of variance.
  public enum Source: String, Sendable, CaseIterable {
    case system, judge, prompt, systemJudge, systemPrompt, judgePrompt, residual

    /// In words.
    var words: String {
      switch self {
      case .system, .judge, .prompt, .residual: rawValue
      case .systemJudge: "system × judge"
      case .systemPrompt: "system × prompt"
      case .judgePrompt: "judge × prompt"
      }
    }
  }

  /// The prompts it is taken over.
  public let scope: ItemScope
  /// Systems, judges and prompts of the complete block it was computed on.
  public let systems: Int
  /// Judges in the block.
  public let judges: Int
  /// Prompts in the block; those with a missing verdict are left out.
  public let prompts: Int
  /// Prompts left out.
  public let incompletePrompts: Int
  /// σ² by source, in squared units of a rate.
  public let components: [Source: Double]
  /// The shares' 95 % intervals: prompts are drawn anew, systems and judges stay as they are (there are too few of them to say what
  /// others would bring). Simulated coverage for four systems and four judges (`Tests/Oracles/assessment/coverage.py`): of
  /// a share of 0.44 (system) 93.3…96.3 % over 30 to 400 prompts, of 0.36 (residual) 90.3…92.7 %, of 0.10 (judge and its interactions)
  /// 86.3, 94.0, 92.7 % over 30, 100, 400.
  fileprivate let intervals: [Source: Statistic<Interval>]
  /// Of judge and its interactions together.
  fileprivate let judgeInterval: Statistic<Interval>

  /// A source's share of the sum of components, negative ones taken as 0. Undefined: `noVariance`.
  public func share(_ source: Source) -> Figure {
    Figure(Self.share(source, components), intervals[source] ?? .undefined(.noVariance), within: 0...1)
  }

  /// Judge and its interactions with system and with prompt. What all three do together is in the residual, which cannot be told
  /// from noise with one verdict a cell.
  public var judgeShare: Figure { Figure(Self.judgeShare(components), judgeInterval, within: 0...1) }

  private static func share(_ source: Source, _ components: [Source: Double]) -> Statistic<Double> {
    let total = Source.allCases.reduce(0) { $0 + max(0, components[$1] ?? 0) }
    guard total > 0 else { return .undefined(.noVariance) }
    return .value(max(0, components[source] ?? 0) / total)
  }

  private static func judgeShare(_ components: [Source: Double]) -> Statistic<Double> {
    let parts = [Source.judge, .systemJudge, .judgePrompt].map { share($0, components) }
    if let reason = parts[0].reason { return .undefined(reason) }
    return .value(parts.reduce(0) { $0 + ($1.value ?? 0) })
  }
}

extension VarianceShares {
  /// Computes the components on the prompts that every judge labelled for every system.
  /// - Returns: undefined for `tooFewRaters` (judges or systems fewer than two), `noCompleteItems`, `tooFewItems` (one
  ///   prompt alone).
  static func of(_ labels: AssessedLabels, scope: ItemScope, plan: BootstrapPlan) -> Statistic<VarianceShares> {
    let bySystem = labels.itemsBySystem(scope)
    let shown = bySystem.indices.filter { !bySystem[$0].isEmpty }
    let judges = labels.judges.filter { labels.table.columns[$0].labelled > 0 }
    guard shown.count > 1, judges.count > 1 else { return .undefined(.tooFewRaters) }
    // cells[prompt][system] = item; a prompt with several answers of a system gives its first.
    var cells: [Int: [Int: Int]] = [:]
    for system in shown {
      for item in bySystem[system] {
        let cluster = labels.table.cluster(of: item)
        if cells[cluster]?[system] == nil { cells[cluster, default: [:]][system] = item }
      }
    }
    var block: [[[Bool]]] = []
    for cluster in cells.keys.sorted() {
      let row = shown.compactMap { cells[cluster]?[$0] }
      let values = row.map { item in judges.compactMap { labels.table.columns[$0][item] } }
      guard row.count == shown.count, values.allSatisfy({ $0.count == judges.count }) else { continue }
      block.append(values.map { $0.map { $0 == labels.positive } })
    }
    guard !block.isEmpty else { return .undefined(.noCompleteItems) }
    guard block.count > 1 else { return .undefined(.tooFewItems) }
    let sums = CrossedSums(systems: shown.count, judges: judges.count)
    let rows = sums.rows(block)
    let intervals = plan.intervals(rows, count: Source.allCases.count + 1) { totals in
      let components = sums.components(totals)
      return Source.allCases.map { share($0, components) } + [judgeShare(components)]
    }
    return .value(
      VarianceShares(
        scope: scope,
        systems: shown.count,
        judges: judges.count,
        prompts: block.count,
        incompletePrompts: cells.count - block.count,
        components: sums.components(rows.totals),
        intervals: Dictionary(uniqueKeysWithValues: zip(Source.allCases, intervals)),
        judgeInterval: intervals[Source.allCases.count]
      )
    )
  }
}
