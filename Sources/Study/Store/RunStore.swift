internal import GRDB
internal import Glibc

/// One run file: SQLite in WAL mode. Writers commit per batch, so that whatever ends the process loses at most the batch in
/// flight; one process writes at a time.
public final class RunStore: Sendable {
  /// The file.
  public let file: String
  let queue: DatabaseQueue
  /// Held while this process may write; nil for readers.
  private let lock: RunLock?
  /// What this call made: it goes again where nothing comes of it.
  private let made: (folder: String?, file: Bool)

  /// The file of a run that is named by its folder or by itself.
  public static func file(of run: String) -> String {
    var status = stat()
    let isFolder = stat(run, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return isFolder ? "\(run.hasSuffix("/") ? String(run.dropLast()) : run)/run.sqlite" : run
  }

  /// Opens a run for reading.
  /// - Parameter leavesNoTrace: makes not even the files that SQLite sets beside a database.
  public static func reading(_ run: String, leavesNoTrace: Bool = false) throws(RunError) -> RunStore {
    let file = file(of: run)
    guard access(file, F_OK) == 0 else { throw .missing(path: run) }
    return try RunStore(file: file, lock: nil, made: (nil, false), leavesNoTrace: leavesNoTrace)
  }

  /// Opens or starts the run of a folder, which is made if need be.
  public static func writing(folder: String) throws(RunError) -> RunStore {
    let hadFolder = access(folder, F_OK) == 0
    try Folder.make(folder)
    let file = "\(folder)/run.sqlite"
    let made = (folder: hadFolder ? nil : folder, file: access(file, F_OK) != 0)
    let lock = try RunLock(file: file)
    do { return try RunStore(file: file, lock: lock, made: made) } catch {
      // A file that this call began and could not make whole is nothing anybody wants to find.
      remove(made, file)
      throw error
    }
  }

  /// Opens a run that is named by its folder or by its file, or starts one in the folder.
  public static func writing(run: String) throws(RunError) -> RunStore {
    let file = file(of: run)
    if file == run, access(file, F_OK) == 0 {
      return try RunStore(file: file, lock: RunLock(file: file), made: (nil, false))
    }
    guard !run.hasSuffix(".sqlite") else {
      throw .system(file: run, reason: "there is no such file; a new run is named by its folder")
    }
    return try writing(folder: run)
  }

  /// Opens a run that is there for writing; named by its folder or by itself.
  public static func updating(_ run: String) throws(RunError) -> RunStore {
    let file = file(of: run)
    guard access(file, F_OK) == 0 else { throw .missing(path: run) }
    return try RunStore(file: file, lock: RunLock(file: file), made: (nil, false))
  }

  /// Removes a run that this object began and that holds no answer: a study that fails at its start leaves nothing.
  public func removeIfEmpty() {
    let answers = try? queue.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM response") }
    guard made.file, answers == 0 else { return }
    try? queue.close()
    Self.remove(made, file)
  }

  private static func remove(_ made: (folder: String?, file: Bool), _ file: String) {
    guard made.file else { return }
    for suffix in ["", "-wal", "-shm", ".lock"] { unlink(file + suffix) }
    if let folder = made.folder { rmdir(folder) }
  }

  private init(
    file: String,
    lock: RunLock?,
    made: (folder: String?, file: Bool),
    leavesNoTrace: Bool = false
  ) throws(RunError) {
    self.file = file
    self.lock = lock
    self.made = made
    var configuration = Configuration()
    configuration.readonly = lock == nil
    configuration.busyMode = .timeout(10)
    configuration.label = "tribunal.run"
    do {
      let queue =
        leavesNoTrace
        ? try UntouchedDatabase.open(file) : try DatabaseQueue(path: file, configuration: configuration)
      self.queue = queue
      let (application, version, tables) = try queue.read { db in
        (
          try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
          try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        )
      }
      if tables > 0 || lock == nil {
        guard application == RunSchema.applicationID else {
          throw RunError.notARun(file: file, reason: "it is a database of another program")
        }
        // An older run is brought up to date when it is opened to be written; until then it is read as it is.
        let oldest = lock == nil ? RunSchema.oldestReadVersion : 1
        guard (oldest...RunSchema.version).contains(version) else {
          throw RunError.version(file: file, found: version, known: RunSchema.version)
        }
      } else {
        try queue.writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA journal_mode = WAL")
          try db.inTransaction {
            try db.execute(sql: "PRAGMA application_id = \(RunSchema.applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(RunSchema.version)")
            return .commit
          }
        }
      }
      if lock != nil {
        try RunSchema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(RunSchema.version)") }
      }
    } catch let error as RunError { throw error } catch { throw Self.error(error, file) }
  }

  /// Writes in one transaction.
  func write<Value: Sendable>(_ change: @Sendable (Database) throws -> Value) throws(RunError) -> Value {
    do { return try queue.write(change) } catch { throw Self.error(error, file) }
  }

  /// Reads a consistent state.
  func read<Value>(_ query: (Database) throws -> Value) throws(RunError) -> Value {
    do { return try queue.read(query) } catch { throw Self.error(error, file) }
  }

  static func error(_ error: any Error, _ file: String) -> RunError {
    guard let error = error as? DatabaseError else { return .system(file: file, reason: "\(error)") }
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .notARun(file: file, reason: error.message ?? "damaged")
    case .SQLITE_FULL: return .system(file: file, reason: "the disk is full")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return .system(file: file, reason: error.message ?? "no permission")
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .inUse(file: file)
    default:
      // Values of rows are answers of models: the message without them is enough.
      return .system(file: file, reason: error.message ?? "\(error.resultCode)")
    }
  }
}
