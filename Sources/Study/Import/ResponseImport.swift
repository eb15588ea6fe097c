internal import GRDB
internal import LabelTables
public import Prompts

/// Brings answers that were made elsewhere into a run, where they are judged like ours.
public struct ResponseImport: Sendable {
  /// What a row can say.
  public static var fields: [ImportField] { ResponseRows.fields }

  private let request: ImportRequest
  private let kind: PromptKind?
  private let name: String?

  /// Makes an import.
  /// - Parameters:
  ///   - kind: of all prompts whose row does not say it.
  ///   - name: of the study, where the run is new.
  public init(_ request: ImportRequest, kind: PromptKind? = nil, name: String? = nil) {
    self.request = request
    self.kind = kind
    self.name = name
  }

  /// Imports all rows or none.
  /// - Throws: ``FileErrors`` with every problem's place, ``RunError``, or `CancellationError`.
  public func perform() throws -> ImportSummary {
    try request.perform(begins: true) { database, writes in
      let problems = FileProblems()
      let catalog = try database.map { try RunCatalog($0) } ?? RunCatalog()
      var writer = try ResponseWriter(
        ResponseRows(kind: kind, problems: problems, catalog: catalog),
        writingTo: writes ? database : nil
      )
      let table = FieldTable(ResponseRows.fields, request.mapping)
      let reader = ImportRows(file: request.file, format: request.format, table: table, problems: problems)
      let extent = try reader.read { _ = try writer.take($0) }
      try problems.throwIfAny()
      try writer.finish(request, extent, name: name)
      return ImportSummary(
        what: "responses",
        file: request.fileName,
        sha256: extent.sha256,
        rows: extent.rows,
        isCheck: request.isCheck,
        isChanged: writer.newAnswers > 0,
        systems: writer.systems,
        newPrompts: writer.newPrompts,
        newLabels: 0,
        knownLabels: 0,
        words: [],
        unmatched: 0,
        unlabelled: 0,
        unused: extent.unused
      )
    }
  }
}
