extension ScoredItems {
  /// Expected calibration error over bins of equal width, 0…1: Σ share·|mean outcome − mean score|; empty bins add nothing
  /// (Naeini, Cooper & Hauskrecht 2015). A score on an edge belongs to the upper bin, 1 to the last.
  /// Undefined: `noOverlap`.
  public func calibrationErrorEqualWidth(bins: Int = 10) -> Statistic<Double> {
    precondition(bins > 0, "at least one bin")
    return calibrationError(scores.map { min(bins - 1, Int(Double(bins) * $0)) }, bins: bins)
  }

  /// Expected calibration error over bins of equal numbers of items, 0…1 (Nixon et al. 2019): items in the order of
  /// scores, equal scores in the order of items; the first `count mod bins` bins hold one item more.
  /// Undefined: `noOverlap`.
  public func calibrationErrorEqualMass(bins: Int = 10) -> Statistic<Double> {
    precondition(bins > 0, "at least one bin")
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    let (size, longer) = count.quotientAndRemainder(dividingBy: bins)
    var binOf = [Int](repeating: 0, count: count)
    var next = 0
    for bin in 0..<bins {
      for _ in 0..<(size + (bin < longer ? 1 : 0)) {
        binOf[order[next]] = bin
        next += 1
      }
    }
    return calibrationError(binOf, bins: bins)
  }

  private func calibrationError(_ binOf: [Int], bins: Int) -> Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    var outcomes = [Int](repeating: 0, count: bins)
    var sums = [Double](repeating: 0, count: bins)
    for item in scores.indices {
      outcomes[binOf[item]] += positives[item] ? 1 : 0
      sums[binOf[item]] += scores[item]
    }
    // A bin's share times the distance of its means is the distance of its sums over all items.
    let distance = zip(outcomes, sums).reduce(0) { $0 + abs(Double($1.0) - $1.1) }
    return .value(distance / Double(count))
  }
}
