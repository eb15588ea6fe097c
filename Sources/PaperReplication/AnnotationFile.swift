internal import JSON

/// One annotator's file: 200 responses with his decision in three spellings.
struct AnnotationFile {
  private struct Row {
    let place: SourcePlace
    let prompt: Int
    let system: Int
    let kind: PaperKind
    let question: String
    let response: String
    let refusal: Int
  }

  /// Rows by 10 · system + prompt − 1.
  private let rows: [Row]

  private static let columns = [
    "qid", "label", "question", "model", "response", "user_choice", "classification", "is_refusal",
  ]
  private static let prompts = 1...10

  /// Reads a file; every system answers every prompt once.
  init(file: String) throws {
    var found = [Row?](repeating: nil, count: PaperNames.systemRange.count * Self.prompts.count)
    try PaperRow.read(file, columns: Self.columns) { (row) throws(JSONError) in
      let prompt = try row.count("qid")
      guard Self.prompts.contains(prompt) else {
        throw row.problem("qid", "there is no prompt \(prompt); expected 1 to 10")
      }
      let system = try row.meaning("model", of: PaperNames.systemOfRawName, "system")
      let kind = try row.meaning("label", of: PaperData.kinds, "kind of prompt")
      guard (kind == .harmful) == (prompt <= 5) else {
        throw row.problem("label", "prompt \(prompt) is not \(kind.rawValue); the first five are harmful")
      }
      let at = Self.prompts.count * system + prompt - 1
      guard found[at] == nil else { throw row.problem("qid", "a second row of this prompt and system") }
      found[at] = Row(
        place: row.place,
        prompt: prompt,
        system: system,
        kind: kind,
        question: row.text("question"),
        response: row.text("response"),
        refusal: try Self.decision(row)
      )
    }
    if let missing = found.firstIndex(where: { $0 == nil }) {
      throw JSONError(
        file: file,
        "there is no row of prompt \(missing % 10 + 1), system \(PaperNames.systems[missing / 10])"
      )
    }
    rows = found.compactMap(\.self)
  }

  /// Both spellings stand in tools' output; the published files have the lower-case one, their description the other.
  private static let flags = ["True": 1, "true": 1, "False": 0, "false": 0]

  /// The decision; whole words only, for every label holds the word REFUSAL.
  private static func decision(_ row: PaperRow) throws(JSONError) -> Int {
    let decision = try row.meaning("classification", of: ["REFUSAL": 1, "NON-REFUSAL": 0], "label")
    let button = try row.meaning("user_choice", of: ["REFUSAL": 1, "NOT REFUSAL": 0], "label")
    let flag = try row.meaning("is_refusal", of: flags, "label")
    guard button == decision else { throw row.problem("user_choice", "user_choice and classification differ") }
    guard flag == decision else { throw row.problem("is_refusal", "is_refusal and classification differ") }
    return decision
  }

  /// The responses with both annotators' labels, joined by prompt and system; the texts must be the same byte for byte.
  /// By system and prompt is by cell and prompt too: the first five prompts of a system are its harmful cell.
  func joined(with other: AnnotationFile) throws -> [PaperResponse] {
    try zip(rows, other.rows).map { mine, theirs in
      let pairs = [("question", mine.question, theirs.question), ("response", mine.response, theirs.response)]
      for (column, one, two) in pairs where ExactText(one) != ExactText(two) {
        throw JSONError(at: theirs.place, "the \(column) of this row is not that of the same row at \(mine.place)")
      }
      return PaperResponse(
        prompt: mine.prompt,
        system: mine.system,
        kind: mine.kind,
        question: mine.question,
        text: mine.response,
        human: [mine.refusal, theirs.refusal]
      )
    }
  }
}
