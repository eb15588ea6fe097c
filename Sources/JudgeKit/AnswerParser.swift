/// Reads a label out of what a judge answered. Parsers are named, versioned and pure: the same text gives the same label for
/// ever, and stored answers can be read again by another parser without asking anyone.
public struct AnswerParser: Sendable {
  /// Its name with its version, as in `exact-v1`; a change of behaviour is a new name.
  public let name: String
  /// One sentence for people.
  public let summary: String
  /// Whether it gets the answer as it came: thoughts, cut answers and empty ones too. True for re-made rules of other
  /// programs, which knew none of these.
  public let readsEverything: Bool
  private let reading: @Sendable (String, LabelWords) -> ParsedAnswer

  init(
    _ name: String,
    _ summary: String,
    readsEverything: Bool = false,
    _ reading: @escaping @Sendable (String, LabelWords) -> ParsedAnswer
  ) {
    self.name = name
    self.summary = summary
    self.readsEverything = readsEverything
    self.reading = reading
  }

  /// Reads an answer.
  /// - Parameter words: the words that stand for labels.
  public func read(_ answer: String, words: LabelWords = .standard) -> ParsedAnswer { reading(answer, words) }

  /// Every parser, the strict standard first.
  public static let all: [AnswerParser] =
    [exact, labelLine, firstWord, lastLabel, json(key: "label"), choice, grade, wildGuard]
    + [paperSubstring, paperHF, paperAllJudges, paperOpenAI]

  /// The parser of that name. `json-v1:KEY` is `json-v1` with another key than `label`.
  public static func named(_ name: String) -> AnswerParser? {
    if let found = all.first(where: { $0.name == name }) { return found }
    let prefix = "json-v1:"
    guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count else { return nil }
    return json(key: String(name.dropFirst(prefix.count)))
  }

  /// The whole answer, white space around it aside, is one of the words, letter by letter.
  static let exact = AnswerParser("exact-v1", "the whole answer is a label, white space around it aside") {
    answer,
    words in
    let text = answer.trimmed
    if text.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
    guard let found = words.entries.first(where: { $0.word == text }) else {
      return ParsedAnswer(words.failure(of: text))
    }
    let start = answer.unicodeScalars.prefix { $0.properties.isWhitespace }.count
    return ParsedAnswer(
      found.outcome,
      word: found.word,
      evidence: start..<(start + text.unicodeScalars.count)
    )
  }
}

/// What a parser read.
public struct ParsedAnswer: Sendable, Equatable {
  /// The label, or why there is none.
  public let outcome: Outcome
  /// The word that was found.
  public let word: String?
  /// Where in the answer it stands, in Unicode scalars.
  public let evidence: Range<Int>?
  /// A remark for people.
  public let detail: String?

  /// Makes a reading.
  public init(_ outcome: Outcome, word: String? = nil, evidence: Range<Int>? = nil, detail: String? = nil) {
    self.outcome = outcome
    self.word = word
    self.evidence = evidence
    self.detail = detail
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    var scalars = unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }
}
