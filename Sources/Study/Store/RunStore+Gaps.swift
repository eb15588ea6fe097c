internal import GRDB
internal import JudgeHost
internal import JudgeKit

/// A prompt that a system has not answered, as stored.
struct StoredGap: Sendable {
  var system: String
  var prompt: String
  var sample: Int
  var reason: AbstainReason
  /// What came instead, or what the endpoint said.
  var detail: String?
  /// Requests of the last attempt.
  var requests: Int

  /// Forgets that an answer was missing.
  static func close(system: String, prompt: String, sample: Int, _ db: Database) throws {
    try db.execute(
      sql: "DELETE FROM gap WHERE system = ? AND prompt = ? AND sample = ?",
      arguments: [system, prompt, sample]
    )
  }
}

extension RunStore {
  /// Keeps that an answer is missing; an older reason gives way.
  func insert(_ gap: StoredGap) throws(RunError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO gap (system, prompt, sample, reason, detail, requests)
          VALUES (?, ?, ?, ?, \(WholeText.slot), ?)
          """,
        arguments: [
          gap.system, gap.prompt, gap.sample, gap.reason.rawValue, gap.detail.map(WholeText.init), gap.requests,
        ]
      )
    }
  }

  /// What a system need not be asked (prompt id and sample): its answers, and the gaps that hold for good because the system
  /// itself gave something else than an answer.
  func settled(system: String) throws(RunError) -> Set<String> {
    let kept = AbstainReason.allCases.filter { Verdict(.abstain($0), reading: "").isKeepable }
      .map { "'\($0.rawValue)'" }.joined(separator: ",")
    return try read { db in
      try Set(
        String.fetchAll(
          db,
          sql: """
            SELECT prompt || ' ' || sample FROM response WHERE system = :system
            UNION SELECT prompt || ' ' || sample FROM gap WHERE system = :system AND reason IN (\(kept))
            """,
          arguments: ["system": system]
        )
      )
    }
  }

  /// All missing answers in the order of the study.
  static func gaps(_ db: Database, _ systems: [SystemInfo], _ prompts: [PromptInfo]) throws -> [GapInfo] {
    // A run of version 2 knows no systems elsewhere.
    guard try db.tableExists("gap") else { return [] }
    let systemAt = Dictionary(uniqueKeysWithValues: systems.enumerated().map { ($1.id, $0) })
    let promptAt = Dictionary(uniqueKeysWithValues: prompts.enumerated().map { ($1.id, $0) })
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT g.system, g.prompt, g.sample, g.reason, \(WholeText.column("detail", of: "g")), g.requests
        FROM gap g JOIN system s ON s.id = g.system JOIN prompt p ON p.id = g.prompt
        ORDER BY s.position, p.position, g.sample
        """
    )
    return rows.compactMap { row in
      guard let system = systemAt[row["system"]], let prompt = promptAt[row["prompt"]],
        let reason = AbstainReason(rawValue: row["reason"])
      else { return nil }
      return GapInfo(
        system: system,
        prompt: prompt,
        sample: row["sample"],
        reason: reason,
        detail: row.wholeIfAny("detail"),
        requests: row["requests"]
      )
    }
  }
}
