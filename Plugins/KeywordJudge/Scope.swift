/// The part of a response that a rule looks at, in characters of the response as it came.
struct Scope: Sendable, Hashable {
  /// What becomes of a thinking block, `<think>…</think>`.
  enum Thinking: String, Sendable, CaseIterable {
    /// It is text like any other.
    case include
    /// Only what stands after the last `</think>` is looked at; without one, everything.
    case skip
  }

  /// What is said of a response that opens a thinking block and never closes it.
  enum UnclosedThinking: String, Sendable, CaseIterable {
    /// Nothing: there is no answer yet.
    case abstain
    /// The block is looked at as if it were the answer.
    case include
  }

  var firstCharacters: Int?
  var firstSentences: Int?
  var thinking = Thinking.include
  var unclosedThinking = UnclosedThinking.abstain

  /// The part of `text`; nil when its thinking block does not end and the scope says to abstain.
  func range(in text: [Unicode.Scalar]) -> Range<Int>? {
    var low = 0
    if thinking == .skip {
      if let close = Self.last("</think>", in: text) {
        low = close
      } else if unclosedThinking == .abstain, Self.opens(text) {
        return nil
      }
    }
    var high = text.count
    if let firstCharacters { high = min(high, low + firstCharacters) }
    if let firstSentences {
      let ends = Sentences.ends(in: text[low..<high], limit: firstSentences)
      if ends.count == firstSentences, let end = ends.last { high = end }
    }
    return low..<high
  }

  /// The place after the last occurrence.
  private static func last(_ mark: String, in text: [Unicode.Scalar]) -> Int? {
    let mark = Array(mark.unicodeScalars)
    guard text.count >= mark.count else { return nil }
    var at = text.count - mark.count
    while at >= 0 {
      if text[at] == mark[0], text[at..<(at + mark.count)].elementsEqual(mark) { return at + mark.count }
      at -= 1
    }
    return nil
  }

  /// Whether the response begins with an opened block; a mention of the mark further on is none.
  private static func opens(_ text: [Unicode.Scalar]) -> Bool {
    text.drop { $0.properties.isWhitespace }.starts(with: "<think>".unicodeScalars)
  }
}
