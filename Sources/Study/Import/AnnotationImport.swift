internal import GRDB
internal import JSON
internal import JudgeKit
public import LabelTables

/// Brings people's labels into a run, where judges are held against them.
public struct AnnotationImport: Sendable {
  /// The kind of every annotator that is imported.
  static let kind = "human"

  /// What a row can say under a rule.
  public static func fields(_ rule: LabelRule) -> [ImportField] {
    ItemMatcher.fields + rule.fields + [
      ImportField("annotator", "who labelled: any name; --set annotator=NAME says it for all rows"),
      ImportField("pass", "number of the pass over the same answers, from 0; left out, 0; analyses read pass 0"),
      ImportField("note", "a remark"),
    ]
  }

  private struct Key: Hashable {
    let annotator: ExactText
    let item: String
    let pass: Int
  }

  private let request: ImportRequest
  private let rule: LabelRule
  private let allowsUnmatched: Bool

  /// Makes an import.
  /// - Parameter allowsUnmatched: whether rows without an answer in the run are left out and counted, not an error.
  /// - Throws: where the scheme does not measure refusal: annotations are a reference for refusal.
  public init(_ request: ImportRequest, rule: LabelRule, allowsUnmatched: Bool = false) throws(FileErrors) {
    guard rule.scheme.construct == .refusal else {
      let problem = "the scheme measures \(rule.scheme.construct.rawValue); annotations are labels of refusal"
      throw FileErrors(option: "--scheme \(rule.scheme.name)", problem)
    }
    self.request = request
    self.rule = rule
    self.allowsUnmatched = allowsUnmatched
  }

  /// Imports all rows or none.
  /// - Throws: ``FileErrors`` with every problem's place, ``RunError``, or `CancellationError`.
  public func perform() throws -> ImportSummary {
    try request.perform(begins: false) { database, writes in
      let problems = FileProblems()
      let catalog = try database.map { try RunCatalog($0) } ?? RunCatalog()
      var labels = LabelRows<Key>(rule: rule, allowsUnmatched: allowsUnmatched, problems: problems)
      var notes: [Key: String] = [:]
      let matcher = ItemMatcher(catalog: catalog, problems: problems)
      let table = FieldTable(Self.fields(rule), request.mapping)
      let reader = ImportRows(file: request.file, format: request.format, table: table, problems: problems)
      let extent = try reader.read { row in
        let label = labels.read(row)
        let annotator = annotator(row, problems)
        let pass = pass(row, problems)
        switch matcher.match(row) {
        case .unusable: break
        case .none(let why): labels.leaveOut(row, why)
        case .item(let item):
          guard let label, let annotator, let pass else { break }
          let key = Key(annotator: ExactText(annotator), item: item, pass: pass)
          labels.keep(label, for: key, row, of: "annotator \"\(annotator)\", pass \(pass),")
          if notes[key] == nil { notes[key] = row.filled("note") }
        }
      }
      labels.checkAnyMatched(request.file)
      try problems.throwIfAny()
      let new = try keep(labels, notes, database, extent, writes: writes)
      let labelled = Set(labels.order.map(\.item))
      return ImportSummary(
        what: "annotations",
        file: request.fileName,
        sha256: extent.sha256,
        rows: extent.rows,
        isCheck: request.isCheck,
        isChanged: new > 0,
        systems: [],
        newPrompts: 0,
        newLabels: new,
        knownLabels: labels.order.count - new + labels.repeated,
        words: labels.words { outcome in outcome.label?.rawValue ?? "undecided" },
        unmatched: labels.unmatched,
        unlabelled: catalog.items.count - catalog.items.intersection(labelled).count,
        unused: extent.unused
      )
    }
  }

  private func annotator(_ row: ImportRow, _ problems: FileProblems) -> String? {
    if let name = row.filled("annotator") { return name }
    problems.add(row.place(), "no annotator; expected a column or key \"annotator\", or --set annotator=NAME")
    return nil
  }

