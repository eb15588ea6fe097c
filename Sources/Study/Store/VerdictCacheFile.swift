internal import Dispatch
internal import Foundation
internal import GRDB
internal import Glibc
public import JudgeHost
public import JudgeKit
internal import Locking

/// Verdicts of all runs of this user in one SQLite file: the key is judge hash and item hash. Several processes may use it at
/// once.
///
/// It is a convenience and never a source of failure: a file that is damaged, foreign, newer or out of reach gives one
/// warning and is not used any more.
public final class VerdictCacheFile: VerdictCache {
  /// `TRIV`, in the header of every cache file.
  static let applicationID: Int32 = 0x5452_4956
  /// The version of its tables that this program reads and writes.
  static let schemaVersion = 1

  /// The file.
  public let file: String
  private let queue: DatabaseQueue
  private let version: String
  private let now: @Sendable () -> String
  private let warn: @Sendable (String) -> Void
  private let isOff = Locked(false)

  /// Where the cache lies: `$TRIBUNAL_CACHE/verdicts.sqlite` (or `$TRIBUNAL_CACHE` itself where it names a `.sqlite` file),
  /// else `$XDG_CACHE_HOME/tribunal/verdicts.sqlite`, else `$HOME/.cache/tribunal/verdicts.sqlite`; nil without any of these.
  public static func standardFile(environment: [String: String]) -> String? {
    if let own = environment["TRIBUNAL_CACHE"], !own.isEmpty {
      return own.hasSuffix(".sqlite") ? own : "\(own)/verdicts.sqlite"
    }
    // The base directory specification says that relative paths are to be ignored.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return "\(base)/tribunal/verdicts.sqlite" }
    return environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.cache/tribunal/verdicts.sqlite" }
  }

  /// Opens the cache, which is made if need be; nil after a warning.
  /// - Parameters:
  ///   - version: the program's, kept with each verdict.
  ///   - now: the time kept with each verdict, ISO 8601; nil asks the clock.
  ///   - warn: gets one line that says what is wrong and how to mend it.
  public static func opening(
    _ file: String,
    version: String,
    now: (@Sendable () -> String)? = nil,
    warn: @escaping @Sendable (String) -> Void
  ) -> VerdictCacheFile? {
    do {
      try Folder.make(Folder.of(file), mode: 0o700)
      // Verdicts hold what judges wrote about private answers.
      let lock = open("\(file).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      defer { if lock >= 0 { close(lock) } }
      // Two processes that make the file at once would find each other's half; on a disk without locks nobody waits.
      if lock >= 0 { _ = flock(lock, LOCK_EX) }
      let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      if descriptor >= 0 { close(descriptor) }
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.label = "tribunal.verdicts"
      let queue = try DatabaseQueue(path: file, configuration: configuration)
      try queue.writeWithoutTransaction { db in
        guard try isOurs(db, file) else {
          try db.execute(sql: "PRAGMA journal_mode = WAL")
          try db.inTransaction(.immediate) {
            try make(db)
            return .commit
          }
          return
        }
      }
      // The last transactions may be lost with the power; the cache then asks again, and is never damaged.
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
      return VerdictCacheFile(file, queue, version, now ?? { Date.now.formatted(.iso8601) }, warn)
    } catch {
      warn(warning(file, error))
      return nil
    }
  }

  /// Opens a cache to look into it, and changes nothing on the disk; nil where there is none, or after a warning.
  public static func reading(_ file: String, warn: @escaping @Sendable (String) -> Void) -> VerdictCacheFile? {
    guard access(file, F_OK) == 0 else { return nil }
    do {
      let queue = try UntouchedDatabase.open(file)
      guard try queue.read({ try isOurs($0, file) }) else { return nil }
      return VerdictCacheFile(file, queue, "", { "" }, warn)
    } catch {
      warn(warning(file, error))
      return nil
    }
  }

  private init(
    _ file: String,
    _ queue: DatabaseQueue,
    _ version: String,
    _ now: @escaping @Sendable () -> String,
    _ warn: @escaping @Sendable (String) -> Void
  ) {
    self.file = file
    self.queue = queue
    self.version = version
    self.now = now
    self.warn = warn
  }

  /// What it knows of these items; what cannot be read is not known.
  public func verdicts(judge: String, items: [String]) async -> [String: CachedVerdict] {
    guard !isOff.withLock({ $0 }) else { return [:] }
    let found: Result<[String: CachedVerdict], any Error> = await withCheckedContinuation { continuation in
      queue.asyncRead { db in
        continuation.resume(returning: Result { try Self.verdicts(try db.get(), judge, items) })
      }
    }
    switch found {
    case .success(let known): return known
    case .failure(let error):
      turnOff(error)
      return [:]
    }
  }

  /// Keeps verdicts, all or none.
  public func keep(judge: String, _ verdicts: [(itemID: String, verdict: Verdict)]) async {
    guard !isOff.withLock({ $0 }) else { return }
    let (time, version) = (now(), version)
    // Not the async face of GRDB, which a cancelled task would not get through.
    let kept: Result<Void, any Error> = await withCheckedContinuation { continuation in
      queue.asyncWriteWithoutTransaction { db in
        continuation.resume(
          returning: Result {
            try db.inTransaction(.immediate) {
              try Self.keep(db, judge, verdicts, time, version)
              return .commit
            }
          }
        )
      }
    }
    if case .failure(let error) = kept { turnOff(error) }
  }

  private func turnOff(_ error: any Error) {
    let isFirst = isOff.withLock { isOff in
      defer { isOff = true }
      return !isOff
    }
    if isFirst { warn(Self.warning(file, error)) }
  }

  private struct Foreign: Error, CustomStringConvertible {
    let description: String
  }

  private static func warning(_ file: String, _ error: any Error) -> String {
    let reason =
      switch error {
      case let error as DatabaseError:
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: "it is damaged"
        case .SQLITE_FULL: "the disk is full"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another process keeps it locked"
        // Values of rows are answers of models: the message without them is enough.
        default: error.message ?? "\(error.resultCode)"
        }
      case let error as RunError:
        if case .system(_, let reason) = error { reason } else { "\(error)" }
      default: "\(error)"
      }
    return "\(file): the verdict cache is not used: \(reason); remove the file, or set TRIBUNAL_CACHE to another folder"
  }

