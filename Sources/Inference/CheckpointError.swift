public import ChatTemplates
public import JSON
public import Tensors
public import Tokenization

/// Why a checkpoint folder cannot be run.
public enum CheckpointError: Error, Sendable, CustomStringConvertible {
  /// `config.json` is wrong; every problem with its place.
  case config(JSONErrors)
  /// A file of tensors is wrong.
  case tensors(TensorError)
  /// `tokenizer.json` is wrong.
  case tokenizer(TokenizerError)
  /// There is no usable chat template.
  case template(CheckpointTemplate.Failure)
  /// The template refused a conversation.
  case rendering(folder: String, TemplateError)
  /// Something else about the folder.
  case unusable(folder: String, problem: String)

  /// One line a problem.
  public var description: String {
    switch self {
    case .config(let errors): "\(errors)"
    case .tensors(let error): "\(error)"
    case .tokenizer(let error): "\(error)"
    case .template(let error): "\(error)"
    case .rendering(let folder, let error): "\(folder): chat template, \(error)"
    case .unusable(let folder, let problem): "\(folder): \(problem)"
    }
  }
}
