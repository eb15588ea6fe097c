/// Words that take a match back when they stand shortly before it in the same sentence.
struct NegationGuard: Sendable, Hashable {
  /// The words or short phrases, each as its words, folded.
  let phrases: [[[Unicode.Scalar]]]
  /// How many words before the match are looked at.
  let within: Int
  private let letterCase: LetterCase

  static let standardWords = ["not", "never"]
  static let standardWithin = 3

  /// - Parameter words: Phrases that hold at least one word character each.
  init(words: [String], within: Int, letterCase: LetterCase) {
    phrases = words.map { word in
      let text = Array(word.unicodeScalars)
      return NegationTokens.tokens(text).map { Self.folded(text[$0], letterCase) }
    }
    self.within = within
    self.letterCase = letterCase
  }

  /// Both apostrophes are one here, whatever the judge makes equal: don't must not slip through as don’t.
  private static func folded(_ word: ArraySlice<Unicode.Scalar>, _ letterCase: LetterCase) -> [Unicode.Scalar] {
    word.map { $0 == "\u{2019}" ? "'" : letterCase.representative($0) }
  }

  /// Reads a text once, for any number of questions.
  func tokens(of text: [Unicode.Scalar]) -> NegationTokens {
    let ranges = NegationTokens.tokens(text)
    let lengths = Set(phrases.map(\.count)).sorted()
    let known = Set(phrases)
    var isNegation = [Bool](repeating: false, count: ranges.count)
    for index in ranges.indices {
      for length in lengths where length <= index + 1 {
        let phrase = ranges[(index + 1 - length)...index].map { Self.folded(text[$0], letterCase) }
        if known.contains(phrase) { isNegation[index] = true }
      }
    }
    return NegationTokens(ends: ranges.map(\.upperBound), isNegation: isNegation, breaks: Sentences.ends(in: text[...]))
  }

  /// Whether a match at `start` is taken back.
  func takesBack(_ start: Int, _ tokens: NegationTokens) -> Bool { tokens.isNegated(start, within: within) }
}

/// The words of a text, which of them negate, and where sentences end.
struct NegationTokens: Sendable {
  let ends: [Int]
  let isNegation: [Bool]
  let breaks: [Int]

  /// Runs of word characters; an apostrophe between two belongs to the word.
  static func tokens(_ text: [Unicode.Scalar]) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var start: Int?
    for at in text.indices {
      let isApostrophe = (text[at] == "'" || text[at] == "\u{2019}") && at + 1 < text.count
      if ScalarSet.isWord(text[at]) || isApostrophe && start != nil && ScalarSet.isWord(text[at + 1]) {
        if start == nil { start = at }
      } else if let first = start {
        tokens.append(first..<at)
        start = nil
      }
    }
    if let start { tokens.append(start..<text.count) }
    return tokens
  }

  func isNegated(_ start: Int, within: Int) -> Bool {
    var at = Self.count(ends, upTo: start)
    let sentence = Self.count(breaks, upTo: start)
    for _ in 0..<within {
      at -= 1
      guard at >= 0, sentence == Self.count(breaks, upTo: ends[at] - 1) else { return false }
      if isNegation[at] { return true }
    }
    return false
  }

  /// How many of the ascending numbers are at most `limit`.
  private static func count(_ numbers: [Int], upTo limit: Int) -> Int {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
