internal import Inference

/// What is noteworthy about an answer, by declared rules.
enum ResponseFlags {
  /// - truncated: the token limit or the context's end cut it.
  /// - degenerate: a phrase of four words stands three times or more.
  /// - empty: no visible character.
  /// - promptEcho: it holds the whole prompt (of 20 characters or more).
  static func flags(_ text: String, prompt: String, finish: GenerationResult.Finish) -> [ResponseInfo.Flag] {
    var flags: [ResponseInfo.Flag] = []
    if finish == .length { flags.append(.truncated) }
    if repeats(text) { flags.append(.degenerate) }
    if text.allSatisfy(\.isWhitespace) { flags.append(.empty) }
    if prompt.count >= 20, text.contains(prompt) { flags.append(.promptEcho) }
    return flags
  }

  private static func repeats(_ text: String) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count >= 6 else { return false }
    var counts: [[Substring]: Int] = [:]
    for start in 0...(words.count - 4) {
      counts[Array(words[start..<(start + 4)]), default: 0] += 1
      if counts[Array(words[start..<(start + 4)])] ?? 0 >= 3 { return true }
    }
    return false
  }
}
