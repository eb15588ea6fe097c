public import Agreement
public import JSON

/// What an entry of the catalog answers from: the dataset and the arguments of one question.
public struct QuestionContext {
  /// The dataset asked about; nil where the arguments carry all input.
  public let dataset: LabelDataset?
  /// The arguments.
  public let arguments: JSONReader

  /// The dataset, which this statistic needs.
  /// - Throws: `QuestionFailure.noDataset`.
  public func data() throws(QuestionFailure) -> LabelDataset {
    guard let dataset else { throw .noDataset }
    return dataset
  }

  /// The labels of the rater that an argument names.
  /// - Throws: `QuestionFailure.badArgument`.
  public func labels(_ argument: String) throws(QuestionFailure) -> Labels {
    let name = try text(argument)
    let table = try data().table
    guard let labels = table.labels(of: name) else {
      throw .badArgument(argument, "\(name) is no rater\(Spelling.hint(for: name, among: table.raters))")
    }
    return labels
  }

  /// The raters asked about as a table: `a` and `b`, or `raters`, which is a list of names or `"all with a label"`;
  /// without any of these all raters with a label.
  public func askedTable() throws(QuestionFailure) -> LabelTable {
    let table = try data().table
    if arguments.has("a") {
      _ = (try labels("a"), try labels("b"))
      let names = [try text("a"), try text("b")]
      let chosen = names.compactMap { table.raters.firstIndex(of: $0) }
      guard chosen.count == 2 else { throw .badArgument("a", "\(names) are no two raters") }
      return table.selecting(raters: chosen)
    }
    guard let asked = arguments.value["raters"]?.array else { return table.selecting(raters: table.speaking) }
    var chosen: [Int] = []
    for name in asked {
      guard let number = name.string.flatMap({ table.raters.firstIndex(of: $0) }) else {
        throw .badArgument("raters", "\(name.text()) is no rater")
      }
      chosen.append(number)
    }
    return table.selecting(raters: chosen)
  }

  /// The code of the category that an argument names.
  public func category(_ argument: String) throws(QuestionFailure) -> Int {
    let name = try text(argument)
    let known = try data().table.categories
    guard let code = known.firstIndex(of: name) else {
      throw .badArgument(argument, "\(name) is no category\(Spelling.hint(for: name, among: known))")
    }
    return code
  }

  /// A text argument.
  public func text(_ argument: String) throws(QuestionFailure) -> String {
    guard let text = arguments.value[argument]?.string else { throw .badArgument(argument, "expected a text") }
    return text
  }

  /// A number argument.
  public func number(_ argument: String) throws(QuestionFailure) -> Double {
    guard let number = arguments.value[argument]?.double else { throw .badArgument(argument, "expected a number") }
    return number
  }

  /// A whole number argument of at least `minimum`.
  public func integer(_ argument: String, minimum: Int = 0) throws(QuestionFailure) -> Int {
    guard let number = arguments.value[argument]?.integer, number >= minimum else {
      throw .badArgument(argument, "expected a whole number of at least \(minimum)")
    }
    return number
  }

  /// A list of numbers.
  public func numbers(_ argument: String) throws(QuestionFailure) -> [Double] {
    guard let list = arguments.value[argument]?.array else {
      throw .badArgument(argument, "expected a list of numbers")
    }
    let numbers = list.compactMap(\.double)
    guard numbers.count == list.count else { throw .badArgument(argument, "expected a list of numbers") }
    return numbers
  }
}

/// Why a question cannot be asked.
public enum QuestionFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The statistic needs a dataset and the question names none.
  case noDataset
  /// An argument is missing or wrong.
  case badArgument(String, String)

  /// In words.
  public var description: String {
    switch self {
    case .noDataset: "needs a dataset, and \"dataset\" is null"
    case .badArgument(let name, let problem): "args.\(name): \(problem)"
    }
  }
}
