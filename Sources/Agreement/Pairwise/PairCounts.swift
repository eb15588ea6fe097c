/// How often two raters gave each pair of labels, over the items that both labelled (pairwise deletion).
///
/// Topics: `percentAgreement`, chance-corrected agreement (`PairCounts+Kappa`, `PairCounts+Gwet`), correlation of codes
/// (`PairCounts+Correlation`), a rater against a reference (`PairCounts+Classification`).
public struct PairCounts: Sendable, Equatable {
  /// Declared categories, q.
  public let categories: Int
  /// Items with both labels, n.
  public let count: Int
  /// `[q × q]`, row-major: the first rater's code, then the second's.
  let cells: [Int]
  /// The first rater's counts by code.
  let rows: [Int]
  /// The second rater's counts by code.
  let columns: [Int]

  /// Counts two columns of the same items in one pass.
  /// - Parameter categories: declared categories; every code is below it.
  public init(_ a: Labels, _ b: Labels, categories: Int) {
    precondition(a.count == b.count, "two raters need the same items")
    precondition((0...Labels.maximumCategories).contains(categories), "there are at most 255 categories")
    let none = UInt8(Labels.maximumCategories)
    let width = categories + 1
    let top = UInt8(categories)
    // One row and column more take the items without a label, so that the loop has no branch. Neighbouring items go to
    // two tables: the same cell twice in a row would wait for its own store.
    var even = [Int](repeating: 0, count: width * width)
    var odd = even
    var isStray = false
    a.withCodes { a in
      b.withCodes { b in
        even.withUnsafeMutableBufferPointer { even in
          odd.withUnsafeMutableBufferPointer { odd in
            func cell(_ item: Int) -> Int {
              let (x, y) = (a[item], b[item])
              isStray = isStray || (x >= top) != (x == none) || (y >= top) != (y == none)
              return Int(min(x, top)) * width + Int(min(y, top))
            }
            var item = 0
            while item + 1 < a.count {
              even[cell(item)] += 1
              odd[cell(item + 1)] += 1
              item += 2
            }
            if item < a.count { even[cell(item)] += 1 }
          }
        }
      }
    }
    precondition(!isStray, "a label's code is not below the number of categories")
    var cells: [Int] = []
    cells.reserveCapacity(categories * categories)
    for i in 0..<categories {
      for j in 0..<categories { cells.append(even[i * width + j] + odd[i * width + j]) }
    }
    self.init(cells: cells, categories: categories)
  }

  /// Takes counts over from a square table; rows are the first rater's code.
  public init(table: [[Int]]) {
    precondition(table.allSatisfy { $0.count == table.count && $0.allSatisfy { $0 >= 0 } }, "a square table of counts")
    self.init(cells: table.flatMap { $0 }, categories: table.count)
  }

  private init(cells: [Int], categories: Int) {
    var rows = [Int](repeating: 0, count: categories)
    var columns = rows
    for i in 0..<categories {
      for j in 0..<categories {
        rows[i] += cells[i * categories + j]
        columns[j] += cells[i * categories + j]
      }
    }
    self.categories = categories
    self.cells = cells
    self.rows = rows
    self.columns = columns
    count = rows.reduce(0, +)
  }

  /// Items that the first rater gave code i and the second code j.
  public subscript(i: Int, j: Int) -> Int { cells[i * categories + j] }

  /// Items with equal labels.
  public var agreeing: Int { (0..<categories).reduce(0) { $0 + self[$1, $1] } }

  /// Share of items with equal labels, 0…1. Undefined: `noOverlap`.
  public var percentAgreement: Statistic<Double> {
    count == 0 ? .undefined(.noOverlap) : .value(Double(agreeing) / Double(count))
  }

  /// The disagreements of all items, summed.
  func disagreement(_ weights: AgreementWeights) -> Int {
    var sum = 0
    for i in 0..<categories {
      for j in 0..<categories where i != j { sum += self[i, j] * weights.distance(i, j) }
    }
    return sum
  }

  /// Both raters' counts of each code.
  var pooled: [Int] { zip(rows, columns).map { $0 + $1 } }
}
