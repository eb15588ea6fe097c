internal import JSON

/// Reads files of counts.
public enum CountFile {
  /// Reads a file, or several that have different raters or cells.
  /// - Throws: ``FileErrors`` with every problem's place, or `CancellationError`.
  public static func read(_ files: [String], _ mapping: CountMapping) throws -> CellCounts {
    let problems = FileProblems()
    var counts = CellCounts()
    var first: [Place: SourcePlace] = [:]
    for file in files { try read(file, mapping, problems, &counts, &first) }
    try problems.throwIfAny()
    return counts
  }

  private struct Place: Hashable {
    let rater: String
    let cell: CellCounts.Cell
  }

  private static func read(
    _ file: String,
    _ mapping: CountMapping,
    _ problems: FileProblems,
    _ counts: inout CellCounts,
    _ first: inout [Place: SourcePlace]
  ) throws {
    var columns: [RecordReader.Column] = []
    func slot(_ name: String) -> Int {
      columns.append(RecordReader.Column(name))
      return columns.count - 1
    }
    let names = [
      (CountMapping.Field.rater, mapping.rater), (.system, mapping.system), (.kind, mapping.kind),
    ].map { field, source -> (field: CountMapping.Field, column: Int?, constant: String) in
      switch source {
      case .column(let name): (field, slot(name), "")
      case .constant(let text): (field, nil, text)
      }
    }
    let (refused, notRefused, total) = (slot(mapping.refused), mapping.notRefused.map(slot), mapping.total.map(slot))
    let format: TableFormat
    do { format = try mapping.format ?? TableFormat(ofFile: file) } catch let error as JSONError {
      throw FileErrors(errors: [error], more: 0)
    }
    let reader = RecordReader(
      file: file,
      format: format,
      encoding: mapping.encoding,
      columns: columns,
      problems: problems
    )
    var (known, places) = (counts, first)
    _ = try reader.read { record in
      let before = problems.count
      let texts = names.map { name -> String in
        let raw = name.column.map { record.text($0) ?? "" } ?? name.constant
        if raw.isEmpty { problems.add(record.place(name.column), "no \(name.field.rawValue)") }
        return mapping.names[name.field]?[raw] ?? raw
      }
      let yes = number(record, refused, problems)
      let no = notRefused.map { number(record, $0, problems) ?? -1 }
      let all = total.map { number(record, $0, problems) ?? -1 }
      guard problems.count == before, let yes else { return }
      let sum = no.map { yes + $0 } ?? all ?? yes
      if let all, all != sum {
        problems.add(record.place(total), "\(yes) refused and \(sum - yes) not refused are \(sum), not \(all)")
        return
      }
      guard yes <= sum else {
        problems.add(record.place(refused), "\(yes) refused of \(sum)")
        return
      }
      let cell = CellCounts.Cell(system: texts[1], kind: texts[2])
      let place = Place(rater: texts[0], cell: cell)
      if known.add(CellCounts.Count(refused: yes, total: sum), rater: texts[0], cell: cell) {
        places[place] = record.place()
      } else {
        let earlier = places[place].map { $0.file == file ? "line \($0.line)" : "\($0)" } ?? "an earlier row"
        problems.add(
          record.place(),
          "rater \"\(VisibleText.short(texts[0]))\" has a count for \(VisibleText.short(cell.system)), "
            + "\(VisibleText.short(cell.kind)) in \(earlier) already"
        )
      }
    }
    (counts, first) = (known, places)
  }

  private static func number(_ record: Record, _ column: Int, _ problems: FileProblems) -> Int? {
    let text = LabelWords.trimmed(record.text(column) ?? "")
    if let number = Int(text), (0...1_000_000_000_000).contains(number) { return number }
    problems.add(record.place(column), "\"\(VisibleText.short(text))\" is no count; expected a whole number from 0")
    return nil
  }
}
