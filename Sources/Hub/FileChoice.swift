internal import Glibc

/// Which files of a repository are wanted.
public struct FileChoice: Sendable, Equatable {
  /// Patterns of files that are wanted beside those that a checkpoint needs.
  public var include: [String]
  /// Patterns of files that are not wanted; they win.
  public var exclude: [String]

  /// Makes a choice; without patterns it is what a checkpoint needs.
  ///
  /// A pattern is a shell's: `*` (slashes too), `?`, `[a-z]`, `[!a-z]`; one that ends with a slash means all below a folder.
  public init(include: [String] = [], exclude: [String] = []) {
    self.include = include
    self.exclude = exclude
  }

  /// Files at the root that make a checkpoint, beside its weights.
  static let companions = [
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
    "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt", "chat_template.jinja",
    "chat_template.json", "model.safetensors.index.json", "tribunal_edit.json",
  ]

  /// The wanted ones of the names, in their order.
  func chosen(_ names: [String]) -> [String] {
    let isSplit = names.contains("model.safetensors.index.json")
    let isNamed = isSplit || names.contains("model.safetensors")
    return names.filter { name in
      if exclude.contains(where: { Self.matches(name, $0) }) { return false }
      return Self.isNeeded(name, isNamed: isNamed, isSplit: isSplit) || include.contains { Self.matches(name, $0) }
    }
  }

  /// Some repositories keep the same weights in other forms beside the usual one: `consolidated.safetensors`, folders for
  /// other programs. A checkpoint needs one form.
  private static func isNeeded(_ name: String, isNamed: Bool, isSplit: Bool) -> Bool {
    if companions.contains(name) || name.hasSuffix(".tiktoken") && !name.contains("/") { return true }
    if name.hasPrefix("additional_chat_templates/"), name.hasSuffix(".jinja") { return true }
    guard name.hasSuffix(".safetensors"), !name.contains("/") else { return false }
    if name == "model.safetensors" { return true }
    if name.hasPrefix("consolidated") { return !isNamed }
    return isSplit || !isNamed
  }

  static func matches(_ name: String, _ pattern: String) -> Bool {
    fnmatch(pattern.hasSuffix("/") ? pattern + "*" : pattern, name, FNM_NOESCAPE) == 0
  }
}
