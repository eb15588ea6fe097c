/// A place in a text file; line and column count from 1, columns in characters.
public struct SourcePlace: Sendable, Equatable, Comparable, CustomStringConvertible {
  /// The file's name as the user gave it.
  public let file: String
  /// Line, from 1.
  public let line: Int
  /// Column, from 1.
  public let column: Int

  /// Makes a place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`
  public var description: String { "\(file):\(line):\(column)" }

  /// Orders by line, then column.
  public static func < (left: SourcePlace, right: SourcePlace) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where, when the text could be read at all.
  public let place: SourcePlace?
  /// The file's name.
  public let file: String
  /// What is wrong, what was expected and how to mend it.
  public let problem: String

  /// Makes an error with a place.
  public init(at place: SourcePlace, _ problem: String) {
    self.place = place
    self.file = place.file
    self.problem = problem
  }

  /// Makes an error of a whole file.
  public init(file: String, _ problem: String) {
    self.place = nil
    self.file = file
    self.problem = problem
  }

  /// `file:line:column: problem`
  public var description: String { "\(place?.description ?? file): \(problem)" }
}

/// Several errors of one file, in the order of their places.
public struct JSONErrors: Error, Sendable, Equatable, CustomStringConvertible {
  /// The errors, at least one.
  public let errors: [JSONError]

  /// Sorts the errors by place.
  public init(_ errors: [JSONError]) {
    self.errors = errors.enumerated().sorted { left, right in
      guard let first = left.element.place, let second = right.element.place, first != second else {
        return left.offset < right.offset
      }
      return first < second
    }.map(\.element)
  }

  /// One line an error.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
