/// How much of a two-way table's variance goes back to its rows, its columns and to neither: both random and crossed, without
/// interaction, one observation a cell (Searle, Casella & McCulloch 1992).
public struct VarianceComponents: Sendable, Equatable {
  /// (MS rows − MS residual)/columns; may be negative.
  public let rows: Double
  /// (MS columns − MS residual)/rows; may be negative.
  public let columns: Double
  /// MS residual, at least 0.
  public let residual: Double

  /// The columns' part of the sum of all three, negative ones taken as 0; 0…1. Undefined where all are 0: `noVariance`.
  public var columnShare: Statistic<Double> {
    let whole = max(0, rows) + max(0, columns) + residual
    return whole > 0 ? .value(max(0, columns) / whole) : .undefined(.noVariance)
  }
}

/// The variance components of a table, by the method of moments.
/// - Parameter ratings: one row a system (item), one value a judge, all of the same length.
/// - Returns: undefined for `noCompleteItems`, `tooFewRaters`, `tooFewItems`.
public func twoWayVarianceComponents(ratings: [[Double]]) -> Statistic<VarianceComponents> {
  do throws(UndefinedReason) {
    let table = try TwoWayTable(ratings)
    return .value(
      VarianceComponents(
        rows: (table.rowSquare - table.errorSquare) / Double(table.columns),
        columns: (table.columnSquare - table.errorSquare) / Double(table.rows),
        residual: table.errorSquare
      )
    )
  } catch {
    return .undefined(error)
  }
}

/// The sums of squares of a balanced table of three fixed factors with one observation a cell: each factor, each pair, and
/// the three-way rest.
public struct ThreeWaySums: Sendable, Equatable {
  /// A term of the model.
  public enum Term: String, Sendable, CaseIterable {
    case first, second, third, firstSecond, firstThird, secondThird, residual
  }

  private let sums: [Term: Double]
  /// About the mean of all, at least 0.
  public let total: Double

  /// The sum of squares of a term, at least 0.
  public func sum(_ term: Term) -> Double { sums[term] ?? 0 }

  /// A term's part of the total, 0…1. Undefined where nothing varies: `noVariance`.
  public func share(_ term: Term) -> Statistic<Double> {
    total > 0 ? .value(sum(term) / total) : .undefined(.noVariance)
  }

  /// Analyses values by first, second and third factor: `values[first][second][third]`, complete and not empty.
  public init(_ values: [[[Double]]]) {
    let (a, b, c) = (values.count, values.first?.count ?? 0, values.first?.first?.count ?? 0)
    precondition(a > 0 && b > 0 && c > 0, "three factors need a value each")
    precondition(values.allSatisfy { $0.count == b && $0.allSatisfy { $0.count == c } }, "the table has holes")
    // Effects are means of what the effects before them leave: the parts are orthogonal in a balanced table.
    func mean(_ list: some Collection<Double>) -> Double { list.reduce(0, +) / Double(list.count) }
    let origin = values[0][0][0]
    var rest = values.map { $0.map { $0.map { $0 - origin } } }
    let grand = mean(rest.joined().joined().map { $0 })
    rest = rest.map { $0.map { $0.map { $0 - grand } } }
    func squares() -> Double { rest.joined().joined().reduce(0) { $0 + $1 * $1 } }
    var sums: [Term: Double] = [:]

    /// Takes the means over the cells that `group` numbers alike out of what is left.
    func take(_ term: Term, groups: Int, _ group: (Int, Int, Int) -> Int) {
      var totals = [Double](repeating: 0, count: groups)
      for i in 0..<a { for j in 0..<b { for k in 0..<c { totals[group(i, j, k)] += rest[i][j][k] } } }
      let size = Double(a * b * c / groups)
      let means = totals.map { $0 / size }
      for i in 0..<a { for j in 0..<b { for k in 0..<c { rest[i][j][k] -= means[group(i, j, k)] } } }
      sums[term] = means.reduce(0) { $0 + $1 * $1 } * size
    }
    total = squares()
    take(.first, groups: a) { i, _, _ in i }
    take(.second, groups: b) { _, j, _ in j }
    take(.third, groups: c) { _, _, k in k }
    take(.firstSecond, groups: a * b) { i, j, _ in i * b + j }
    take(.firstThird, groups: a * c) { i, _, k in i * c + k }
    take(.secondThird, groups: b * c) { _, j, k in j * c + k }
    sums[.residual] = squares()
    self.sums = sums
  }
}
