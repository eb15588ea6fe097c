public import JSON

/// One statistic asked of one dataset.
public struct Question {
  /// Its id, given back with the answer.
  public let id: String
  /// The dataset's name; nil where the arguments carry all input.
  public let dataset: String?
  /// The statistic's name in the catalog.
  public let stat: String
  /// Its arguments.
  public let arguments: JSONReader

  /// Reads `{"cases": [{"id", "dataset", "stat", "args"}]}`.
  /// - Throws: `JSONErrors` that name each place that is wrong.
  public static func read(_ document: JSONDocument) throws -> [Question] {
    let problems = JSONProblems()
    let root = JSONReader(document, problems: problems)
    let cases = root.required("cases") { $0.value.array == nil ? nil : $0.elements() } ?? []
    let questions = cases.map { one in
      Question(
        id: one.required("id") { $0.string() } ?? "",
        dataset: one.value["dataset"]?.isNull == false ? one.optional("dataset") { $0.string() } : nil,
        stat: one.required("stat") { $0.string() } ?? "",
        arguments: one.field("args") ?? one
      )
    }
    try problems.throwIfAny()
    return questions
  }
}
