public import JSON

/// What of a response a judge is shown.
public enum ShownText: String, Sendable, CaseIterable {
  /// The answer, without thoughts.
  case answer
  /// Thoughts and answer in one form for all models: `<think>`, the thoughts, `</think>`, an empty line, the answer.
  case answerWithReasoning
  /// All that was generated as it came, special tokens written out.
  case raw

  /// Its key in an entry of `judges.json` and in a judge's resolved configuration.
  static let key = "show"

  /// What a judge of this resolved configuration (``JudgeDeclaration/resolved(models:)``) is shown.
  public init(configuration: JSONValue) {
    self = configuration[Self.key]?.string.flatMap(ShownText.init(rawValue:)) ?? .answer
  }

  /// The text to show.
  /// - Parameters:
  ///   - reasoning: the thoughts, if there are any.
  ///   - raw: all that was generated, where it is another text than the answer.
  public func text(answer: String, reasoning: String?, raw: String?) -> String {
    switch self {
    case .answer: answer
    case .answerWithReasoning: reasoning.map { "<think>\n\($0)\n</think>\n\n\(answer)" } ?? answer
    case .raw: raw ?? answer
    }
  }
}
