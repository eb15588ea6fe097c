/// Sums of squares of three crossed fixed factors with one observation in each cell (Fisher 1925; Scheffé 1959, ch. 4).
///
/// The layout is balanced, so the parts are orthogonal and add up to the total whatever their order. With one observation a
/// cell the interaction of all three factors is the residual.
public struct ThreeWayLayout: Sendable, Equatable {
  /// A part of the total.
  public enum Term: Sendable, CaseIterable {
    /// The first, second and third factor alone.
    case first, second, third
    /// Interactions of two factors.
    case firstSecond, firstThird, secondThird
    /// The interaction of all three.
    case residual
  }

  private let sums: [Term: Double]
  /// The sum of squared distances from the grand mean, at least 0.
  public let total: Double

  /// Splits the sum of squares of finite values [first factor][second factor][third factor], each factor with at least one
  /// level and all of them full.
  public init(_ values: [[[Double]]]) {
    let (a, b) = (values.count, values.first?.count ?? 0)
    let c = values.first?.first?.count ?? 0
    precondition(a * b * c > 0, "every factor needs a level")
    precondition(values.allSatisfy { $0.count == b && $0.allSatisfy { $0.count == c } }, "the layout must be full")
    func mean(_ cells: [Double]) -> Double { cells.reduce(0, +) / Double(cells.count) }
    let grand = mean(values.flatMap { $0.flatMap(\.self) })
    // Distances from the grand mean first: squares of means near each other would cancel.
    let away = values.map { $0.map { $0.map { $0 - grand } } }
    let first = away.map { mean($0.flatMap(\.self)) }
    let second = (0..<b).map { j in mean(away.flatMap { $0[j] }) }
    let third = (0..<c).map { k in mean(away.flatMap { $0.map { $0[k] } }) }
    var sums: [Term: Double] = [:]
    func add(_ term: Term, _ effect: Double, times: Int = 1) { sums[term, default: 0] += Double(times) * effect * effect }
    for i in 0..<a { add(.first, first[i], times: b * c) }
    for j in 0..<b { add(.second, second[j], times: a * c) }
    for k in 0..<c { add(.third, third[k], times: a * b) }
    let firstSecond = away.map { $0.map { mean($0) } }
    let firstThird = away.map { plane in (0..<c).map { k in mean(plane.map { $0[k] }) } }
    let secondThird = (0..<b).map { j in (0..<c).map { k in mean(away.map { $0[j][k] }) } }
    for i in 0..<a { for j in 0..<b { add(.firstSecond, firstSecond[i][j] - first[i] - second[j], times: c) } }
    for i in 0..<a { for k in 0..<c { add(.firstThird, firstThird[i][k] - first[i] - third[k], times: b) } }
    for j in 0..<b { for k in 0..<c { add(.secondThird, secondThird[j][k] - second[j] - third[k], times: a) } }
    var total = 0.0
    for i in 0..<a {
      for j in 0..<b {
        for k in 0..<c {
          let pairs = firstSecond[i][j] + firstThird[i][k] + secondThird[j][k]
          add(.residual, away[i][j][k] - pairs + first[i] + second[j] + third[k])
          total += away[i][j][k] * away[i][j][k]
        }
      }
    }
    self.sums = sums
    self.total = total
  }

  /// The sum of squares of a term, at least 0.
  public func sumOfSquares(_ term: Term) -> Double { sums[term] ?? 0 }

  /// A term's share of the total, 0…1. Undefined where nothing varies: `noVariance`.
  public func share(_ term: Term) -> Statistic<Double> {
    total > 0 ? .value(sumOfSquares(term) / total) : .undefined(.noVariance)
  }
}
