internal import GRDB
internal import Glibc
public import LabelTables

/// A file to import and the run it goes into.
public struct ImportRequest: Sendable {
  /// The file, a regular one.
  public let file: String
  /// How its rows stand there.
  public let format: TableFormat
  /// Which columns stand for which fields.
  public let mapping: ColumnMapping
  /// The run: its folder or its file.
  public let run: String
  /// Whether to read everything and change nothing.
  public let isCheck: Bool

  /// Makes a request.
  public init(file: String, format: TableFormat, mapping: ColumnMapping, run: String, isCheck: Bool) {
    self.file = file
    self.format = format
    self.mapping = mapping
    self.run = run
    self.isCheck = isCheck
  }

  /// The file's name without its folder: folders are nobody's business.
  var fileName: String { file.split(separator: "/").last.map(String.init) ?? file }

  /// Does the work in one transaction of the run: whatever it throws, the run stays as it was.
  /// - Parameters:
  ///   - begins: whether a run that is not there is begun (a check works on an empty one).
  ///   - work: gets the database for reading, nil where there is none, and whether it may write.
  func perform<Value>(begins: Bool, _ work: (Database?, _ writes: Bool) throws -> Value) throws -> Value {
    let exists = access(RunStore.file(of: run), F_OK) == 0
    if !exists, !begins { throw RunError.missing(path: run) }
    if isCheck {
      guard exists else { return try work(nil, false) }
      let store = try RunStore.reading(run)
      return try store.mappingErrors { try store.queue.read { try work($0, false) } }
    }
    let store = try RunStore.writing(run: run)
    do { return try store.mappingErrors { try store.queue.write { try work($0, true) } } } catch {
      store.removeIfEmpty()
      throw error
    }
  }
}

extension RunStore {
  /// Errors of the database in the words of a run; others pass.
  fileprivate func mappingErrors<Value>(_ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as DatabaseError { throw Self.error(error, file) }
  }
}