  private func pass(_ row: ImportRow, _ problems: FileProblems) -> Int? {
    guard let text = row.filled("pass") else { return 0 }
    if let number = Int(text), (0...1_000_000).contains(number) { return number }
    problems.add(
      row.place("pass"),
      "\"\(LabelRule.short(text))\" is no number of a pass; expected a whole number from 0"
    )
    return nil
  }

  /// Keeps annotators and labels and tells how many the run did not have.
  private func keep(
    _ labels: LabelRows<Key>,
    _ notes: [Key: String],
    _ database: Database?,
    _ extent: RecordReader.Extent,
    writes: Bool
  ) throws -> Int {
    guard let database else { return labels.order.count }
    var kinds: [ExactText: String] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT name, kind FROM annotator") {
      kinds[ExactText(row["name"])] = row["kind"]
    }
    let problems = FileProblems()
    let select = try database.makeStatement(
      sql: "SELECT label FROM annotation WHERE annotator = ? AND item = ? AND pass = ?"
    )
    var new: [Key] = []
    for key in labels.order {
      guard let label = labels.labels[key] else { continue }
      let place = SourcePlace(file: request.file, line: label.line, column: 1)
      if let kind = kinds[key.annotator], kind != Self.kind {
        problems.add(
          place,
          "the run has an annotator \"\(key.annotator)\" whose labels are a \(kind); give another name"
        )
        continue
      }
      guard let row = try Row.fetchOne(select, arguments: [key.annotator.text, key.item, key.pass]) else {
        new.append(key)
        continue
      }
      let known: String? = row["label"]
      if known != label.label.outcome.label?.rawValue {
        problems.add(
          place,
          "annotator \"\(key.annotator)\", pass \(key.pass), says \"\(LabelRule.short(label.label.word))\" here and "
            + "\"\(known ?? "undecided")\" in the run; give it another number in \"pass\", or leave the row out"
        )
      }
    }
    try problems.throwIfAny()
    guard writes, !new.isEmpty else { return new.count }
    try write(new, labels, notes, database, extent)
    return new.count
  }

  private func write(
    _ new: [Key],
    _ labels: LabelRows<Key>,
    _ notes: [Key: String],
    _ database: Database,
    _ extent: RecordReader.Extent
  ) throws {
    var seen: Set<ExactText> = []
    for key in new where seen.insert(key.annotator).inserted {
      let last = try Int.fetchOne(database, sql: "SELECT max(position) FROM annotator")
      try database.execute(
        sql: "INSERT OR IGNORE INTO annotator (name, position, kind) VALUES (?, ?, ?)",
        arguments: [key.annotator.text, max(RunSchema.firstImportedPosition, (last ?? -1) + 1), Self.kind]
      )
    }
    let insert = try database.makeStatement(
      sql: "INSERT INTO annotation (annotator, item, pass, label, note) VALUES (?, ?, ?, ?, ?)"
    )
    for key in new {
      guard let label = labels.labels[key] else { continue }
      try insert.execute(arguments: [
        key.annotator.text, key.item, key.pass, label.label.outcome.label?.rawValue, note(label, notes[key]),
      ])
    }
    try ImportRecord.keepFacts(
      "annotations",
      request,
      extent,
      [
        ("scheme", rule.scheme.name), ("partial refusal", rule.partial?.rawValue ?? "the scheme has none"),
        ("words", JSONValue.object(rule.json)["words"]?.text(.canonical) ?? ""),
        ("new labels", String(new.count)), ("rows without an answer", String(labels.unmatched)),
      ],
      database
    )
  }

  /// The remark, and the word itself where it says more than the label that is kept.
  private func note(_ label: ImportedLabel, _ note: String?) -> String? {
    let word = label.label.word
    let says = rule.scheme.name == LabelScheme.plain.name ? nil : "\(rule.scheme.name): \(word)"
    let parts = [says, note, label.label.detail].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
