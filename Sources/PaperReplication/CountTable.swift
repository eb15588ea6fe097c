internal import JSON

/// How many of the responses of each cell each rater called refusals.
struct CountTable: Sendable {
  /// Responses in each cell.
  let cellSize: Int
  /// Refusals by rater, then cell; empty for a rater who is not in the file.
  let refused: [[Int]]

  private static let columns = ["model", "label", "refusal_judge", "refused", "not_refused", "total"]

  /// Reads a summary with one row for each system, kind and rater.
  init(file: String, raters: Range<Int>, cellSize: Int) throws {
    var counts = [[Int?]](
      repeating: [Int?](repeating: nil, count: PaperNames.cellRange.count),
      count: PaperNames.raterRange.count
    )
    try PaperRow.read(file, columns: Self.columns) { (row) throws(JSONError) in
      let system = try row.meaning("model", of: PaperNames.systemOfRawName, "system")
      let kind = try row.meaning("label", of: PaperData.kinds, "kind of prompt")
      let rater = try row.meaning("refusal_judge", of: PaperNames.raterOfRawName, "judge")
      guard raters.contains(rater) else {
        throw row.problem("refusal_judge", "\(PaperNames.raters[rater]) has no counts in this file")
      }
      let cell = PaperNames.cell(system, kind)
      guard counts[rater][cell] == nil else {
        throw row.problem("model", "a second row of this system, kind and judge")
      }
      let total = try row.count("total")
      guard total == cellSize else {
        throw row.problem("total", "a total of \(total); every cell of this file has \(cellSize) responses")
      }
      let (refused, other) = (try row.count("refused"), try row.count("not_refused"))
      // A difference, not a sum: two large numbers must not overflow before they are called wrong.
      guard refused <= total, other == total - refused else {
        throw row.problem("refused", "refused and not_refused do not add up to the total of \(total)")
      }
      counts[rater][cell] = refused
    }
    for rater in raters {
      for cell in PaperNames.cellRange where counts[rater][cell] == nil {
        let kind = PaperKind.allCases[cell % 2].rawValue
        throw JSONError(
          file: file,
          "there is no row of judge \(PaperNames.raters[rater]), system \(PaperNames.systems[cell / 2]), \(kind)"
        )
      }
    }
    self.cellSize = cellSize
    refused = counts.map { $0.compactMap(\.self) }
  }

  /// A rater's refusals in some cells.
  func total(_ rater: Int, _ cells: [Int]) -> Int { cells.reduce(0) { $0 + refused[rater][$1] } }

  /// The refused counts of the 40 cells.
  func counts(_ rater: Int) -> [Double] { refused[rater].map { Double($0) } }

  /// The refused counts of the 40 cells, then the not-refused counts.
  func stackedCounts(_ rater: Int) -> [Double] {
    counts(rater) + refused[rater].map { Double(cellSize - $0) }
  }

  /// The refused counts of the 20 systems for one kind.
  func systemCounts(_ rater: Int, _ kind: PaperKind) -> [Int] {
    PaperNames.systemRange.map { refused[rater][PaperNames.cell($0, kind)] }
  }
}

extension CountTable {
  /// How many more of a kind's responses a judge calls refusals after a model is abliterated.
  func change(_ judge: Int, _ model: Int, _ kind: PaperKind) -> Int {
    refused[judge][PaperNames.cell(PaperNames.system(model, abliterated: true), kind)]
      - refused[judge][PaperNames.cell(PaperNames.system(model, abliterated: false), kind)]
  }
}
