public import JSON

/// What is wrong with a file to import: the first problems met, and how many more there are.
public struct FileErrors: Error, Sendable, Equatable, CustomStringConvertible {
  /// The first problems, at least one and at most ``limit``.
  public let errors: [JSONError]
  /// How many more there are.
  public let more: Int

  /// So many problems are kept with their places.
  public static let limit = 20

  /// The one problem of an option.
  public init(option: String, _ problem: String) {
    errors = [JSONError(file: option, problem)]
    more = 0
  }

  /// So many with their places, and how many more.
  public init(errors: [JSONError], more: Int) {
    self.errors = errors
    self.more = more
  }

  /// One line a problem, and a last one where there are more.
  public var description: String {
    let lines = errors.map(\.description)
    let rest = "… and \(more) more problem\(more == 1 ? "" : "s"); nothing was imported"
    return (more == 0 ? lines : lines + [rest]).joined(separator: "\n")
  }
}

/// Collects problems while a file is read; used from one task.
public final class FileProblems {
  private var first: [JSONError] = []
  /// How many were noted.
  public private(set) var count = 0

  /// Starts with none.
  public init() {}

  /// Notes one at a place.
  public func add(_ place: SourcePlace, _ problem: String) { add(JSONError(at: place, problem)) }

  /// Notes one.
  public func add(_ error: JSONError) {
    count += 1
    if first.count < FileErrors.limit { first.append(error) }
  }

  /// Notes that there are more like the last ones, without their places.
  func addMore(_ number: Int) { count += number }

  /// Ends the reading where anything was noted.
  public func throwIfAny() throws(FileErrors) {
    if count > 0 { throw FileErrors(errors: first, more: count - first.count) }
  }
}
