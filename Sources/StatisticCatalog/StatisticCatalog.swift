internal import JSON

/// A statistic that can be asked for by name.
public struct CatalogEntry: Sendable {
  /// Its name, as `cohenKappa` or `proportion.wilson`.
  public let name: String
  let answer: @Sendable (QuestionContext) throws(QuestionFailure) -> AnswerValue

  init(_ name: String, _ answer: @escaping @Sendable (QuestionContext) throws(QuestionFailure) -> AnswerValue) {
    self.name = name
    self.answer = answer
  }
}

/// Every statistic under its name: `tribunal agree --ask` answers from it. A new statistic is a file in `Agreement` and a
/// row in one of the lists here.
public enum StatisticCatalog {
  /// All entries, in the order of their groups.
  public static let entries: [CatalogEntry] =
    pairwiseEntries + multiRaterEntries + classificationEntries + scoreEntries + intervalEntries + testEntries
    + multiplicityEntries + aggregationEntries + estimationEntries + resamplingEntries

  private static let byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }

  /// Answers one question; a question that cannot be asked is a problem with its place, and nil.
  public static func answer(_ question: Question, datasets: [String: LabelDataset]) -> AnswerValue? {
    guard let entry = byName[question.stat] else {
      let hint = Spelling.hint(for: question.stat, among: entries.map(\.name))
      question.arguments.fail("\(question.id): there is no statistic \(question.stat)\(hint)")
      return nil
    }
    var dataset: LabelDataset?
    if let name = question.dataset {
      dataset = datasets[name]
      if dataset == nil {
        let hint = Spelling.hint(for: name, among: datasets.keys.sorted())
        question.arguments.fail("\(question.id): there is no dataset \(name)\(hint)")
        return nil
      }
    }
    do {
      return try entry.answer(QuestionContext(dataset: dataset, arguments: question.arguments))
    } catch {
      question.arguments.fail("\(question.id): \(question.stat) \(error)")
      return nil
    }
  }
}
