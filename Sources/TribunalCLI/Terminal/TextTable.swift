/// Columns of text for people; cells come out terminal-safe and on one line.
enum TextTable {
  /// The rows under their titles, columns aligned left; the last column is not padded.
  static func lines(_ rows: [[String]], titles: [String]) -> String {
    let all = ([titles] + rows).map { $0.map { $0.terminalSafe(keepingLines: false) } }
    let widths = titles.indices.map { column in all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}
