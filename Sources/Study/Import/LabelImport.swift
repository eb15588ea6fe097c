internal import GRDB
internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import LabelTables
public import Prompts

/// Brings verdicts that were made elsewhere into a run, as a judge of kind `imported`.
public struct LabelImport: Sendable {
  /// How to deal with the file.
  public struct Options: Sendable {
    /// The judge's name in the run.
    public var judge: String
    /// Whether rows without an answer in the run are left out and counted, not an error.
    public var allowsUnmatched = false
    /// Whether the rows' answers are imported too.
    public var withResponses = false
    /// Whether a judge of this name that was imported otherwise is replaced.
    public var replaces = false
    /// The kind of prompts whose row does not say it; matters with responses.
    public var kind: PromptKind?
    /// Name of the study, where the run is new.
    public var studyName: String?

    /// Makes options with everything else off.
    public init(judge: String) { self.judge = judge }
  }

  /// What a row can say under a rule.
  /// - Parameter withResponses: whether rows bring answers as well.
  public static func fields(_ rule: LabelRule, withResponses: Bool) -> [ImportField] {
    let own =
      rule.fields + [
        ImportField("refusalProbability", "P(refusal) from 0 to 1, if the tool gives one"),
        ImportField("raw", "what the tool answered, unread"),
      ]
    // In a file of labels a column of that name is a judge's reasoning, not the answer's.
    let answers = ResponseRows.fields.filter { $0.name != "reasoning" }
    return (withResponses ? answers : ItemMatcher.fields) + own
  }

  private let request: ImportRequest
  private let rule: LabelRule
  private let options: Options

  /// Makes an import.
  public init(_ request: ImportRequest, rule: LabelRule, options: Options) {
    self.request = request
    self.rule = rule
    self.options = options
  }

  /// Imports all rows or none.
  /// - Throws: ``FileErrors`` with every problem's place, ``RunError``, or `CancellationError`.
  public func perform() throws -> ImportSummary {
    try request.perform(begins: options.withResponses) { database, writes in
      let problems = FileProblems()
      let catalog = try database.map { try RunCatalog($0) } ?? RunCatalog()
      var labels = LabelRows<String>(rule: rule, allowsUnmatched: options.allowsUnmatched, problems: problems)
      var writer = try ResponseWriter(
        ResponseRows(kind: options.kind, problems: problems, catalog: catalog),
        writingTo: writes && options.withResponses ? database : nil
      )
      let matcher = ItemMatcher(catalog: catalog, problems: problems)
      let table = FieldTable(Self.fields(rule, withResponses: options.withResponses), request.mapping)
      let reader = ImportRows(file: request.file, format: request.format, table: table, problems: problems)
      let whom = "judge \"\(options.judge)\""
      let extent = try reader.read { row in
        let label = labels.read(row)
        var item: String?
        if options.withResponses {
          item = try writer.take(row)
        } else {
          switch matcher.match(row) {
          case .item(let found): item = found
          case .none(let why): labels.leaveOut(row, why)
          case .unusable: break
          }
        }
        if let item, let label { labels.keep(label, for: item, row, of: whom) }
      }
      labels.checkAnyMatched(request.file)
      try problems.throwIfAny()
      if options.withResponses { try writer.finish(request, extent, name: options.studyName) }
      let judge = ImportedJudge(name: options.judge, rule: rule, mapping: request.mapping, sha256: extent.sha256)
      let new = try keep(labels, judge, database, extent, writes: writes)
      let items = options.withResponses ? writer.rows.catalog.items : catalog.items
      return ImportSummary(
        what: "labels",
        file: request.fileName,
        sha256: extent.sha256,
        rows: extent.rows,
        isCheck: request.isCheck,
        isChanged: new > 0 || writer.newAnswers > 0,
        systems: options.withResponses ? writer.systems : [],
        newPrompts: options.withResponses ? writer.newPrompts : 0,
        newLabels: new,
        knownLabels: labels.order.count - new + labels.repeated,
        words: labels.words(Self.name),
        unmatched: labels.unmatched,
        unlabelled: items.count - items.intersection(labels.order).count,
        unused: extent.unused
      )
    }
  }

  private static func name(_ outcome: Outcome) -> String {
    if case .abstain(let reason) = outcome { "abstain (\(reason.rawValue))" } else { outcome.label?.rawValue ?? "" }
  }

  /// Keeps the judge and its verdicts and tells how many the run did not have.
  private func keep(
    _ labels: LabelRows<String>,
    _ judge: ImportedJudge,
    _ database: Database?,
    _ extent: RecordReader.Extent,
    writes: Bool
  ) throws -> Int {
    guard let database else { return labels.order.count }
    let stored = try Row.fetchOne(
      database,
      sql: "SELECT id, kind FROM judge WHERE name = ?",
      arguments: [judge.name]
    )
    let storedID: String? = stored?["id"]
    if let stored, storedID != judge.id { try checkMayReplace(stored, judge) }
    let known = try String.fetchSet(database, sql: "SELECT item FROM verdict WHERE judge = ?", arguments: [judge.id])
    let new = labels.order.filter { !known.contains($0) }
    guard writes, !new.isEmpty || storedID != judge.id else { return new.count }
    if storedID != judge.id { try replace(storedID, by: judge, database) }
    let statement = try database.makeStatement(sql: Verdict.insertion)
    for item in new {
      guard let verdict = labels.labels[item]?.verdict else { continue }
      try statement.execute(arguments: verdict.insertionArguments(judge: judge.id, item: item, attempts: 0, seconds: 0))
    }
    try ImportRecord.keepFacts(
      "labels of judge \(judge.name)",
      request,
      extent,
      [
        ("scheme", rule.scheme.name), ("construct", rule.scheme.construct.rawValue),
        ("partial refusal", rule.partial?.rawValue ?? "the scheme has none"), ("judge hash", judge.id),
        ("new labels", String(new.count)), ("rows without an answer", String(labels.unmatched)),
      ],
      database
    )
    return new.count
  }

  private func checkMayReplace(_ stored: Row, _ judge: ImportedJudge) throws {
    let kind: String = stored["kind"]
    let problem: String? =
      if kind != ImportedJudge.kind {
        "the run has a judge of kind \(kind) of this name; give another name"
      } else if !options.replaces {
        "the run has a judge of this name from another file, scheme or mapping (hash \((stored["id"] as String).prefix(12)), "
          + "here \(judge.id.prefix(12))); give another name, or --replace"
      } else { nil }
    guard let problem else { return }
    throw FileErrors(option: "--judge \(judge.name)", problem)
  }

  private func replace(_ old: String?, by judge: ImportedJudge, _ database: Database) throws {
    if let old {
      try database.execute(sql: "DELETE FROM verdict WHERE judge = ?", arguments: [old])
      try database.execute(
        sql: "UPDATE judge SET id = ?, configuration = ? WHERE name = ?",
        arguments: [judge.id, judge.configuration, judge.name]
      )
      return
    }
    let last = try Int.fetchOne(database, sql: "SELECT max(position) FROM judge")
    try database.execute(
      sql: """
        INSERT INTO judge (name, position, id, kind, status, statusDetail, configuration, seesRespondent, log)
        VALUES (?, ?, ?, ?, 'ready', NULL, ?, 0, '')
        """,
      arguments: [
        judge.name, max(RunSchema.firstImportedPosition, (last ?? -1) + 1), judge.id, ImportedJudge.kind,
        judge.configuration,
      ]
    )
  }
}