  /// False for an empty file.
  private static func isOurs(_ db: Database, _ file: String) throws -> Bool {
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard tables > 0 else { return false }
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard application == applicationID else { throw Foreign(description: "it is a database of another program") }
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard version == schemaVersion else {
      throw Foreign(description: "it is of version \(version), and this program knows version \(schemaVersion)")
    }
    return true
  }

  private static func make(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE verdict (
          judge TEXT NOT NULL, item TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, score REAL, raw TEXT,
          reading TEXT NOT NULL, scaleLabel TEXT, detail TEXT, evidence TEXT NOT NULL,
          time TEXT NOT NULL, version TEXT NOT NULL,
          PRIMARY KEY (judge, item)
        ) STRICT, WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(schemaVersion);
        """
    )
  }

  private static func verdicts(_ db: Database, _ judge: String, _ items: [String]) throws -> [String: CachedVerdict] {
    var known: [String: CachedVerdict] = [:]
    let statement = try db.cachedStatement(
      sql: "SELECT \(Verdict.columns), time, version FROM verdict WHERE judge = ? AND item = ?"
    )
    for item in items {
      guard let row = try Row.fetchOne(statement, arguments: [judge, item]), let verdict = Verdict(row: row) else {
        continue
      }
      known[item] = CachedVerdict(verdict, origin: VerdictOrigin(time: row["time"], version: row["version"]))
    }
    return known
  }

  private static func keep(
    _ db: Database,
    _ judge: String,
    _ verdicts: [(itemID: String, verdict: Verdict)],
    _ time: String,
    _ version: String
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO verdict
          (judge, item, outcome, reason, score, raw, reading, scaleLabel, detail, evidence, time, version)
        VALUES
          (?, ?, ?, ?, ?, \(WholeText.slot), ?, \(WholeText.slot), \(WholeText.slot), ?, ?, ?)
        """
    )
    for (item, verdict) in verdicts {
      let (outcome, reason) = verdict.outcome.stored
      try statement.execute(arguments: [
        judge, item, outcome, reason, verdict.score, verdict.raw.map(WholeText.init), verdict.reading,
        verdict.scaleLabel.map(WholeText.init), verdict.detail.map(WholeText.init), verdict.storedEvidence, time,
        version,
      ])
    }
  }
}
