internal import JSON
internal import LabelTables

/// One row of a file: the text of each field that it says, and where it stands.
struct ImportRow {
  fileprivate let record: Record
  fileprivate let fields: FieldTable

  /// The line on which the row begins.
  var line: Int { record.line }

  /// What the command line says of a field in every row, or else this row.
  func text(_ field: String) -> String? {
    guard let at = fields.index[field] else { return nil }
    return fields.constants[at] ?? record.text(at)
  }

  /// The text, where it has a character.
  func filled(_ field: String) -> String? { text(field).flatMap { $0.isEmpty ? nil : $0 } }

  /// Where the field's text begins, or the row where it is silent.
  func place(_ field: String? = nil) -> SourcePlace {
    guard let field, let at = fields.index[field], fields.constants[at] == nil else { return record.place() }
    return record.place(at)
  }
}

/// The fields an import looks for, with the columns they stand in.
struct FieldTable {
  let fields: [ImportField]
  let index: [String: Int]
  let columns: [RecordReader.Column]
  let constants: [String?]

  init(_ fields: [ImportField], _ mapping: ColumnMapping) {
    self.fields = fields
    index = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
    columns = fields.map { mapping.column(of: $0) }
    constants = fields.map { mapping.constant(of: $0.name) }
  }
}

/// Reads a file row by row with the fields of an import.
struct ImportRows {
  let file: String
  let format: TableFormat
  let table: FieldTable
  let problems: FileProblems

  /// Hands over each row.
  /// - Throws: what `take` throws, and `CancellationError` when the task is cancelled.
  func read(_ take: (ImportRow) throws -> Void) throws -> RecordReader.Extent {
    try RecordReader(file: file, format: format, columns: table.columns, problems: problems)
      .read { try take(ImportRow(record: $0, fields: table)) }
  }
}
