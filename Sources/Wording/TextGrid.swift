/// A table of text in a given width: the first column left, all others right; the first gives way where room is short.
public struct TextGrid: Sendable {
  private let titles: [String]
  private var rows: [[String]] = []

  /// A table with a title for each column.
  public init(_ titles: [String]) { self.titles = titles }

  /// Adds a row; hidden characters are spelled out, and names in other columns than the first are kept short.
  public mutating func add(_ cells: [String]) {
    let shown = cells.map(VisibleText.line)
    rows.append(shown.indices.map { $0 == 0 ? shown[$0] : LineLayout.clip(shown[$0], 22) })
  }

  /// Whether there is no row.
  public var isEmpty: Bool { rows.isEmpty }

  /// The lines, titles first, none wider than `width` as long as the numbers leave the first column eight characters.
  public func lines(width: Int) -> [String] {
    let all = [titles] + rows
    var widths = titles.indices.map { column in all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    let rest = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
    widths[0] = min(widths[0], max(8, width - rest))
    return all.map { row in
      let first = LineLayout.left(LineLayout.clipMiddle(row[0], widths[0]), widths[0])
      let others = row.indices.dropFirst().map { "  " + LineLayout.right(row[$0], widths[$0]) }
      return (first + others.joined()).trimmingSuffix(" ")
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == character { end = index(before: end) }
    return String(self[..<end])
  }
}
