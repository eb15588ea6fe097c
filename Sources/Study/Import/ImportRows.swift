internal import JSON

/// One row of a file: the text of each field that it says, and where it stands.
struct ImportRow {
  fileprivate enum Source {
    case cells([CSVReader.Cell], [Int?])
    case object(JSONDocument, [String])
  }

  /// The line on which the row begins.
  let line: Int
  fileprivate let file: String
  fileprivate let source: Source
  /// By field; nil where the row is silent.
  fileprivate let texts: [String?]
  fileprivate let fields: FieldTable

  /// What the command line says of a field in every row, or else this row.
  func text(_ field: String) -> String? {
    guard let at = fields.index[field] else { return nil }
    return fields.constants[at] ?? texts[at]
  }

  /// The text, where it has a character.
  func filled(_ field: String) -> String? { text(field).flatMap { $0.isEmpty ? nil : $0 } }

  /// Where the field's text begins, or the row where it is silent.
  func place(_ field: String? = nil) -> SourcePlace {
    let row = SourcePlace(file: file, line: line, column: 1)
    guard let field, let at = fields.index[field], texts[at] != nil, fields.constants[at] == nil else { return row }
    switch source {
    case .cells(let cells, let slots):
      guard let slot = slots[at] else { return row }
      return SourcePlace(file: file, line: cells[slot].line, column: cells[slot].column)
    case .object(let document, let keys):
      return SourcePlace(file: file, line: line, column: document.place(of: .root.key(keys[at])).column)
    }
  }
}

/// The fields an import looks for, with the columns they stand in.
struct FieldTable {
  let fields: [ImportField]
  let index: [String: Int]
  let columns: [(name: String, isDeclared: Bool)]
  let constants: [String?]

  init(_ fields: [ImportField], _ mapping: ColumnMapping) {
    self.fields = fields
    index = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
    columns = fields.map { mapping.column(of: $0) }
    constants = fields.map { mapping.constant(of: $0.name) }
  }
}

/// Reads a file row by row. Problems of single rows are collected and the reading goes on; where the rest cannot be trusted
/// (an open quotation, a NUL), it stops there.
struct ImportRows {
  let file: String
  let format: ImportFormat
  let table: FieldTable
  let problems: ImportProblems

  /// What there is to say of the file as a whole.
  struct Extent {
    var sha256: String
    /// Rows with data.
    var rows: Int
    /// Columns that no field stands in, in the order met, at most 20.
    var unused: [String]
  }

  /// Hands over each row.
  /// - Throws: what `take` throws, and `CancellationError` when the task is cancelled.
  func read(_ take: (ImportRow) throws -> Void) throws -> Extent {
    do {
      let chunks = try FileChunks(path: file)
      if let separator = format.separator { return try readCells(chunks, separator, take) }
      return try readObjects(chunks, take)
    } catch let error as JSONError {
      problems.add(error)
      return Extent(sha256: "", rows: 0, unused: [])
    }
  }

  // MARK: Cells

  private func readCells(_ chunks: FileChunks, _ separator: UInt8, _ take: (ImportRow) throws -> Void) throws -> Extent
  {
    var head: Head?
    var extent = Extent(sha256: "", rows: 0, unused: [])
    func row(_ row: CSVReader.Row) throws {
      guard let known = head else {
        let made = try Head(row, file, table, problems)
        extent.unused = made.unused
        head = made
        return
      }
      guard row.cells.count == known.count else {
        let place = SourcePlace(file: file, line: row.line, column: 1)
        problems.add(place, "\(row.cells.count) cells where the first line names \(known.count) columns")
        return
      }
      extent.rows += 1
      if extent.rows % 1024 == 0 { try Task.checkCancellation() }
      var isReadable = true
      let texts = known.slots.map { slot -> String? in
        guard let slot else { return nil }
        let cell = row.cells[slot]
        guard let text = String(validating: row.buffer[cell.bytes], as: UTF8.self) else {
          problems.add(Self.encodingError(row.buffer[cell.bytes], file, cell))
          isReadable = false
          return nil
        }
        return text
      }
      guard isReadable else { return }
      try take(
        ImportRow(line: row.line, file: file, source: .cells(row.cells, known.slots), texts: texts, fields: table)
      )
    }
    var reader = CSVReader(file: file, separator: separator)
    while let bytes = try chunks.next() { try reader.read(bytes, row) }
    try reader.finish(row)
    if head == nil { throw JSONError(file: file, "the file is empty; expected a line with the names of the columns") }
    if extent.rows == 0, problems.count == 0 {
      throw JSONError(file: file, "the file names its columns and holds no row")
    }
    extent.sha256 = chunks.finish()
    return extent
  }

  /// The first line: where each field stands.
  private struct Head {
    let count: Int
    let slots: [Int?]
    let unused: [String]

