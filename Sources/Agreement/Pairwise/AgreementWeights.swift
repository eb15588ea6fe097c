/// How far apart two categories count, from the distance of their codes.
public enum AgreementWeights: Sendable, CaseIterable {
  /// Different is different.
  case identity
  /// By the distance of the codes: 1 − |i − j|/(q − 1).
  case linear
  /// By its square: 1 − (i − j)²/(q − 1)².
  case quadratic

  /// The disagreement of two codes in whole steps, 0 for equal ones.
  func distance(_ i: Int, _ j: Int) -> Int {
    switch self {
    case .identity: i == j ? 0 : 1
    case .linear: abs(i - j)
    case .quadratic: (i - j) * (i - j)
    }
  }

  /// The largest disagreement among so many declared categories; at least 1.
  func maximum(categories: Int) -> Int { max(1, distance(0, categories - 1)) }

  /// The disagreements of all ordered pairs of declared categories, summed.
  func total(categories: Int) -> Int {
    disagreement([Int](repeating: 1, count: categories)[...], labels: categories)
  }

  /// The disagreements of all ordered pairs of an item's labels, summed.
  /// - Parameters:
  ///   - counts: labels in each category.
  ///   - labels: their sum.
  func disagreement(_ counts: ArraySlice<Int>, labels: Int) -> Int {
    switch self {
    case .identity: return labels * labels - counts.reduce(0) { $0 + $1 * $1 }
    case .linear:
      // Each step between neighbouring codes separates those at or below it from those above.
      var (below, sum) = (0, 0)
      for count in counts {
        below += count
        sum += below * (labels - below)
      }
      return 2 * sum
    case .quadratic:
      var (first, second, code) = (0, 0, 0)
      for count in counts {
        first += code * count
        second += code * code * count
        code += 1
      }
      return 2 * (labels * second - first * first)
    }
  }
}
