/// The analysis of variance of a two-way table with one observation a cell: items are rows, raters columns.
struct TwoWayTable {
  /// Rows, at least 2.
  let rows: Int
  /// Columns, at least 2.
  let columns: Int
  /// Mean square between rows.
  let rowSquare: Double
  /// Mean square between columns.
  let columnSquare: Double
  /// Mean square of what rows and columns leave.
  let errorSquare: Double
  /// Mean square within rows.
  let withinSquare: Double

  /// Analyses a table.
  /// - Throws: `noCompleteItems`, `tooFewRaters`, `tooFewItems`.
  init(_ table: [[Double]]) throws(UndefinedReason) {
    guard let width = table.first?.count else { throw .noCompleteItems }
    precondition(table.allSatisfy { $0.count == width }, "every item needs all raters")
    guard width >= 2 else { throw .tooFewRaters }
    guard table.count >= 2 else { throw .tooFewItems }
    rows = table.count
    columns = width
    let (n, k) = (Double(table.count), Double(width))
    // Means are taken as distances from a value of the row: of equal values the mean is then that value exactly.
    let rowMeans = table.map { row in row[0] + row.reduce(0) { $0 + ($1 - row[0]) } / k }
    let grand = rowMeans[0] + rowMeans.reduce(0) { $0 + ($1 - rowMeans[0]) } / n
    let deviations = zip(table, rowMeans).map { row, mean in row.map { $0 - mean } }
    let effects = (0..<width).map { column in deviations.reduce(0) { $0 + $1[column] } / n }
    // A distance this far below the values is what rounding left of none.
    let floor = 16 * Double.ulpOfOne * (table.joined().map(abs).max() ?? 0)
    func squares(_ distances: some Sequence<Double>) -> Double {
      var (sum, largest) = (0.0, 0.0)
      for distance in distances {
        sum += distance * distance
        largest = max(largest, abs(distance))
      }
      return largest <= floor ? 0 : sum
    }
    rowSquare = k * squares(rowMeans.map { $0 - grand }) / (n - 1)
    columnSquare = n * squares(effects) / (k - 1)
    errorSquare = squares(deviations.lazy.flatMap { row in zip(row, effects).map { $0 - $1 } }) / ((n - 1) * (k - 1))
    withinSquare = squares(deviations.joined()) / (n * (k - 1))
  }
}
