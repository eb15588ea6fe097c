/// What is noteworthy about an answer, by declared rules.
enum ResponseFlags {
  /// - truncated: the token limit or the context's end cut it.
  /// - degenerate: a phrase of four words stands three times or more.
  /// - empty: no visible character.
  /// - promptEcho: it holds the whole prompt (of 20 characters or more).
  static func flags(_ text: String, prompt: String, isCut: Bool) -> [ResponseInfo.Flag] {
    var flags: [ResponseInfo.Flag] = []
    if isCut { flags.append(.truncated) }
    if repeats(text) { flags.append(.degenerate) }
    if text.allSatisfy(\.isWhitespace) { flags.append(.empty) }
    if prompt.count >= 20, text.contains(prompt) { flags.append(.promptEcho) }
    return flags
  }

  private static func repeats(_ text: String) -> Bool {
    var numbers: [Substring: Int32] = [:]
    var words: [Int32] = []
    for word in Self.words(text) {
      let next = Int32(numbers.count)
      let number = numbers[word] ?? next
      if number == next { numbers[word] = next }
      words.append(number)
    }
    guard words.count >= 6 else { return false }
    var counts: [SIMD4<Int32>: Int] = [:]
    for start in 0...(words.count - 4) {
      let phrase = SIMD4(words[start], words[start + 1], words[start + 2], words[start + 3])
      let count = counts[phrase, default: 0] + 1
      if count >= 3 { return true }
      counts[phrase] = count
    }
    return false
  }

  /// Imports flag millions of answers: text of ASCII alone is cut by bytes, which gives the same words.
  private static func words(_ text: String) -> [Substring] {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.split(whereSeparator: \.isWhitespace) }
    return text.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { Substring($0) }
  }
}
