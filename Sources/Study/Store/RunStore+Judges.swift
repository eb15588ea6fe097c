internal import GRDB
internal import JudgeHost
internal import JudgeKit

extension RunStore {
  /// Kinds of judges that no panel declares: what a replay keeps and what was imported. A change of the panel leaves them.
  static let kindsWithoutPanel = ["replay", "imported"]

  /// Adds judges to those the run lists; one of the same name takes the other's place. Verdicts belong to configurations
  /// and stay.
  /// - Returns: names whose configuration has changed.
  func addJudges(_ judges: [JudgeInfo]) throws(RunError) -> [String] {
    try write { db in
      var changed: [String] = []
      for judge in judges {
        let known = try Row.fetchOne(db, sql: "SELECT id, position FROM judge WHERE name = ?", arguments: [judge.name])
        let position: Int
        if let known {
          position = known["position"]
          if known["id"] != judge.id { changed.append(judge.name) }
        } else {
          position = try Int.fetchOne(db, sql: "SELECT coalesce(max(position), -1) + 1 FROM judge") ?? 0
        }
        let (status, detail) = judge.status.stored
        try db.execute(
          sql: """
            INSERT OR REPLACE INTO judge
              (name, position, id, kind, status, statusDetail, configuration, seesRespondent, log)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, coalesce((SELECT log FROM judge WHERE name = ?), ''))
            """,
          arguments: [
            judge.name, position, judge.id, judge.kind, status, detail, judge.configuration, judge.seesRespondent,
            judge.name,
          ]
        )
      }
      return changed
    }
  }

  /// Keeps a judge that was made of another one's answers, with all its verdicts; what it had before goes.
  func keep(_ judge: JudgeInfo, _ judgements: [Judgement]) throws(RunError) {
    _ = try addJudges([judge])
    try write { try $0.execute(sql: "DELETE FROM verdict WHERE judge = ?", arguments: [judge.id]) }
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
