public import Agreement

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

  /// A source's share of the sum of components, negative ones taken as 0. Undefined: `noVariance`.
  public func share(_ source: Source) -> Statistic<Double> {
    let total = Source.allCases.reduce(0) { $0 + max(0, components[$1] ?? 0) }
    guard total > 0 else { return .undefined(.noVariance) }
    return .value(max(0, components[source] ?? 0) / total)
  }

  /// Judge and its interactions with system and with prompt. What all three do together is in the residual, which cannot be told
  /// from noise with one verdict a cell.
  public var judgeShare: Statistic<Double> {
    let parts = [Source.judge, .systemJudge, .judgePrompt].map { share($0) }
    if let reason = parts[0].reason { return .undefined(reason) }
    return .value(parts.reduce(0) { $0 + ($1.value ?? 0) })
  }
}

extension VarianceShares {
  /// Computes the components on the prompts that every judge labelled for every system.
  /// - Returns: undefined for `tooFewRaters` (judges or systems fewer than two), `noCompleteItems`, `tooFewItems` (one
  ///   prompt alone).
  static func of(_ labels: AssessedLabels, scope: ItemScope) -> Statistic<VarianceShares> {
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
    var block: [[[Double]]] = []
    for cluster in cells.keys.sorted() {
      let row = shown.compactMap { cells[cluster]?[$0] }
      let values = row.map { item in judges.compactMap { labels.table.columns[$0][item] } }
      guard row.count == shown.count, values.allSatisfy({ $0.count == judges.count }) else { continue }
      block.append(values.map { $0.map { $0 == labels.positive ? 1 : 0 } })
    }
    guard !block.isEmpty else { return .undefined(.noCompleteItems) }
    guard block.count > 1 else { return .undefined(.tooFewItems) }
    return .value(
      VarianceShares(
        scope: scope,
        systems: shown.count,
        judges: judges.count,
        prompts: block.count,
        incompletePrompts: cells.count - block.count,
        components: components(block)
      )
    )
  }

  /// `block[prompt][system][judge]`.
  static func components(_ block: [[[Double]]]) -> [Source: Double] {
    let (p, s, j) = (block.count, block[0].count, block[0][0].count)
    var prompt = [Double](repeating: 0, count: p)
    var system = [Double](repeating: 0, count: s)
    var judge = [Double](repeating: 0, count: j)
    var ps = [Double](repeating: 0, count: p * s)
    var pj = [Double](repeating: 0, count: p * j)
    var sj = [Double](repeating: 0, count: s * j)
    var (total, squares) = (0.0, 0.0)
    for a in 0..<p {
      for b in 0..<s {
        for c in 0..<j {
          let value = block[a][b][c]
          prompt[a] += value
          system[b] += value
          judge[c] += value
          ps[a * s + b] += value
          pj[a * j + c] += value
          sj[b * j + c] += value
          total += value
          squares += value * value
        }
      }
    }
    // Verdicts are 0 or 1, so the sums are whole numbers and exact.
    let n = Double(p * s * j)
    let mean = total * total / n
    func between(_ sums: [Double], _ per: Int) -> Double { sums.reduce(0) { $0 + $1 * $1 } / Double(per) - mean }
    let ssP = between(prompt, s * j)
    let ssS = between(system, p * j)
    let ssJ = between(judge, p * s)
    let ssPS = between(ps, j) - ssP - ssS
    let ssPJ = between(pj, s) - ssP - ssJ
    let ssSJ = between(sj, p) - ssS - ssJ
    let ssRest = squares - mean - ssP - ssS - ssJ - ssPS - ssPJ - ssSJ
    let (dp, ds, dj) = (Double(p - 1), Double(s - 1), Double(j - 1))
    let rest = ssRest / (dp * ds * dj)
    let (msPS, msPJ, msSJ) = (ssPS / (dp * ds), ssPJ / (dp * dj), ssSJ / (ds * dj))
    return [
      .residual: rest,
      .systemPrompt: (msPS - rest) / Double(j),
      .judgePrompt: (msPJ - rest) / Double(s),
      .systemJudge: (msSJ - rest) / Double(p),
      .prompt: (ssP / dp - msPS - msPJ + rest) / Double(s * j),
      .system: (ssS / ds - msPS - msSJ + rest) / Double(p * j),
      .judge: (ssJ / dj - msPJ - msSJ + rest) / Double(p * s),
    ]
  }
}
