public import JSON

/// One row of a file with the columns that somebody asked for; valid inside the call that hands it over.
public struct Record {
  enum Source {
    case cells(CSVRow, slots: UnsafeBufferPointer<Int32>)
    case object(JSONDocument, keys: [String])
  }

  /// The line on which the row begins, from 1.
  public let line: Int
  let file: String
  let source: Source
  /// The bytes of each column asked for; without a base where the row is silent.
  let fields: UnsafeBufferPointer<UnsafeRawBufferPointer>

  /// The UTF-8 bytes of a column, nil where the row is silent.
  @inline(__always)
  public func bytes(_ column: Int) -> UnsafeRawBufferPointer? {
    let field = fields[column]
    return field.baseAddress == nil ? nil : field
  }

  /// The text of a column, nil where the row is silent.
  public func text(_ column: Int) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }

  /// Where a column's text begins; the row's start where it is silent.
  public func place(_ column: Int? = nil) -> SourcePlace {
    let row = SourcePlace(file: file, line: line, column: 1)
    guard let column, fields[column].baseAddress != nil else { return row }
    switch source {
    case .cells(let cells, let slots):
      let place = cells.place(Int(slots[column]))
      return SourcePlace(file: file, line: place.line, column: place.column)
    case .object(let document, let keys):
      return SourcePlace(file: file, line: line, column: document.place(of: .root.key(keys[column])).column)
    }
  }
}
