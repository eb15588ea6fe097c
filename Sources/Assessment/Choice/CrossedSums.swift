internal import Agreement

/// What the components of a crossed system × judge × prompt design need of 0/1 verdicts, as whole numbers that add up over
/// prompts: how many prompts, the squares of a prompt's positives in all, by system and by judge, and the positives of each
/// system and judge.
struct CrossedSums: Sendable {
  let systems: Int
  let judges: Int

  private static let cells = 4

  /// Rows of prompts: `block[prompt][system][judge]`.
  func rows(_ block: [[[Bool]]]) -> PromptRows {
    var kinds: [[Int]: Int] = [:]
    for prompt in block { kinds[row(prompt), default: 0] += 1 }
    let sorted = kinds.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let rows = sorted.map(\.key)
    return PromptRows(width: Self.cells + systems * judges, times: sorted.map(\.value)) { rows[$0] }
  }

  private func row(_ prompt: [[Bool]]) -> [Int] {
    func square(_ number: Int) -> Int { number * number }
    let bySystem = prompt.map { row in row.count { $0 } }
    let byJudge = (0..<judges).map { judge in prompt.count { $0[judge] } }
    return [
      1, square(bySystem.reduce(0, +)), bySystem.reduce(0) { $0 + square($1) }, byJudge.reduce(0) { $0 + square($1) },
    ] + prompt.flatMap { $0.map { $0 ? 1 : 0 } }
  }

  /// σ² by source from the expected mean squares of the random-effects design (Brennan 2001, "Generalizability Theory", ch. 3).
  func components(_ sums: [Int]) -> [VarianceShares.Source: Double] {
    let (p, s, j) = (sums[0], systems, judges)
    let cells = sums[Self.cells...]
    func cell(_ system: Int, _ judge: Int) -> Int { cells[cells.startIndex + system * j + judge] }
    let total = Double(cells.reduce(0, +))
    // Verdicts are 0 or 1: each is its own square, and all sums are whole numbers.
    let mean = total * total / Double(p * s * j)
    func squares(_ sums: [Int]) -> Double { sums.reduce(0.0) { $0 + Double($1) * Double($1) } }
    let bySystem = (0..<s).map { system in (0..<j).reduce(0) { $0 + cell(system, $1) } }
    let byJudge = (0..<j).map { judge in (0..<s).reduce(0) { $0 + cell($1, judge) } }
    let ssP = Double(sums[1]) / Double(s * j) - mean
    let ssS = squares(bySystem) / Double(p * j) - mean
    let ssJ = squares(byJudge) / Double(p * s) - mean
    let ssPS = Double(sums[2]) / Double(j) - mean - ssP - ssS
    let ssPJ = Double(sums[3]) / Double(s) - mean - ssP - ssJ
    let ssSJ = squares(Array(cells)) / Double(p) - mean - ssS - ssJ
    let ssRest = total - mean - ssP - ssS - ssJ - ssPS - ssPJ - ssSJ
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
