/// One row of a file of comma-separated values; valid inside the call that hands it over.
public struct CSVRow {
  struct Cell {
    /// Of the text, without quotation marks around it, from the row's start.
    var start: UInt32
    var end: UInt32
    /// Whether quotation marks inside are written twice.
    var isEscaped: Bool
  }

  /// The line on which the row begins, from 1.
  public let line: Int
  /// The row as it stands in the file, without its line end.
  public let source: UnsafeRawBufferPointer
  let cells: UnsafeBufferPointer<Cell>

  /// Cells.
  public var count: Int { cells.count }

  /// The bytes of a cell; nil where quotation marks inside are written twice, which `text` and `append` undo.
  @inline(__always)
  func plainBytes(_ cell: Int) -> UnsafeRawBufferPointer? {
    let place = cells[cell]
    return place.isEscaped ? nil : UnsafeRawBufferPointer(rebasing: source[Int(place.start)..<Int(place.end)])
  }

  /// Appends a cell's bytes.
  func append(_ cell: Int, to buffer: ByteBuffer) {
    let place = cells[cell]
    let raw = UnsafeRawBufferPointer(rebasing: source[Int(place.start)..<Int(place.end)])
    guard place.isEscaped else { return buffer.append(raw) }
    var rest = raw[...]
    while let mark = rest.firstIndex(of: UInt8(ascii: "\"")) {
      buffer.append(UnsafeRawBufferPointer(rebasing: rest[...mark]))
      rest = rest[(mark + 2)...]
    }
    buffer.append(UnsafeRawBufferPointer(rebasing: rest))
  }

  /// The bytes of a cell.
  public func bytes(_ cell: Int) -> [UInt8] {
    if let plain = plainBytes(cell) { return Array(plain) }
    let buffer = ByteBuffer()
    append(cell, to: buffer)
    return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
  }

  /// The text of a cell, nil where it is not UTF-8.
  public func text(_ cell: Int) -> String? {
    if let plain = plainBytes(cell) { return String(validating: plain, as: UTF8.self) }
    return String(validating: bytes(cell), as: UTF8.self)
  }

  /// Where a cell's text begins; line and column count from 1, columns in characters.
  public func place(_ cell: Int) -> (line: Int, column: Int) { place(offset: Int(cells[cell].start)) }

  /// Where a byte of the row stands.
  func place(offset: Int) -> (line: Int, column: Int) { Self.place(offset, in: source, line: line) }

  static func place(_ offset: Int, in source: UnsafeRawBufferPointer, line: Int) -> (line: Int, column: Int) {
    var (line, column) = (line, 1)
    for byte in source.prefix(offset) {
      if byte == 0x0A {
        (line, column) = (line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }

  /// The first byte that is no part of UTF-8, nil where all are.
  public var invalidOffset: Int? { UTF8Check.firstInvalid(source) }
}
