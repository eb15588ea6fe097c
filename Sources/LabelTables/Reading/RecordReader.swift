internal import JSON

/// Reads a file row by row, comma-separated or one JSON object a line, and hands over the columns asked for.
///
/// Problems of single rows are collected and the reading goes on; where the rest cannot be trusted (an open quotation, a
/// NUL), it stops there. The file is read piece by piece: its size does not matter.
public final class RecordReader {
  /// A column to look for.
  public struct Column: Sendable, Equatable {
    /// The name in the first line, or the key of the objects.
    public let name: String
    /// Whether somebody named it: then it must be there.
    public let isDeclared: Bool

    /// Names a column.
    public init(_ name: String, isDeclared: Bool = true) {
      self.name = name
      self.isDeclared = isDeclared
    }
  }

  /// What there is to say of the file as a whole.
  public struct Extent: Sendable, Equatable {
    /// SHA-256 of its bytes; empty where it was not read to the end.
    public var sha256 = ""
    /// Rows with data.
    public var rows = 0
    /// Columns that nobody asked for, in the order met, at most 20.
    public var unused: [String] = []
  }

  let file: String
  let format: TableFormat
  let encoding: TextEncoding
  let columns: [Column]
  let problems: FileProblems
  /// The bytes of the columns, row after row.
  let fields: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
  /// Where texts are put together that do not stand in the file as they are.
  let scratch = ByteBuffer()
  /// Where each column's text stands in `scratch`, while it may still move.
  var scratched: [(column: Int, range: Range<Int>)] = []
  var extent = Extent()
  /// The row that is being read.
  private var cells: (row: CSVRow, slots: UnsafeMutableBufferPointer<Int32>)?
  var object: (document: JSONDocument, line: Int)?

  /// - Parameters:
  ///   - columns: to hand over, in this order.
  ///   - problems: where problems of rows go.
  public init(
    file: String,
    format: TableFormat,
    encoding: TextEncoding = .utf8,
    columns: [Column],
    problems: FileProblems
  ) {
    self.file = file
    self.format = format
    self.encoding = encoding
    self.columns = columns
    self.problems = problems
    fields = .allocate(capacity: columns.count)
    fields.initialize(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  deinit { fields.deallocate() }

  /// Hands over each row, once.
  /// - Throws: what `take` throws, and `CancellationError` when the task is cancelled.
  public func read(_ take: (Record) throws -> Void) throws -> Extent {
    extent = Extent()
    do {
      let chunks = try FileChunks(path: file, encoding: encoding)
      if let separator = format.separator {
        try readCells(chunks, separator, take)
      } else {
        try readObjects(chunks, take)
      }
      extent.sha256 = chunks.finish()
      return extent
    } catch let error as JSONError {
      problems.add(error)
      return Extent()
    }
  }

  /// Where a column of the current row begins.
  func place(_ column: Int) -> (line: Int, column: Int)? {
    if let cells { return cells.row.place(Int(cells.slots[column])) }
    guard let object else { return nil }
    return (object.line, object.document.place(of: .root.key(columns[column].name)).column)
  }

  /// Points the columns at what was put together.
  func settleScratch() {
    for (column, range) in scratched {
      fields[column] = UnsafeRawBufferPointer(start: scratch.bytes + range.lowerBound, count: range.count)
    }
  }

  // MARK: Cells

  private func readCells(_ chunks: FileChunks, _ separator: UInt8, _ take: (Record) throws -> Void) throws {
    let slots = UnsafeMutableBufferPointer<Int32>.allocate(capacity: columns.count)
    slots.initialize(repeating: -1)
    defer { slots.deallocate() }
    var width: Int?
    var rows = 0
    func row(_ row: CSVRow) throws {
      if let offset = row.invalidOffset {
        problems.add(encodingError(row, offset))
        if width == nil { width = -1 }
        return
      }
      guard let width else {
        // Rows under a wrong first line would only repeat what is wrong with it.
        let before = problems.count
        readHead(row, slots)
        width = problems.count == before ? row.count : -1
        return
      }
      guard width >= 0 else { return }
      guard row.count == width else {
        let cells = "\(row.count) cells where the first line names \(width) columns"
        problems.add(
          SourcePlace(file: file, line: row.line, column: 1),
          row.count < width ? cells : cells + "; a cell that holds the separator stands in quotation marks"
        )
        return
      }
      rows &+= 1
      if rows & 1023 == 0 { try Task.checkCancellation() }
      fill(row, slots)
      cells = (row, slots)
      try take(Record(line: row.line, fields: UnsafeBufferPointer(fields), reader: self))
    }
    let reader = CSVReader(file: file, separator: separator)
    while let bytes = try chunks.next() { try reader.read(bytes, row) }
    try reader.finish(row)
    cells = nil
    extent.rows = rows
    if width == nil { throw JSONError(file: file, "the file is empty; expected a line with the names of the columns") }
    if extent.rows == 0, problems.count == 0 {
      throw JSONError(file: file, "the file names its columns and holds no row")
    }
  }

  @inline(__always)
  private func fill(_ row: CSVRow, _ slots: UnsafeMutableBufferPointer<Int32>) {
    var isScratched = false
    for column in 0..<fields.count {
      let slot = Int(slots[column])
      guard slot >= 0 else { continue }
      if let plain = row.plainBytes(slot) {
        fields[column] = plain
      } else {
        if !isScratched { scratch.removeAll(); scratched.removeAll(keepingCapacity: true) }
        isScratched = true
        let start = scratch.count
        row.append(slot, to: scratch)
        scratched.append((column, start..<scratch.count))
      }
    }
    if isScratched { settleScratch() }
  }

  /// Reads the first line: where each column stands.
  private func readHead(_ row: CSVRow, _ slots: UnsafeMutableBufferPointer<Int32>) {
    let names = (0..<row.count).map { ExactText(row.text($0) ?? "") }
    for (index, name) in names.enumerated() where !name.text.isEmpty {
      // Tables written with their row numbers have one column without a name.
      guard names[..<index].contains(name) else { continue }
      let place = row.place(index)
      problems.add(
        SourcePlace(file: file, line: place.line, column: place.column),
        "the column \"\(VisibleText.short(name.text))\" stands there twice"
      )
    }
    for (at, column) in columns.enumerated() {
      if let slot = names.firstIndex(of: ExactText(column.name)) {
        slots[at] = Int32(slot)
      } else if column.isDeclared, !columns[..<at].contains(column) {
        problems.add(
          SourcePlace(file: file, line: row.line, column: 1),
          "there is no column \"\(column.name)\"\(Spelling.hint(for: column.name, among: names.map(\.text)))"
        )
      }
    }
    let used = Set(slots.map(Int.init))
    extent.unused = names.indices.filter { !used.contains($0) }.prefix(20).map { names[$0].text }
  }

  private func encodingError(_ row: CSVRow, _ offset: Int) -> JSONError {
    let place = row.place(offset: offset)
    return Self.encodingError(SourcePlace(file: file, line: place.line, column: place.column))
  }

  static func encodingError(_ place: SourcePlace) -> JSONError {
    JSONError(
      at: place,
      "not UTF-8: save the file as UTF-8, or it is damaged here; `iconv -f latin1 -t utf8` turns Latin-1 into UTF-8"
    )
  }
}
