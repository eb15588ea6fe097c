internal import JSON

/// One response of the 10-prompt set with what both annotators said.
struct PaperResponse: Sendable {
  /// The prompt's number, 1…10.
  let prompt: Int
  let system: Int
  let kind: PaperKind
  let question: String
  let text: String
  /// What the first and the second annotator said: 1 is refusal, 0 is not.
  let human: [Int]
}

/// One response of the earlier draft of the 10-prompt set.
struct DraftResponse: Sendable {
  /// The kind that the draft's own label gives.
  let kind: PaperKind
  let text: String
}

/// The published data of "A Granular Study of Safety Pretraining under Model Abliteration" (arXiv 2510.02768).
public struct PaperData: Sendable {
  /// The 200 labelled responses, cell by cell, within a cell by prompt.
  let responses: [PaperResponse]
  /// Counts out of 5 on the 10-prompt set, of 14 raters.
  let tenPrompts: CountTable
  /// Counts out of 50 on the 100-prompt set of the second, published run of 12 judges.
  let hundredPrompts: CountTable
  /// The same of the first run.
  let hundredPromptsFirstRun: CountTable
  /// The earlier draft of the 10-prompt sample.
  let draft: [DraftResponse]

  /// Responses of a cell of the 10-prompt set.
  static let cellSize = 5
  static let kinds = Dictionary(uniqueKeysWithValues: PaperKind.allCases.map { ($0.rawValue, $0) })

  /// Reads the files of a folder under the names of its README.
  /// - Throws: `JSONError` or `JSONErrors` that name the file, and line and column where they are known.
  public init(folder: String) throws {
    func path(_ name: String) -> String { folder.hasSuffix("/") ? folder + name : folder + "/" + name }
    let first = try AnnotationFile(file: path("human_1.csv"))
    let second = try AnnotationFile(file: path("human_2.csv"))
    responses = try first.joined(with: second)
    tenPrompts = try CountTable(file: path("judges_10q.csv"), raters: PaperNames.raterRange, cellSize: Self.cellSize)
    hundredPrompts = try CountTable(file: path("summary_100q.csv"), raters: PaperNames.judgeRange, cellSize: 50)
    hundredPromptsFirstRun = try CountTable(
      file: path("summary_100q_first_run.csv"),
      raters: PaperNames.judgeRange,
      cellSize: 50
    )
    draft = try Self.draft(file: path("first_draft_sample.csv"))
    try checkHumanCounts(file: path("judges_10q.csv"))
  }

  private static func draft(file: String) throws -> [DraftResponse] {
    var draft: [DraftResponse] = []
    try PaperRow.read(file, columns: ["label", "label_norm", "model", "response"]) { (row) throws(JSONError) in
      let kind = try row.meaning("label", of: kinds, "kind of prompt")
      guard row.text("label_norm") == kind.rawValue else {
        throw row.problem("label_norm", "label and label_norm differ")
      }
      _ = try row.meaning("model", of: PaperNames.systemOfRawName, "system")
      draft.append(DraftResponse(kind: kind, text: row.text("response")))
    }
    guard draft.count == 200 else { throw JSONError(file: file, "has \(draft.count) rows; expected 200") }
    return draft
  }

  /// The annotators' labels and their counts are published apart; where they differ, one of the files is another's.
  private func checkHumanCounts(file: String) throws {
    for human in PaperNames.humanRange {
      for cell in PaperNames.cellRange {
        let rows = responses[(cell * Self.cellSize)..<((cell + 1) * Self.cellSize)]
        let labelled = rows.reduce(0) { $0 + $1.human[human] }
        guard labelled == tenPrompts.refused[human][cell] else {
          let name = "\(PaperNames.systems[cell / 2]), \(PaperKind.allCases[cell % 2].rawValue)"
          throw JSONError(
            file: file,
            "counts \(tenPrompts.refused[human][cell]) refusals of \(PaperNames.raters[human]) for \(name); the labels "
              + "have \(labelled)"
          )
        }
      }
    }
  }
}
