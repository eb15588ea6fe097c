/// Why a study stops.
public enum StudyFailure: Error, Sendable, CustomStringConvertible {
  /// A prompt does not fit a model.
  case promptTooLong(prompt: String, model: String, tokens: Int, limit: Int)
  /// A model has no refusal direction by the declared rule.
  case noDirection(model: String, edit: String, reason: String)

  /// One line.
  public var description: String {
    switch self {
    case .promptTooLong(let prompt, let model, let tokens, let limit):
      "prompt \"\(prompt)\": \(tokens) tokens leave no room for an answer in the context of \(limit) of model "
        + "\"\(model)\"; shorten it or leave one of them out"
    case .noDirection(let model, let edit, let reason): "model \"\(model)\", edit \"\(edit)\": \(reason)"
    }
  }
}
