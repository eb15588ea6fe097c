internal import GRDB
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import LabelTables
internal import Prompts

extension RunStore {
  /// Everything the run holds so far, in the order of the study.
  public func results() throws(RunError) -> RunResults {
    let file = file
    let results = try read { db -> RunResults? in
      guard let study = try Row.fetchOne(db, sql: "SELECT * FROM study") else { return nil }
      let prompts = try Self.prompts(db).compactMap { row in
        PromptKind(rawValue: row["kind"]).map {
          PromptInfo(id: row["id"], name: row["name"], text: row.whole("text"), kind: $0, category: row["category"])
        }
      }
      let models = try Row.fetchAll(db, sql: "SELECT * FROM model ORDER BY position").map { row in
        ModelInfo(id: row["id"], name: row["name"], source: row["source"], facts: Fact.list(row["facts"]))
      }
      let systems = try Self.systems(db, models)
      let judges = try Self.judges(db).map { row in
        JudgeInfo(
          id: row["id"],
          name: row["name"],
          kind: row["kind"],
          status: JudgeInfo.Status(word: row["status"], detail: row.wholeIfAny("statusDetail")),
          configuration: row["configuration"],
          seesRespondent: row["seesRespondent"],
          construct: ImportedJudge.construct(kind: row["kind"], configuration: row["configuration"])
        )
      }
      let annotators = try Row.fetchAll(db, sql: "SELECT * FROM annotator ORDER BY position").map { row in
        AnnotatorInfo(name: row["name"], kind: row["kind"])
      }
      let answers = try Self.responses(db, systems, prompts)
      let verdicts = try judges.map { judge in
        let known = try Self.verdicts(db, judge.id)
        let show = judge.show
        return answers.map { answer in
          // The items of the answer alone are in the file.
          guard show == .answer else {
            let item = ItemIdentity.item(
              prompt: prompts[answer.info.prompt].text,
              response: answer.info.shown(show),
              systemID: judge.seesRespondent ? systems[answer.info.system].id : nil,
              reasoning: answer.info.reasoning
            )
            return known[item.id]
          }
          return known[judge.seesRespondent ? answer.respondentItem : answer.item]
        }
      }
      let annotations = try annotators.map { annotator in
        let known = try Self.annotations(db, annotator.name)
        return answers.map { known[$0.item] }
      }
      let facts = try Row.fetchAll(db, sql: "SELECT grp, name, value FROM fact ORDER BY position").map { row in
        Fact(group: row["grp"], name: row["name"], value: row["value"])
      }
      return RunResults(
        study: StudyInfo(
          name: study["name"],
          summary: study["summary"],
          caution: study["caution"],
          hash: study["hash"],
          json: study["json"]
        ),
        prompts: prompts,
        models: models,
        systems: systems,
        responses: answers.map(\.info),
        judges: judges,
        annotators: annotators,
        verdicts: verdicts,
        annotations: annotations,
        provenance: facts,
        gaps: try Self.gaps(db, systems, prompts)
      )
    }
    guard let results else { throw .notARun(file: file, reason: "it holds no study yet") }
    return results
  }

  private typealias Answer = (info: ResponseInfo, item: String, respondentItem: String)

  /// The prompts' rows.
  static func prompts(_ db: Database) throws -> [Row] {
    let columns = "id, name, kind, category, \(WholeText.column("text"))"
    return try Row.fetchAll(db, sql: "SELECT \(columns) FROM prompt ORDER BY position")
  }

  private static func judges(_ db: Database) throws -> [Row] {
    let columns = "id, name, kind, status, configuration, seesRespondent, \(WholeText.column("statusDetail"))"
    return try Row.fetchAll(db, sql: "SELECT \(columns) FROM judge ORDER BY position")
  }

  private static func systems(_ db: Database, _ models: [ModelInfo]) throws -> [SystemInfo] {
    let rows = try Row.fetchAll(db, sql: "SELECT * FROM system ORDER BY position")
    let models = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($1.name, $0) })
    var originals: [String: Int] = [:]
    for (index, row) in rows.enumerated() where row["edit"] == "none" { originals[row["model"]] = index }
    return rows.map { row in
      let model: String = row["model"]
      let edit: String = row["edit"]
      // A run of version 2 has no such column.
      let declared: String? = row.hasColumn("originalModel") ? row["originalModel"] : nil
      return SystemInfo(
        id: row["id"],
        name: row["name"],
        model: models[model] ?? 0,
        edit: edit,
        original: edit == "none" ? nil : originals[declared ?? model],
        facts: Fact.list(row["facts"])
      )
    }
  }

  private static func responses(_ db: Database, _ systems: [SystemInfo], _ prompts: [PromptInfo]) throws -> [Answer] {
    let systemAt = Dictionary(uniqueKeysWithValues: systems.enumerated().map { ($1.id, $0) })
    let promptAt = Dictionary(uniqueKeysWithValues: prompts.enumerated().map { ($1.id, $0) })
    // A run of version 2 knows no thoughts.
    let hasThoughts = try db.columns(in: "response").contains { $0.name == "reasoning" }
    let thoughts =
      hasThoughts
      ? "\(WholeText.column("reasoning", of: "r")), \(WholeText.column("raw", of: "r"))"
      : "NULL AS reasoning, NULL AS raw"
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT r.system, r.prompt, r.sample, \(WholeText.column("text", of: "r")), r.tokenCount, r.finish, r.flags,
          r.item, r.respondentItem, \(thoughts)
        FROM response r JOIN system s ON s.id = r.system JOIN prompt p ON p.id = r.prompt
        ORDER BY s.position, p.position, r.sample
        """
    )
    return rows.compactMap { row in
      guard let system = systemAt[row["system"]], let prompt = promptAt[row["prompt"]] else { return nil }
      let flags: String = row["flags"]
      let info = ResponseInfo(
        system: system,
        prompt: prompt,
        sample: row["sample"],
        text: row.whole("text"),
        tokenCount: row["tokenCount"],
        finish: row["finish"],
        flags: flags.split(separator: " ").compactMap { ResponseInfo.Flag(rawValue: String($0)) },
        reasoning: row.wholeIfAny("reasoning"),
        raw: row.wholeIfAny("raw")
      )
      return (info, row["item"], row["respondentItem"])
    }
  }

  private static func verdicts(_ db: Database, _ judge: String) throws -> [String: VerdictInfo] {
    var found: [String: VerdictInfo] = [:]
    let sql = "SELECT item, attempts, cacheTime, cacheVersion, \(Verdict.columns) FROM verdict WHERE judge = ?"
    for row in try Row.fetchAll(db, sql: sql, arguments: [judge]) {
      guard let verdict = Verdict(row: row) else { continue }
      let time: String? = row["cacheTime"]
      let origin = time.map { VerdictOrigin(time: $0, version: row["cacheVersion"] ?? "unknown") }
      found[row["item"]] = VerdictInfo(verdict: verdict, attempts: row["attempts"], origin: origin)
    }
    return found
  }

  private static func annotations(_ db: Database, _ annotator: String) throws -> [String: AnnotationInfo] {
    var found: [String: AnnotationInfo] = [:]
    let sql = "SELECT item, label, \(WholeText.column("note")) FROM annotation WHERE annotator = ? AND pass = 0"
    for row in try Row.fetchAll(db, sql: sql, arguments: [annotator]) {
      let label: String? = row["label"]
      found[row["item"]] = AnnotationInfo(label: label.flatMap(Label.init), note: row.wholeIfAny("note"))
    }
    return found
  }
}
