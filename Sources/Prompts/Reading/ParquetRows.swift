internal import JSON
internal import Parquet

/// Prompts of a Parquet file.
enum ParquetRows {
  static func read(
    _ path: String,
    _ options: PromptFile.Options,
    _ problems: PromptProblems
  ) throws(JSONError) -> [PromptRow] {
    do throws(ParquetError) {
      let file = try ParquetFile.read(path)
      let text = try textColumn(file, options)
      guard file.rowCount > 0 else { throw ParquetError(file: path, "the file holds no row") }
      let texts = try file.values(of: text)
      func others(_ name: String) throws(ParquetError) -> [ParquetValue?]? {
        let found = file.columns.indices.filter { file.columns[$0].name == name && $0 != text }
        guard let index = found.first, found.count == 1 else { return nil }
        if case .unsupported = file.columns[index].kind { return nil }
        return try file.values(of: index)
      }
      let kinds = options.kind == nil ? try others("kind") : nil
      let (names, categories, splits) = (try others("id"), try others("category"), try others("split"))
      var rows: [PromptRow] = []
      rows.reserveCapacity(texts.count)
      for (index, value) in texts.enumerated() {
        let place = PromptPlace(file: path, line: index + 1, column: nil)
        var kind = options.kind
        if let word = kinds?[index]?.text, !word.isEmpty {
          kind = PromptKind(rawValue: word)
          if kind == nil { problems.add(place.error(PromptKind.unknown(word))) }
        }
        let text = value?.text ?? ""
        if text.utf8.contains(0) { problems.add(place.error("the character NUL, which no prompt may hold")) }
        rows.append(
          PromptRow(
            text: text,
            name: names?[index]?.text,
            kind: kind,
            category: categories?[index]?.text,
            split: splits?[index]?.text,
            place: place
          )
        )
      }
      return rows
    } catch { throw JSONError(file: path, error.text) }
  }

  /// The column named, or `text`, or the first that holds texts.
  private static func textColumn(_ file: ParquetFile, _ options: PromptFile.Options) throws(ParquetError) -> Int {
    let column: Int
    if let name = options.column {
      column = try file.column(named: name)
    } else if file.columns.contains(where: { $0.name == "text" }) {
      column = try file.column(named: "text")
    } else if let first = file.columns.firstIndex(where: { $0.kind == .text }) {
      column = first
    } else {
      throw ParquetError(file: file.name, "no column holds one text a row")
    }
    switch file.columns[column].kind {
    case .text, .unsupported: return column
    case .integer, .number, .bool:
      throw ParquetError(
        file: file.name,
        "the column \"\(file.columns[column].name)\" holds no texts; --column names another"
      )
    }
  }
}
