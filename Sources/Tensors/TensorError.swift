/// What is wrong with a file of tensors.
public enum TensorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file cannot be opened, mapped or written.
  case unreadable(file: String, reason: String)
  /// The file is no safetensors file or contradicts itself.
  case malformed(file: String, problem: String)
  /// The file is no GGUF file or contradicts itself; `offset` is the byte where reading stopped.
  case malformedGGUF(file: String, offset: Int, problem: String)
  /// A metadata entry of a GGUF file is missing or wrong.
  case badMetadata(file: String, key: String, problem: String)
  /// A tensor's entry is wrong.
  case badTensor(file: String, tensor: String, problem: String)
  /// A tensor is not there.
  case missing(file: String, tensor: String, hint: String)

  /// One line: file, tensor, what was expected and how to mend it.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .malformed(let file, let problem): "\(file): not a usable safetensors file: \(problem)"
    case .malformedGGUF(let file, let offset, let problem):
      "\(file): byte \(offset): not a usable GGUF file: \(problem)"
    case .badMetadata(let file, let key, let problem): "\(file): metadata \"\(key)\": \(problem)"
    case .badTensor(let file, let tensor, let problem): "\(file): tensor \"\(tensor)\": \(problem)"
    case .missing(let file, let tensor, let hint): "\(file): tensor \"\(tensor)\" is missing\(hint)"
    }
  }
}
