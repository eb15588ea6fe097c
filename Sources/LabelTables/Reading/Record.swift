public import JSON

/// One row of a file with the columns that somebody asked for; valid inside the call that hands it over.
public struct Record {
  /// The line on which the row begins, from 1.
  public let line: Int
  /// The bytes of each column asked for; without a base where the row is silent.
  let fields: UnsafeBufferPointer<UnsafeRawBufferPointer>
  /// Its reader, which outlives it: rows are too many to be counted as owners.
  unowned(unsafe) let reader: RecordReader

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
    guard let column, fields[column].baseAddress != nil, let place = reader.place(column) else {
      return SourcePlace(file: reader.file, line: line, column: 1)
    }
    return SourcePlace(file: reader.file, line: place.line, column: place.column)
  }
}
