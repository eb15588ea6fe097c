internal import JSON

/// Reads comma-separated values after RFC 4180, byte by byte as they come.
///
/// Lines end in LF or CRLF; inside quotation marks both are part of the text. Lines without a byte are skipped. What the
/// RFC leaves open is an error, never a guess: a quotation mark inside a bare cell, text after a closing one, a bare CR, an
/// unclosed quotation, a NUL.
struct CSVReader {
  /// A cell; its bytes stand in the row's buffer.
  struct Cell {
    var bytes: Range<Int>
    /// Where its text begins.
    var line: Int
    var column: Int
  }

  /// A row; valid inside the call that hands it over.
  struct Row {
    var line: Int
    var buffer: [UInt8]
    var cells: [Cell]
  }

  private enum State { case rowStart, cellStart, bare, quoted, quoteInQuoted, carriageReturn }

  /// More bytes than this in one row mean a quotation that was never closed.
  static let rowLimit = 64 << 20
  /// More cells than this in one row are no table that anybody wrote.
  static let cellLimit = 4096

  private let file: String
  private let separator: UInt8
  private var state = State.rowStart
  private var line = 1
  private var column = 1
  private var row = Row(line: 1, buffer: [], cells: [])
  private var opened = (line: 1, column: 1)

  private static let (quote, lf, cr) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  init(file: String, separator: UInt8) {
    self.file = file
    self.separator = separator
  }

  /// Reads a piece and hands over each row that ends in it.
  mutating func read(_ bytes: UnsafeRawBufferPointer, _ take: (Row) throws -> Void) throws {
    var at = 0
    while at < bytes.count {
      // Ordinary bytes of a cell are copied in one go.
      if state == .bare || state == .quoted {
        let start = at
        while at < bytes.count, isOrdinary(bytes[at]) {
          if bytes[at] & 0xC0 != 0x80 { column += 1 }
          at += 1
        }
        if at > start { row.buffer.append(contentsOf: bytes[start..<at]) }
        if row.buffer.count > Self.rowLimit { throw tooLong }
        if at == bytes.count { return }
      }
      try step(bytes[at], take)
      if row.cells.count > Self.cellLimit { throw problem(row.line, 1, "a row of more than \(Self.cellLimit) cells") }
      at += 1
    }
  }

  /// Hands over a last row that has no line end.
  mutating func finish(_ take: (Row) throws -> Void) throws {
    switch state {
    case .rowStart: return
    case .quoted:
      throw problem(opened.line, opened.column, "a quotation mark opens here and is never closed")
    case .carriageReturn: throw bareReturn
    case .cellStart, .bare, .quoteInQuoted: try endRow(take)
    }
  }

  private func isOrdinary(_ byte: UInt8) -> Bool {
    if state == .quoted { return byte != Self.quote && byte != Self.lf && byte != 0 }
    return byte != separator && byte != Self.quote && byte != Self.lf && byte != Self.cr && byte != 0
  }

  private mutating func step(_ byte: UInt8, _ take: (Row) throws -> Void) throws {
    if byte == 0 { throw problem(line, column, "a NUL byte: this is no text file") }
    switch state {
    case .rowStart where byte == Self.lf:
      line += 1
      column = 1
      return
    case .rowStart where byte == Self.cr:
      state = .carriageReturn
      column += 1
      return
    case .rowStart, .cellStart:
      if state == .rowStart { row.line = line }
      if byte == Self.quote {
        column += 1
        opened = (line, column - 1)
        begin()
        state = .quoted
        return
      }
      begin()
      state = .bare
      try bare(byte, take)
    case .bare: try bare(byte, take)
    case .quoted:
      if byte == Self.quote {
        column += 1
        state = .quoteInQuoted
      } else {
        row.buffer.append(byte)
        line += 1
        column = 1
      }
    case .quoteInQuoted:
      if byte == Self.quote {
        row.buffer.append(byte)
        column += 1
        state = .quoted
      } else if byte == separator || byte == Self.lf || byte == Self.cr {
        try bare(byte, take)
      } else {
        throw problem(
          line,
          column,
          "text after a closing quotation mark; inside a quoted cell a quotation mark is written twice"
        )
      }
    case .carriageReturn:
      guard byte == Self.lf else { throw bareReturn }
      try endRow(take)
      line += 1
      column = 1
    }
  }

  private mutating func bare(_ byte: UInt8, _ take: (Row) throws -> Void) throws {
    switch byte {
    case separator:
      endCell()
      column += 1
      state = .cellStart
    case Self.lf:
      try endRow(take)
      line += 1
      column = 1
    case Self.cr:
      state = .carriageReturn
      column += 1
    case Self.quote:
      throw problem(
        line,
        column,
        "a quotation mark inside a cell that does not begin with one; quote the whole cell and write it twice"
      )
    default:
      row.buffer.append(byte)
      if byte & 0xC0 != 0x80 { column += 1 }
    }
  }

  private mutating func begin() {
    row.cells.append(Cell(bytes: row.buffer.count..<row.buffer.count, line: line, column: column))
  }

  private mutating func endCell() {
    let last = row.cells.count - 1
    row.cells[last].bytes = row.cells[last].bytes.lowerBound..<row.buffer.count
  }

  private mutating func endRow(_ take: (Row) throws -> Void) throws {
    if state == .carriageReturn, row.cells.isEmpty {
      state = .rowStart
      return
    }
    if state == .cellStart { begin() }
    endCell()
    state = .rowStart
    defer {
      row.buffer.removeAll(keepingCapacity: true)
      row.cells.removeAll(keepingCapacity: true)
    }
    try take(row)
  }

  private var bareReturn: JSONError {
    problem(line, max(1, column - 1), "a carriage return that ends no line; lines end in LF or CR LF")
  }

  private var tooLong: JSONError {
    state == .quoted
      ? problem(opened.line, opened.column, "a quotation mark opens here and is not closed within 64 MB")
      : problem(row.line, 1, "a row of more than 64 MB")
  }

  private func problem(_ line: Int, _ column: Int, _ text: String) -> JSONError {
    JSONError(at: SourcePlace(file: file, line: line, column: column), text)
  }
}