    init(_ row: CSVReader.Row, _ file: String, _ table: FieldTable, _ problems: ImportProblems) throws {
      count = row.cells.count
      var names: [ExactText] = []
      for cell in row.cells {
        guard let name = String(validating: row.buffer[cell.bytes], as: UTF8.self) else {
          throw ImportRows.encodingError(row.buffer[cell.bytes], file, cell)
        }
        let place = SourcePlace(file: file, line: cell.line, column: cell.column)
        // Tables written with their row numbers have one column without a name.
        if !name.isEmpty, names.contains(ExactText(name)) {
          problems.add(place, "the column \"\(name)\" stands there twice")
        }
        names.append(ExactText(name))
      }
      var slots: [Int?] = []
      for column in table.columns {
        let slot = names.firstIndex(of: ExactText(column.name))
        if slot == nil, column.isDeclared {
          let known = names.map(\.text)
          problems.add(
            SourcePlace(file: file, line: row.line, column: 1),
            "there is no column \"\(column.name)\"\(Spelling.hint(for: column.name, among: known))"
          )
        }
        slots.append(slot)
      }
      self.slots = slots
      unused = names.indices.filter { !slots.contains($0) }.prefix(20).map { names[$0].text }
    }
  }

  private static func encodingError(_ bytes: ArraySlice<UInt8>, _ file: String, _ cell: CSVReader.Cell) -> JSONError {
    var (line, column) = (cell.line, cell.column)
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    return JSONError(
      at: SourcePlace(file: file, line: line, column: column),
      "not UTF-8: save the file as UTF-8, or it is damaged here"
    )
  }

  // MARK: Objects

  private func readObjects(_ chunks: FileChunks, _ take: (ImportRow) throws -> Void) throws -> Extent {
    var extent = Extent(sha256: "", rows: 0, unused: [])
    var line = 0
    var rest: [UInt8] = []
    func end(_ bytes: [UInt8]) throws {
      line += 1
      if line % 1024 == 0 { try Task.checkCancellation() }
      guard let row = object(bytes, line, &extent) else { return }
      extent.rows += 1
      try take(row)
    }
    while let bytes = try chunks.next() {
      var start = 0
      while let lineEnd = bytes[start...].firstIndex(of: 0x0A) {
        rest.append(contentsOf: bytes[start..<lineEnd])
        try end(rest)
        rest.removeAll(keepingCapacity: true)
        start = lineEnd + 1
      }
      rest.append(contentsOf: bytes[start...])
      if rest.count > CSVReader.rowLimit {
        throw JSONError(at: SourcePlace(file: file, line: line + 1, column: 1), "a line of more than 64 MB")
      }
    }
    if !rest.isEmpty { try end(rest) }
    if extent.rows == 0, problems.count == 0 {
      throw JSONError(file: file, "the file is empty; expected one JSON object a line")
    }
    for column in table.columns where column.isDeclared && !found.names.contains(column.name) {
      problems.add(JSONError(file: file, "no line has the key \"\(column.name)\""))
    }
    extent.sha256 = chunks.finish()
    return extent
  }

  /// Keys met so far; a reference, since rows are read in a closure.
  private final class Found {
    var names: Set<String> = []
  }

  private let found = Found()

  init(file: String, format: ImportFormat, table: FieldTable, problems: ImportProblems) {
    self.file = file
    self.format = format
    self.table = table
    self.problems = problems
  }

  private func object(_ bytes: [UInt8], _ line: Int, _ extent: inout Extent) -> ImportRow? {
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
    func place(_ column: Int) -> SourcePlace { SourcePlace(file: file, line: line, column: column) }
    let document: JSONDocument
    do { document = try JSONDocument.parse(bytes, name: file) } catch {
      problems.add(place(error.place?.column ?? 1), error.problem)
      return nil
    }
    guard let object = document.root.object else {
      problems.add(place(1), "expected an object, found \(document.root.typeName)")
      return nil
    }
    let keys = table.columns.map(\.name)
    for key in object.keys where found.names.insert(key).inserted && !keys.contains(key) && extent.unused.count < 20 {
      extent.unused.append(key)
    }
    var isReadable = true
    let texts = keys.map { key -> String? in
      guard let value = object[key] else { return nil }
      let text = Self.text(value)
      let problem: String? =
        if case .null = value { nil } else if let text {
          text.utf8.contains(0) ? "the character NUL, which no text may hold" : nil
        } else { "expected a text or a number, found \(value.typeName)" }
      if let problem {
        problems.add(place(document.place(of: .root.key(key)).column), "\(key): \(problem)")
        isReadable = false
      }
      return text
    }
    guard isReadable else { return nil }
    return ImportRow(line: line, file: file, source: .object(document, keys), texts: texts, fields: table)
  }

  /// A number as it would stand in a table.
  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): Int64(exactly: number).map { String($0) } ?? String(number)
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
