/// Why a study stops.
public enum StudyFailure: Error, Sendable, CustomStringConvertible {
  /// A prompt does not fit a model.
  case promptTooLong(prompt: String, model: String, tokens: Int, limit: Int)
  /// A model has no refusal direction by the declared rule.
  case noDirection(model: String, edit: String, reason: String)

  /// What only a checkpoint on this machine can do was asked of a model elsewhere.
  case noCheckpoint(model: String)
  /// A model elsewhere needs a secret that is not there.
  case notConfigured(model: String, variable: String)

  /// One line.
  public var description: String {
    switch self {
    case .promptTooLong(let prompt, let model, let tokens, let limit):
      "prompt \"\(prompt)\": \(tokens) tokens leave no room for an answer in the context of \(limit) of model "
        + "\"\(model)\"; shorten it or leave one of them out"
    case .noCheckpoint(let model): "model \"\(model)\" answers elsewhere: there is no checkpoint of it here"
    case .notConfigured(let model, let variable):
      "model \"\(model)\": the environment variable \(variable) is not set; set it, or leave the model out of the study"
    case .noDirection(let model, let edit, let reason): "model \"\(model)\", edit \"\(edit)\": \(reason)"
    }
  }
}
