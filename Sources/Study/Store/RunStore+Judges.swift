internal import GRDB
internal import JudgeHost
internal import JudgeKit

extension RunStore {
  /// Kinds of judges that no panel declares: what a replay keeps and what was imported. A change of the panel leaves them.
  static let kindsWithoutPanel = ["replay", "imported"]
  /// Replays come after the judges of panels and after imported ones, so that none of these needs to move.
  static let firstReplayPosition = 2_000_000

  /// SQL that holds for a judge that a panel declared.
  static var isOfPanel: String {
    "kind NOT IN (\(kindsWithoutPanel.map { "'\($0)'" }.joined(separator: ", ")))"
  }

  /// Two judges of one name could not be told apart.
  /// - Throws: ``RunError/judgeNameTaken(file:name:)``
  func refuseTakenNames(_ judges: [JudgeInfo]) throws(RunError) {
    let taken = try read { try String.fetchSet($0, sql: "SELECT name FROM judge WHERE NOT (\(Self.isOfPanel))") }
    if let judge = judges.first(where: { taken.contains($0.name) }) {
      throw .judgeNameTaken(file: file, name: judge.name)
    }
  }

  /// Adds judges of a panel to those the run lists; one of the same name takes the other's place. Verdicts belong to
  /// configurations and stay.
  /// - Returns: names whose configuration has changed.
  func addJudges(_ judges: [JudgeInfo]) throws(RunError) -> [String] {
    try refuseTakenNames(judges)
    return try write { db in
      var changed: [String] = []
      for judge in judges {
        let known = try String.fetchOne(db, sql: "SELECT id FROM judge WHERE name = ?", arguments: [judge.name])
        if let known, known != judge.id { changed.append(judge.name) }
        let next = "SELECT coalesce(max(position), -1) + 1 FROM judge WHERE \(Self.isOfPanel)"
        try Self.put(judge, position: try Int.fetchOne(db, sql: next) ?? 0, db)
      }
      return changed
    }
  }

  /// A judge of the same name gives way; its position and log stay.
  private static func put(_ judge: JudgeInfo, position: Int, _ db: Database) throws {
    let (status, detail) = judge.status.stored
    try db.execute(
      sql: """
        INSERT INTO judge (name, position, id, kind, status, statusDetail, configuration, seesRespondent, log)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')
        ON CONFLICT (name) DO UPDATE SET id = excluded.id, kind = excluded.kind, status = excluded.status,
          statusDetail = excluded.statusDetail, configuration = excluded.configuration,
          seesRespondent = excluded.seesRespondent
        """,
      arguments: [
        judge.name, position, judge.id, judge.kind, status, detail, judge.configuration, judge.seesRespondent,
      ]
    )
  }

  /// Keeps a judge that was made of another one's answers, with all its verdicts; what it had before goes.
  func keep(_ judge: JudgeInfo, _ judgements: [Judgement]) throws(RunError) {
    try write { db in
      let next = "SELECT coalesce(max(position) + 1, \(Self.firstReplayPosition)) FROM judge WHERE kind = 'replay'"
      try Self.put(judge, position: try Int.fetchOne(db, sql: next) ?? Self.firstReplayPosition, db)
      try db.execute(sql: "DELETE FROM verdict WHERE judge = ?", arguments: [judge.id])
    }
    try insert(judgements, judge: judge.id)
  }

  /// Keeps the card of a judge's check.
  /// - Parameters:
  ///   - judge: hash of its configuration.
  ///   - time: ISO 8601, UTC.
  ///   - card: JSON.
  public func insertCheck(judge: String, time: String, card: String) throws(RunError) {
    try write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO judgeCheck (judge, time, card) VALUES (?, ?, ?)",
        arguments: [judge, time, card]
      )
    }
  }

  /// The cards of a judge, oldest first.
  public func checks(judge: String) throws(RunError) -> [(time: String, card: String)] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT time, card FROM judgeCheck WHERE judge = ? ORDER BY time", arguments: [judge])
        .map { ($0["time"], $0["card"]) }
    }
  }
}
