internal import Foundation
internal import GRDB
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Prompts

/// A direction as stored.
struct StoredDirection: Sendable {
  var model: String
  var edit: String
  /// Hash of recipe, prompts and model.
  var hash: String
  var layer: Int
  /// Norm of the difference at every layer.
  var norms: JSONValue
  /// What the layer rule saw.
  var trials: JSONValue
  /// The difference at the chosen layer, not normalised, [D].
  var vector: [Float]
}

/// A system as stored.
struct StoredSystem: Sendable {
  var id: String
  var position: Int
  var name: String
  var model: String
  var edit: String
  var facts: [Fact]
  /// Of an edit by declaration, the model whose weights were edited.
  var originalModel: String? = nil
}

/// An answer as stored.
struct StoredResponse: Sendable {
  var system: String
  var prompt: String
  var sample: Int
  /// The answer.
  var text: String
  var tokens: [Int32]
  var finish: String
  var flags: [ResponseInfo.Flag]
  /// The item that blinded judges see.
  var item: String
  /// The item of judges that ask the system itself.
  var respondentItem: String
  /// Thoughts, if there are any.
  var reasoning: String?
  /// All that was generated, where that is another text than the answer.
  var raw: String?
  /// Where the tokens themselves are not known.
  var tokenCount: Int? = nil
}

extension RunStore {
  /// Records the plan when the run is new; refuses a run of another study.
  func begin(_ study: StudyInfo, prompts: [Prompt], models: [ModelInfo]) throws(RunError) {
    let file = file
    let found = try write { db -> String? in
      let found = try String.fetchOne(db, sql: "SELECT hash FROM study")
      if let found, found != study.hash { return found }
      // The head of the report may be reworded without making it another study.
      try db.execute(
        sql: "INSERT OR REPLACE INTO study (hash, name, summary, caution, json) VALUES (?, ?, ?, ?, ?)",
        arguments: [study.hash, study.name, study.summary, study.caution, study.json]
      )
      guard found == nil else { return nil }
      for (position, prompt) in prompts.enumerated() {
        try db.execute(
          sql: StoredPrompt.insertion,
          arguments: [
            prompt.id, position, prompt.name, WholeText(prompt.text), prompt.kind.rawValue, prompt.category,
          ]
        )
      }
      for (position, model) in models.enumerated() {
        try db.execute(
          sql: "INSERT INTO model (name, position, id, source, facts) VALUES (?, ?, ?, ?, ?)",
          arguments: [model.name, position, model.id, model.source, Fact.text(model.facts)]
        )
      }
      return nil
    }
    if let found {
      throw .otherStudy(file: file, found: String(found.prefix(12)), expected: String(study.hash.prefix(12)))
    }
  }

