public import JSON

/// Where a prompt stands: on a line of a text file, or in a row of a Parquet file.
public struct PromptPlace: Sendable, Equatable, CustomStringConvertible {
  /// The file's name as the user gave it.
  public let file: String
  /// Line or row, from 1.
  public let line: Int
  /// The column of a line, from 1; nil in a row.
  public let column: Int?

  /// Makes a place; without a column it is a row.
  public init(file: String, line: Int, column: Int? = 1) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:12`, or `file, row 12`
  public var description: String { column == nil ? "\(file), row \(line)" : "\(file):\(line)" }
  /// `line 12`, or `row 12`
  var withoutFile: String { column == nil ? "row \(line)" : "line \(line)" }

  /// A problem at this place.
  public func error(_ problem: String) -> JSONError {
    if let column { return JSONError(at: SourcePlace(file: file, line: line, column: column), problem) }
    return JSONError(file: file, "row \(line): \(problem)")
  }
}
