internal import Foundation
internal import GRDB
internal import JSON
internal import LabelTables
internal import Prompts

/// Takes answers row by row, counts them and writes those that are new; without a database it only counts.
struct ResponseWriter {
  private(set) var rows: ResponseRows
  private let database: Database?
  private let statement: Statement?
  private var writtenPrompts: [Int: String?] = [:]
  private var writtenSystems: Set<Int> = []
  private var counts: [Int: (new: Int, known: Int)] = [:]
  private var order: [Int] = []
  private(set) var newAnswers = 0

  /// - Parameter database: where to write; nil for a check.
  init(_ rows: ResponseRows, writingTo database: Database?) throws {
    self.rows = rows
    self.database = database
    statement = try database?.makeStatement(sql: StoredResponse.insertion)
  }

  /// Takes a row and tells the item of its answer; nil where a problem was noted.
  mutating func take(_ row: ImportRow) throws -> String? {
    switch rows.read(row) {
    case .unusable: return nil
    case .known(let slot, _):
      count(slot.system) { $0.known += 1 }
      return rows.catalog.answers[slot]?.item
    case .new(let slot, let response):
      count(slot.system) { $0.new += 1 }
      newAnswers += 1
      // With a problem noted nothing will be kept: the rest is read for further problems alone.
      if let database, let statement, rows.problems.count == 0 {
        try write(prompt: slot.prompt, database)
        try write(system: slot.system, database)
        try statement.execute(arguments: response.insertionArguments)
      }
      return response.item
    }
  }

  private mutating func count(_ system: Int, _ change: (inout (new: Int, known: Int)) -> Void) {
    if counts[system] == nil { order.append(system) }
    change(&counts[system, default: (0, 0)])
  }

  var systems: [ImportSummary.SystemCount] {
    order.map { at in
      let count = counts[at] ?? (0, 0)
      return ImportSummary.SystemCount(system: rows.catalog.systems[at].name, new: count.new, known: count.known)
    }
  }

  var newPrompts: Int { rows.catalog.prompts.count { $0.line != nil } }

  // MARK: Writing

  private static func nextPosition(_ table: String, _ database: Database) throws -> Int {
    let last = try Int.fetchOne(database, sql: "SELECT max(position) FROM \(table)")
    return max(RunSchema.firstImportedPosition, (last ?? -1) + 1)
  }

  private mutating func write(prompt at: Int, _ database: Database) throws {
    let prompt = rows.catalog.prompts[at]
    guard prompt.line != nil, writtenPrompts[at] == nil else { return }
    writtenPrompts[at] = .some(prompt.category)
    try database.execute(
      sql: StoredPrompt.insertion,
      arguments: [
        prompt.id, Self.nextPosition("prompt", database), prompt.name, WholeText(prompt.text), prompt.kind.rawValue,
        prompt.category,
      ]
    )
  }

  private mutating func write(system at: Int, _ database: Database) throws {
    let system = rows.catalog.systems[at]
    guard system.line != nil, writtenSystems.insert(at).inserted else { return }
    try database.execute(
      sql: "INSERT OR IGNORE INTO model (name, position, id, source, facts) VALUES (?, ?, ?, ?, '[]')",
      arguments: [
        system.model, Self.nextPosition("model", database), ImportedSystem.modelID(system.model), ImportedSystem.source,
      ]
    )
    let facts = [Fact(group: "edit", name: "answered", value: "elsewhere; its answers were imported")]
    try database.execute(
      sql: "INSERT INTO system (id, position, name, model, edit, facts) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        system.id, Self.nextPosition("system", database), system.name, system.model, system.edit, Fact.text(facts),
      ]
    )
  }

  /// Writes what was known only after the last row, and the record of the import.
  /// - Parameter name: of the study, where the run is new.
  func finish(_ request: ImportRequest, _ extent: RecordReader.Extent, name: String?) throws {
    guard let database, newAnswers > 0 else { return }
    for (at, category) in writtenPrompts.sorted(by: { $0.key < $1.key })
    where category != rows.catalog.prompts[at].category {
      try database.execute(
        sql: "UPDATE prompt SET category = ? WHERE id = ?",
        arguments: [rows.catalog.prompts[at].category, rows.catalog.prompts[at].id]
      )
    }
    let record: JSONValue = [
      "what": "responses", "file": .string(request.fileName), "sha256": .string(extent.sha256),
      "rows": .integer(Int64(extent.rows)), "mapping": request.mapping.json,
      "kind": rows.kind.map { .string($0.rawValue) } ?? .null,
    ]
    try ImportRecord.keepStudy(record, name: name, database)
    try ImportRecord.keepFacts(
      "responses",
      request,
      extent,
      [("new answers", String(newAnswers)), ("kind of all prompts", rows.kind?.rawValue ?? "as the file says")],
      database
    )
  }
}

/// What a run keeps of an import.
enum ImportRecord {
  /// Begins the study of a run that has none, and lists the file in one that consists of imports. A study that was run
  /// here stays as it is: the facts tell what came from elsewhere.
  static func keepStudy(_ record: JSONValue, name: String?, _ database: Database) throws {
    let stored = try Row.fetchOne(database, sql: "SELECT name, json FROM study")
    let imports: [JSONValue]
    if let stored {
      guard let list = RunStore.json(stored["json"])["imports"]?.array else { return }
      imports = list
    } else {
      imports = []
    }
    let json: JSONValue = ["version": 1, "imports": .array(imports + [record])]
    try database.execute(sql: "DELETE FROM study")
    try database.execute(
      sql: "INSERT INTO study (hash, name, summary, caution, json) VALUES (?, ?, ?, NULL, ?)",
      arguments: [
        json.contentHash, name ?? stored?["name"] ?? "Imported answers",
        "Answers that were made elsewhere and imported; this program has run none of the systems.",
        json.text(.canonical),
      ]
    )
  }

  /// Keeps file, hash, rows, mapping and time under a name of their own.
  static func keepFacts(
    _ what: String,
    _ request: ImportRequest,
    _ extent: RecordReader.Extent,
    _ more: [(String, String)],
    _ database: Database
  ) throws {
    let number = try Int.fetchOne(database, sql: "SELECT count(DISTINCT grp) FROM fact WHERE grp LIKE 'import %'") ?? 0
    let facts =
      [
        ("what", what), ("file", request.fileName), ("sha256", extent.sha256), ("rows", String(extent.rows)),
        ("format", request.format.rawValue), ("mapping", request.mapping.json.text(.canonical)),
      ] + more + [("time", Date.now.formatted(.iso8601))]
    for (name, value) in facts {
      try database.execute(
        sql: "INSERT INTO fact (grp, name, value) VALUES (?, ?, ?)",
        arguments: ["import \(number + 1)", name, value]
      )
    }
  }
}