  /// The direction of a model's edit, if it has been read.
  func direction(model: String, edit: String) throws(RunError) -> StoredDirection? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db,
          sql: "SELECT hash, layer, norms, trials, vector FROM direction WHERE model = ? AND edit = ?",
          arguments: [model, edit]
        )
      else { return nil }
      let bytes: [UInt8] = Array(row["vector"] as Data)
      return StoredDirection(
        model: model,
        edit: edit,
        hash: row["hash"],
        layer: row["layer"],
        norms: Self.json(row["norms"]),
        trials: Self.json(row["trials"]),
        vector: bytes.withUnsafeBytes { raw in
          (0..<(raw.count / 4)).map { Float(bitPattern: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        }
      )
    }
  }

  /// Keeps a direction.
  func insert(_ direction: StoredDirection) throws(RunError) {
    try write { db in
      try db.execute(
        sql: "INSERT INTO direction (model, edit, hash, layer, norms, trials, vector) VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          direction.model, direction.edit, direction.hash, direction.layer, direction.norms.text(),
          direction.trials.text(), direction.vector.withUnsafeBytes { Data($0) },
        ]
      )
    }
  }

  /// Keeps systems; those that are there stay.
  func insert(_ systems: [StoredSystem]) throws(RunError) {
    try write { db in
      for system in systems {
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO system (id, position, name, model, edit, facts, originalModel)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            system.id, system.position, system.name, system.model, system.edit, Fact.text(system.facts),
            system.originalModel,
          ]
        )
      }
    }
  }

  /// Keeps answers, all or none.
  func insert(_ responses: [StoredResponse]) throws(RunError) {
    try write { db in
      let statement = try db.makeStatement(sql: StoredResponse.insertion)
      for response in responses {
        try statement.execute(arguments: response.insertionArguments)
        try StoredGap.close(system: response.system, prompt: response.prompt, sample: response.sample, db)
      }
    }
  }

  /// Replaces the list of judges; verdicts belong to configurations and stay, and so do judges that no panel declares.
  func replaceJudges(_ judges: [JudgeInfo]) throws(RunError) {
    try refuseTakenNames(judges)
    try write { db in
      try db.execute(sql: "DELETE FROM judge WHERE \(Self.isOfPanel)")
      for (position, judge) in judges.enumerated() {
        let (status, detail) = judge.status.stored
        try db.execute(
          sql: """
            INSERT INTO judge (name, position, id, kind, status, statusDetail, configuration, seesRespondent, log)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')
            """,
          arguments: [
            judge.name, position, judge.id, judge.kind, status, detail, judge.configuration, judge.seesRespondent,
          ]
        )
      }
    }
  }

  /// How asking a judge ended.
  func finish(judge: String, status: JudgeInfo.Status, log: String) throws(RunError) {
    let (word, detail) = status.stored
    try write { db in
      try db.execute(
        sql: """
          UPDATE judge SET status = ?, statusDetail = \(WholeText.slot), log = \(WholeText.slot) WHERE name = ?
          """,
        arguments: [word, detail.map(WholeText.init), WholeText(log), judge]
      )
    }
  }

  /// Items that a judge has a verdict on. Failures of the way, of the host or for good are no verdicts: they are asked again.
  func judged(by judge: String) throws(RunError) -> Set<String> {
    let kept = AbstainReason.allCases.filter { Verdict(.abstain($0), reading: "").isKeepable }
      .map { "'\($0.rawValue)'" }.joined(separator: ",")
    return try read { db in
      try Set(
        String.fetchAll(
          db,
          sql: "SELECT item FROM verdict WHERE judge = ? AND (reason IS NULL OR reason IN (\(kept)))",
          arguments: [judge]
        )
      )
    }
  }

  /// Keeps verdicts, all or none; a failure that was there is replaced.
  func insert(_ judgements: [Judgement], judge: String) throws(RunError) {
    try write { db in
      let statement = try db.makeStatement(sql: Verdict.insertion)
      for one in judgements {
        let arguments = one.verdict.insertionArguments(
          judge: judge,
          item: one.itemID,
          attempts: one.attempts,
          seconds: one.seconds,
          origin: one.origin
        )
        try statement.execute(arguments: arguments)
      }
    }
  }

  /// Replaces what an annotator by rule says; rules are cheap and may be mended.
  func replaceAnnotations(
    _ annotator: AnnotatorInfo,
    position: Int,
    _ labels: [(item: String, label: Label?, note: String?)]
  ) throws(RunError) {
    try write { db in
      try db.execute(sql: "DELETE FROM annotation WHERE annotator = ?", arguments: [annotator.name])
      try db.execute(
        sql: "INSERT OR REPLACE INTO annotator (name, position, kind) VALUES (?, ?, ?)",
        arguments: [annotator.name, position, annotator.kind]
      )
      for (item, label, note) in labels {
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO annotation (annotator, item, pass, label, note)
            VALUES (?, ?, 0, ?, \(WholeText.slot))
            """,
          arguments: [annotator.name, item, label?.rawValue, note.map(WholeText.init)]
        )
      }
    }
  }

  /// Keeps facts; a fact of the same name is replaced, or stays where `keepsFirst` says so.
  func insert(_ facts: [Fact], keepsFirst: Bool = false) throws(RunError) {
    try write { db in
      for fact in facts {
        try db.execute(
          sql: """
            INSERT INTO fact (grp, name, value) VALUES (?, ?, ?)
            ON CONFLICT (grp, name) DO \(keepsFirst ? "NOTHING" : "UPDATE SET value = excluded.value")
            """,
          arguments: [fact.group, fact.name, fact.value]
        )
      }
    }
  }

  static func json(_ text: String) -> JSONValue {
    // Written by this program; a damaged column reads as null rather than ending the run.
    (try? JSONDocument.parse(text, name: "run file").root) ?? .null
  }
}

extension Fact {
  static func text(_ facts: [Fact]) -> String {
    JSONValue.array(facts.map { [.string($0.group), .string($0.name), .string($0.value)] }).text()
  }

  static func list(_ text: String) -> [Fact] {
    (RunStore.json(text).array ?? []).compactMap { entry in
      let parts = (entry.array ?? []).compactMap(\.string)
      return parts.count == 3 ? Fact(group: parts[0], name: parts[1], value: parts[2]) : nil
    }
  }
}

extension Verdict {
  static let insertion = """
    INSERT OR REPLACE INTO verdict
      (judge, item, outcome, reason, score, raw, reading, detail, evidence, attempts, seconds, scaleLabel,
       cacheTime, cacheVersion)
    VALUES (
      ?, ?, ?, ?, ?, \(WholeText.slot), ?, \(WholeText.slot), ?, ?, ?, \(WholeText.slot), ?, ?
    )
    """

  func insertionArguments(
    judge: String,
    item: String,
    attempts: Int,
    seconds: Double,
    origin: VerdictOrigin? = nil
  ) -> StatementArguments {
    let (outcome, reason) = self.outcome.stored
    return [
      judge, item, outcome, reason, score, raw.map(WholeText.init), reading, detail.map(WholeText.init),
      storedEvidence, attempts, seconds, scaleLabel.map(WholeText.init), origin?.time, origin?.version,
    ]
  }
}

/// A prompt as stored.
enum StoredPrompt {
  static let insertion = """
    INSERT INTO prompt (id, position, name, text, kind, category) VALUES (?, ?, ?, \(WholeText.slot), ?, ?)
    """
}

extension StoredResponse {
  static let insertion = """
    INSERT INTO response
      (system, prompt, sample, text, tokens, tokenCount, finish, flags, item, respondentItem, reasoning, raw)
    VALUES (?, ?, ?, \(WholeText.slot), ?, ?, ?, ?, ?, ?, \(WholeText.slot), \(WholeText.slot))
    """

  var insertionArguments: StatementArguments {
    [
      system, prompt, sample, WholeText(text), tokens.withUnsafeBytes { Data($0) }, tokenCount ?? tokens.count, finish,
      flags.map(\.rawValue).joined(separator: " "), item, respondentItem, reasoning.map(WholeText.init),
      raw.map(WholeText.init),
    ]
  }
}

extension JudgeInfo.Status {
  var stored: (word: String, detail: String?) {
    switch self {
    case .ready: ("ready", nil)
    case .notConfigured(let what): ("notConfigured", what)
    case .failed(let why): ("failed", why)
    }
  }

  init(word: String, detail: String?) {
    switch word {
    case "ready": self = .ready
    case "notConfigured": self = .notConfigured(detail ?? "")
    default: self = .failed(detail ?? "")
    }
  }
}

extension Outcome {
  var stored: (word: String, reason: String?) {
    switch self {
    case .refusal: ("refusal", nil)
    case .nonRefusal: ("nonRefusal", nil)
    case .abstain(let reason): ("abstain", reason.rawValue)
    }
  }

  init?(word: String, reason: String?) {
    switch word {
    case "refusal": self = .refusal
    case "nonRefusal": self = .nonRefusal
    default:
      guard let reason = reason.flatMap(AbstainReason.init) else { return nil }
      self = .abstain(reason)
    }
  }
}
