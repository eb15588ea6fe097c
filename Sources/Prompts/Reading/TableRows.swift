internal import JSON
internal import LabelTables

/// Prompts of comma-separated values and their like.
enum TableRows {
  private static let others = ["id", "kind", "category", "split"]
  /// Ends the reading after the first line.
  private struct HeadIsRead: Error {}

  static func read(
    _ path: String,
    _ promptFormat: PromptFormat,
    _ options: PromptFile.Options,
    _ problems: PromptProblems
  ) throws(JSONError) -> [PromptRow] {
    let format: TableFormat =
      switch promptFormat {
      case .semicolons: .semicolons
      case .tsv: .tsv
      default: .csv
      }
    let column: String
    if let named = options.column { column = named } else { column = try textColumn(path, format) }
    let names = others.map { $0 == column ? nil : $0 }
    let columns = [RecordReader.Column(column)] + names.map { RecordReader.Column($0 ?? column, isDeclared: false) }
    let found = FileProblems()
    var rows: [PromptRow] = []
    do {
      _ = try RecordReader(file: path, format: format, columns: columns, problems: found).read { record in
        func word(_ index: Int) -> String? {
          names[index - 1] == nil ? nil : record.text(index).flatMap { $0.isEmpty ? nil : $0 }
        }
        var kind = options.kind
        if kind == nil, let text = word(2) {
          kind = PromptKind(rawValue: text)
          if kind == nil { found.add(record.place(2), PromptKind.unknown(text)) }
        }
        let place = record.place(0)
        rows.append(
          PromptRow(
            text: record.text(0) ?? "",
            name: word(1),
            kind: kind,
            category: word(3),
            split: word(4),
            place: PromptPlace(file: path, line: place.line, column: place.column)
          )
        )
      }
      try found.throwIfAny()
    } catch let error as FileErrors {
      for error in error.errors { problems.add(error) }
      problems.add(more: error.more)
    } catch let error as JSONError { throw error } catch {
      throw JSONError(file: path, "\(error)")
    }
    return rows
  }

  /// `text`, or the first column.
  private static func textColumn(_ path: String, _ format: TableFormat) throws(JSONError) -> String {
    var names: [String] = []
    do {
      let chunks = try FileChunks(path: path)
      let reader = CSVReader(file: path, separator: format.separator ?? UInt8(ascii: ","))
      func head(_ row: CSVRow) throws {
        names = (0..<row.count).compactMap { row.text($0) }
        throw HeadIsRead()
      }
      while let bytes = try chunks.next() { try reader.read(bytes, head) }
      try reader.finish(head)
    } catch is HeadIsRead {} catch let error as JSONError { throw error } catch {
      throw JSONError(file: path, "\(error)")
    }
    guard let first = names.first else {
      throw JSONError(file: path, "the file is empty; expected a line with the names of the columns")
    }
    return names.contains("text") ? "text" : first
  }
}

extension PromptKind {
  /// What is said of another word.
  static func unknown(_ word: String) -> String {
    let known = allCases.map(\.rawValue)
    return "kind: \"\(word)\" is not one of \(known.joined(separator: ", "))\(Spelling.hint(for: word, among: known))"
  }
}
