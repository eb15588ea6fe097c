internal import GRDB
internal import JSON
internal import JudgeKit

extension Verdict {
  /// Its evidence as JSON: `[[start, length, rule] …]`.
  var storedEvidence: String {
    // Most verdicts have none, and writing an empty list through the JSON library costs more than the rest of the row.
    guard !evidence.isEmpty else { return "[]" }
    return JSONValue.array(
      evidence.map { [.integer(Int64($0.start)), .integer(Int64($0.length)), .string($0.rule)] }
    ).text()
  }

  /// The columns that a verdict is read from, in SQL.
  static let columns =
    (["outcome", "reason", "score", "reading", "evidence"]
    + ["raw", "scaleLabel", "detail"].map { WholeText.column($0) }).joined(separator: ", ")

  /// Reads a row with the ``columns``; nil where its words are unknown.
  init?(row: Row) {
    guard let outcome = Outcome(word: row["outcome"], reason: row["reason"]) else { return nil }
    self.init(
      outcome,
      score: row["score"],
      raw: row.wholeIfAny("raw"),
      reading: row["reading"],
      scaleLabel: row.wholeIfAny("scaleLabel"),
      detail: row.wholeIfAny("detail"),
      evidence: Self.evidence(row["evidence"])
    )
  }

  private static func evidence(_ text: String) -> [Evidence] {
    guard text != "[]" else { return [] }
    return (RunStore.json(text).array ?? []).compactMap { entry -> Evidence? in
      guard let start = entry.array?.first?.integer, let parts = entry.array, parts.count == 3,
        let length = parts[1].integer, let rule = parts[2].string
      else { return nil }
      return Evidence(start: start, length: length, rule: rule)
    }
  }
}
