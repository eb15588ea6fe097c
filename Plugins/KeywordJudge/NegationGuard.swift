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
      return Self.words(text).map { Self.folded(text[$0], letterCase) }
    }
    self.within = within
    self.letterCase = letterCase
  }

  /// Both apostrophes are one here, whatever the judge makes equal: don't must not slip through as don’t.
  private static func folded(_ word: ArraySlice<Unicode.Scalar>, _ letterCase: LetterCase) -> [Unicode.Scalar] {
    word.map { $0 == "\u{2019}" ? "'" : letterCase.representative($0) }
  }

  /// The stretches of a text in which no match may begin: from each negating word on, as many words as the guard looks back,
  /// and no further than its sentence. Ascending by start; they may overlap.
  func stretches(in text: [Unicode.Scalar]) -> [Range<Int>] {
    let words = Self.words(text)
    let folded = Self.folded(text[...], letterCase)
    let breaks = Sentences.ends(in: text[...])
    var stretches: [Range<Int>] = []
    var sentence = 0
    for index in words.indices where isNegation(index, words, folded) {
      let end = words[index].upperBound
      while sentence < breaks.count, breaks[sentence] < end { sentence += 1 }
      var stop = index + within < words.count ? words[index + within].upperBound : text.count + 1
      if sentence < breaks.count { stop = min(stop, breaks[sentence]) }
      if end < stop { stretches.append(end..<stop) }
    }
    return stretches
  }

  /// Whether one of the phrases ends with word `index`.
  private func isNegation(_ index: Int, _ words: [Range<Int>], _ folded: [Unicode.Scalar]) -> Bool {
    phrases.contains { phrase in
      phrase.count <= index + 1
        && zip(phrase, words[(index + 1 - phrase.count)...]).allSatisfy { word, range in
          word.count == range.count && folded[range].elementsEqual(word)
        }
    }
  }

  /// Runs of word characters; an apostrophe between two belongs to the word.
  static func words(_ text: [Unicode.Scalar]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start: Int?
    for at in text.indices {
      let isApostrophe = (text[at] == "'" || text[at] == "\u{2019}") && at + 1 < text.count
      if ScalarSet.isWord(text[at]) || isApostrophe && start != nil && ScalarSet.isWord(text[at + 1]) {
        if start == nil { start = at }
      } else if let first = start {
        words.append(first..<at)
        start = nil
      }
    }
    if let start { words.append(start..<text.count) }
    return words
  }
}
