/// What is wrong with a Parquet file, and where in it.
public struct ParquetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file's name as the user gave it.
  public let file: String
  /// The part of the file: `the footer`, `row group 2, column "text", page 3`; nil where the whole file is meant.
  public let place: String?
  /// What is wrong, what was expected and how to mend it.
  public let problem: String

  /// Makes an error.
  public init(file: String, place: String? = nil, _ problem: String) {
    self.file = file
    self.place = place
    self.problem = problem
  }

  /// The place and the problem, without the file.
  public var text: String { place.map { "\($0): \(problem)" } ?? problem }

  /// `file: place: problem`
  public var description: String { "\(file): \(text)" }
}

/// A problem in some bytes, before anybody has said which part of which file they are.
struct ParquetFault: Error {
  let problem: String

  init(_ problem: String) { self.problem = problem }
}
