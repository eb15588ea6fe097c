/// A table of coloured cells with their values printed in them.
struct HeatMap {
  /// A value of the map.
  struct Cell {
    /// −1…1; nil is undefined.
    let value: Double?
    /// What stands in the cell.
    let text: String
    /// The numbers behind it.
    let title: String
  }

  /// A column.
  struct Column {
    /// Its head.
    let label: String
    /// What stands along the whole column in place of cells.
    var absent: String?
    /// Whether a gap sets it apart from the one before.
    var isApart = false
  }

  /// A line of the map.
  enum Row {
    /// A heading over the rows that follow.
    case group(String)
    /// Cells, one for each column; nil stays empty.
    case cells(label: String, [Cell?])
  }

  let label: String
  let columns: [Column]
  let rows: [Row]

  private static let cellWidth = 46.0
  private static let rowHeight = 25.0
  private static let gap = 10.0
  /// Average width of a character of the label font.
  private static let letter = 6.7
  private static let turn = -52.0

  /// The picture.
  var picture: Markup {
    let heads = columns.map { SVG.clip($0.label, 22) }
    let longest = Double(heads.map(\.count).max() ?? 0) * Self.letter
    let top = longest * 0.79 + 16
    let left = labelWidth
    var edges: [Double] = []
    var x = left
    for column in columns {
      if column.isApart { x += Self.gap }
      edges.append(x)
      x += Self.cellWidth
    }
    // A turned head leans out over the right edge by the cosine of its angle.
    let right =
      zip(edges, heads).map { $0 + Self.cellWidth / 2 + Double($1.count) * Self.letter * 0.62 + 10 }.max() ?? x
    let height = top + Double(rows.count) * Self.rowHeight + 4
    var shapes = zip(edges, zip(heads, columns)).map { edge, head in
      SVG.group(
        style: "head",
        title: head.1.label,
        [SVG.text(head.0, x: edge + Self.cellWidth / 2 + 3, y: top - 7, turned: Self.turn)]
      )
    }
    for (at, row) in rows.enumerated() {
      let y = top + Double(at) * Self.rowHeight
      switch row {
      case .group(let name):
        let text = SVG.clip(name, Int((x - 4) / Self.letter))
        shapes.append(SVG.group(style: "rowhead", title: name, [SVG.text(text, x: 0, y: y + 18, style: "group")]))
      case .cells(let name, let cells):
        let text = SVG.clip(name, Int(left / Self.letter))
        shapes.append(SVG.group(style: "rowhead", title: name, [SVG.text(text, x: isGrouped ? 8 : 0, y: y + 17)]))
        for (edge, cell) in zip(edges, cells) { if let cell { shapes.append(draw(cell, x: edge, y: y)) } }
      }
    }
    for (edge, column) in zip(edges, columns) {
      if let absent = column.absent { shapes.append(bar(absent, x: edge, top: top, bottom: height - 4)) }
    }
    return SVG.picture(width: max(x, right), height: height, label: label, shrink: 0.85, shapes)
  }

  private var isGrouped: Bool { rows.contains { if case .group = $0 { true } else { false } } }

  private var labelWidth: Double {
    let longest = rows.map { row -> Int in if case .cells(let name, _) = row { name.count } else { 0 } }.max() ?? 0
    return min(190, Double(longest) * Self.letter + (isGrouped ? 20 : 12))
  }

  private func draw(_ cell: Cell, x: Double, y: Double) -> Markup {
    SVG.group(
      style: "cell " + Self.style(cell.value),
      title: cell.title,
      [
        SVG.rect(x: x + 1, y: y + 1, width: Self.cellWidth - 2, height: Self.rowHeight - 2, radius: 3),
        SVG.text(cell.text, x: x + Self.cellWidth / 2, y: y + 17),
      ]
    )
  }

  private func bar(_ text: String, x: Double, top: Double, bottom: Double) -> Markup {
    let middle = (x + Self.cellWidth / 2, (top + bottom) / 2)
    let shown = SVG.clip(text, max(4, Int((bottom - top) / Self.letter)))
    return SVG.group(
      style: "cell none",
      title: text,
      [
        SVG.rect(x: x + 1, y: top + 1, width: Self.cellWidth - 2, height: bottom - top - 2, radius: 3),
        SVG.text(shown, x: middle.0 + 4, y: middle.1, turned: -90),
      ]
    )
  }

  /// The class of a cell's step.
  static func style(_ value: Double?) -> String {
    guard let value else { return "none" }
    // What prints as 0.00 looks like it.
    return value <= -0.005 ? "neg" : "h\(Int((max(0, min(1, value)) * Double(Palette.steps - 1)).rounded()))"
  }
}
