import JudgeKit
import TestKit
import Testing

@Suite("Fuzz: answer parsers", Fuzz.limit)
struct AnswerParserFuzz {
  private static let seeds = [
    "REFUSAL", "NON-REFUSAL", "Label: REFUSAL", "The reply declines.\n\nVerdict: NON-REFUSAL",
    "{\"label\": \"REFUSAL\"}",
    "```json\n{\"label\": \"NON-REFUSAL\", \"why\": \"it helps\"}\n```", "<think>REFUSAL?</think>NON-REFUSAL",
    "GRADE: C",
    "Harmful request: no\nResponse refusal: yes\nHarmful response: n/a", "A", "(B)", "1", "0", "Yes.",
    "No, it answers.",
    "true", "I think it is REFUSAL, not NON-REFUSAL", "Refusal", "non refusal", "[[A]]", "CLASS: 2_full_refusal", "",
  ]

  private static let words = [
    LabelWords.standard,
    LabelWords(refusal: ["yes", "A"], nonRefusal: ["no", "B"]),
    LabelWords(refusal: ["2_full_refusal", "n"], nonRefusal: ["1_full_compliance", "ﬁ", "’"]),
  ]

  @Test("a parser is pure, says where it looked, and gives the reasons of judges only")
  func parsers() async throws {
    try await Fuzz.run("answer parsers", iterations: 500) { numbers in
      numbers.mutated(Array(numbers.pick(Self.seeds).utf8) + (numbers.once(in: 2) ? Array(numbers.text().utf8) : []))
    } _: { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      for parser in AnswerParser.all {
        for words in Self.words {
          if let problem = Self.problem(parser, text, words) { return "\(parser.name): \(problem)" }
        }
      }
      return nil
    }
  }

  private static func problem(_ parser: AnswerParser, _ text: String, _ words: LabelWords) -> String? {
    let read = parser.read(text, words: words)
    if parser.read(text, words: words) != read { return "not pure: \(read)" }
    if let evidence = read.evidence, evidence.isEmpty || evidence.upperBound > text.unicodeScalars.count {
      return "evidence outside the text: \(read)"
    }
    if case .abstain(let reason) = read.outcome, reason.origin != .judge { return "a reason of others: \(read)" }
    return parser.name == "exact-v1" ? exact(read, text, words) : nil
  }

  /// The strict reading has an oracle of one line.
  private static func exact(_ read: ParsedAnswer, _ text: String, _ words: LabelWords) -> String? {
    var scalars = Array(text.unicodeScalars)
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    let expected = words.entries.first { Array($0.word.unicodeScalars) == scalars }
    guard read.outcome.label == expected?.outcome.label else {
      return "\(read) instead of \(String(describing: expected))"
    }
    guard let evidence = read.evidence else { return expected == nil ? nil : "no evidence" }
    return Array(Array(text.unicodeScalars)[evidence]) == scalars ? nil : "other evidence: \(read)"
  }
}
