/// The permutation test that two raters agree more than chance: one rater's labels are dealt anew over the items that both
/// labelled, one-sided on κ (Fisher 1935). Margins stay, so κ rises and falls with the number of equal labels.
///
/// With two categories in use this is Fisher's exact test "greater" and is computed as the hypergeometric tail; with more
/// it is Monte Carlo.
/// - Parameter replicates: rearrangements of the Monte Carlo path.
/// - Returns: undefined: `noOverlap`, `constantRater`.
public func permutationKappaGreater(
  _ first: Labels,
  _ second: Labels,
  replicates: Int = 20_000,
  seed: UInt64 = 1
) -> Statistic<PermutationResult> {
  var (a, b): ([UInt8], [UInt8]) = ([], [])
  for item in 0..<min(first.count, second.count) {
    guard let x = first[item], let y = second[item] else { continue }
    a.append(UInt8(x))
    b.append(UInt8(y))
  }
  guard !a.isEmpty else { return .undefined(.noOverlap) }
  guard Set(a).count > 1, Set(b).count > 1 else { return .undefined(.constantRater) }
  let agreeing = zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
  let used = Set(a).union(b)
  if used.count == 2, let one = used.max() {
    let (rows, columns) = (a.count { $0 == one }, b.count { $0 == one })
    let both = zip(a, b).reduce(0) { $0 + ($1.0 == one && $1.1 == one ? 1 : 0) }
    return .value(
      PermutationResult(p: hypergeometricTail(both, rows: rows, columns: columns, of: a.count), method: .exact)
    )
  }
  var extreme = 0
  for replicate in 0..<replicates {
    var generator = CounterGenerator(seed: seed, stream: UInt64(replicate))
    var dealt = b
    generator.shuffle(&dealt)
    if zip(a, dealt).reduce(0, { $0 + ($1.0 == $1.1 ? 1 : 0) }) >= agreeing { extreme += 1 }
  }
  let p = Double(extreme + 1) / Double(replicates + 1)
  return .value(PermutationResult(p: p, method: .monteCarlo(replicates: replicates)))
}

/// P(X ≥ least) where X of `rows` marked ones fall among `columns` drawn of `total`.
private func hypergeometricTail(_ least: Int, rows: Int, columns: Int, of total: Int) -> Double {
  let range = max(0, rows + columns - total)...min(rows, columns)
  // At the mode the ratio of neighbours passes 1.
  let top = Int(Double(rows + 1) * Double(columns + 1) / Double(total + 2))
  let mode = min(max(top, range.lowerBound), range.upperBound)
  let masses = massesFromMode(range, mode: mode) { k in
    Double(rows - k) * Double(columns - k) / (Double(k + 1) * Double(total - rows - columns + k + 1))
  }
  return min(1, masses[(least - range.lowerBound)...].reversed().reduce(0, +))
}
