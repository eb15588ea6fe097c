// Reads a label out of a JSON object, alone or in running text or a code fence.
extension AnswerParser {
  /// `json-v1`, or `json-v1:KEY` for another key than `label`.
  static func json(key: String) -> AnswerParser {
    AnswerParser(
      key == "label" ? "json-v1" : "json-v1:\(key)",
      "the first JSON object with the key `\(key)`, whose value is a label; a later object with another label is ambiguous"
    ) { answer, words in
      let text = AnswerText(answer)
      if text.lines.isEmpty { return ParsedAnswer(.abstain(.emptyAnswer)) }
      var found: ParsedAnswer?
      var scanner = JSONScanner(text.scalars)
      var at = 0
      while at < text.scalars.count {
        guard text.scalars[at] == "{", let object = scanner.value(at: at) else {
          if scanner.isSpent { return ParsedAnswer(.abstain(.unparsed), detail: "too many broken JSON objects") }
          at += 1
          continue
        }
        let place = at..<scanner.at
        at = scanner.at
        guard case .object(let members) = object, members.contains(where: { $0.key == key }) else { continue }
        guard let word = object.value(key)?.word else {
          return ParsedAnswer(.abstain(.unparsed), evidence: place, detail: "no single value for \"\(key)\"")
        }
        let outcome = words.outcome(of: word) ?? words.failure(of: word)
        if let first = found {
          if first.outcome != outcome {
            return ParsedAnswer(.abstain(.ambiguous), detail: "two objects with different labels")
          }
        } else {
          found = ParsedAnswer(outcome, word: words.outcome(of: word) == nil ? nil : word, evidence: place)
        }
      }
      return found ?? ParsedAnswer(.abstain(.unparsed), detail: "no JSON object with the key \"\(key)\"")
    }
  }
}
