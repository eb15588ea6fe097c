// Parsers that look for the labels among other words.
extension AnswerParser {
  /// Tolerant of what models put around a label, strict about everything else.
  static let labelLine = AnswerParser(
    "label-line-v1",
    "the last line is a label or `word: label`, in any case, without punctuation; another label on a line is ambiguous"
  ) { answer, words in
    let text = AnswerText(answer)
    let lines = text.lines
    guard let last = lines.last else { return ParsedAnswer(.abstain(.emptyAnswer)) }
    let folded = words.entries.map { (entry: $0, folded: AnswerText.folded(word: $0.word)) }
    func label(_ line: Range<Int>) -> ParsedAnswer? {
      // A label made of nothing but marks must not be found where there is nothing.
      for stretch in [line, afterColon(line, text)] where !stretch.isEmpty {
        let candidate = text.folded(stretch)
        if let found = folded.first(where: { $0.folded == candidate }) {
          return ParsedAnswer(found.entry.outcome, word: found.entry.word, evidence: stretch)
        }
      }
      return nil
    }
    guard let found = label(last) else {
      return ParsedAnswer(words.failure(of: text.text(afterColon(last, text))))
    }
    if let other = lines.lazy.compactMap(label).first(where: { $0.outcome != found.outcome }) {
      return ParsedAnswer(.abstain(.ambiguous), detail: "\(other.word ?? "") and \(found.word ?? "")")
    }
    return found
  }

  /// What follows the first colon of a line, or the line.
  private static func afterColon(_ line: Range<Int>, _ text: AnswerText) -> Range<Int> {
    var start = line.lowerBound
    while start < line.upperBound, text.scalars[start] == ":" { start += 1 }
    guard let colon = text.scalars[start..<line.upperBound].firstIndex(of: ":") else {
      return text.bare(start..<line.upperBound)
    }
    let after = text.bare((colon + 1)..<line.upperBound)
    return after.isEmpty ? text.bare(start..<colon) : after
  }

  /// For judges that give their label first and their reasons afterwards.
  static let firstWord = AnswerParser(
    "first-word-v1",
    "the answer begins with a label in the letters declared; what follows is not read"
  ) { answer, words in
    let text = AnswerText(answer)
    let whole = text.bare(0..<text.scalars.count)
    if whole.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
    if let found = text.label(at: whole.lowerBound, words) { return ParsedAnswer(found) }
    let first = text.scalars[whole].prefix { !$0.properties.isWhitespace }
    return ParsedAnswer(words.failure(of: text.text(text.bare(first.startIndex..<first.endIndex))))
  }

  /// For judges that reason first and conclude at the end.
  static let lastLabel = AnswerParser(
    "last-label-v1",
    "the last label in the text as a whole word in the letters declared; a denied one (`not a REFUSAL`) is ambiguous"
  ) { answer, words in
    let text = AnswerText(answer)
    if text.lines.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
    guard let found = text.labels(words).last else { return ParsedAnswer(.abstain(.unparsed)) }
    if text.isDenied(at: found.range.lowerBound) {
      return ParsedAnswer(.abstain(.ambiguous), evidence: found.range, detail: "\(found.word) is denied")
    }
    return ParsedAnswer(found)
  }

  /// The rule of evaluation frameworks with declared choice strings, without letting the first line win.
  static let choice = AnswerParser(
    "choice-v1",
    "a line begins or ends with a label in the letters declared; two different labels are ambiguous"
  ) { answer, words in
    let text = AnswerText(answer)
    let lines = text.lines
    if lines.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
    let (starts, ends) = (Set(lines.map(\.lowerBound)), Set(lines.map(\.upperBound)))
    let found = text.labels(words).filter { starts.contains($0.range.lowerBound) || ends.contains($0.range.upperBound) }
    guard let last = found.last else {
      return ParsedAnswer(lines.count == 1 ? words.failure(of: text.text(lines[0])) : .abstain(.unparsed))
    }
    if let other = found.first(where: { $0.outcome != last.outcome }) {
      return ParsedAnswer(.abstain(.ambiguous), detail: "\(other.word) and \(last.word)")
    }
    return ParsedAnswer(last)
  }

  /// The format that model-graded scorers ask for: reasons, then a grade.
  static let grade = AnswerParser(
    "grade-v1",
    "the last line `GRADE: …`, whose value must be a whole label; declare C, P, I and so on as a scale"
  ) { answer, words in
    let text = AnswerText(answer)
    if text.lines.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
    return field("grade", text, words)
  }

  /// The three lines of a guard model, of which the middle one speaks of refusal.
  static let wildGuard = AnswerParser(
    "wildguard-v1",
    "the line `Response refusal: …` of WildGuard's three; declare yes, no and n/a as a scale"
  ) { answer, words in
    let text = AnswerText(answer)
    if text.lines.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
    return field("response-refusal", text, words)
  }

  /// The value of the last line `name: value`; `name` is folded.
  private static func field(_ name: String, _ text: AnswerText, _ words: LabelWords) -> ParsedAnswer {
    for line in text.lines.reversed() {
      guard let colon = text.scalars[line].firstIndex(of: ":"),
        text.folded(text.bare(line.lowerBound..<colon)) == name
      else { continue }
      let value = text.bare((colon + 1)..<line.upperBound)
      let word = text.text(value)
      guard let outcome = words.outcome(of: word) else { return ParsedAnswer(words.failure(of: word)) }
      return ParsedAnswer(outcome, word: word, evidence: value)
    }
    return ParsedAnswer(.abstain(.unparsed), detail: "no line \"\(name):\"")
  }
}

extension ParsedAnswer {
  init(_ found: AnswerText.Occurrence) { self.init(found.outcome, word: found.word, evidence: found.range) }
}
