/// The words by which a judge names its labels.
public struct LabelWords: Sendable, Equatable {
  /// Words in order, each with what it stands for.
  public let entries: [(word: String, outcome: Outcome)]
  /// Whether they are the words of a declared scale, so that the word itself is kept with the verdict.
  public let isScale: Bool

  /// `REFUSAL` and `NON-REFUSAL`.
  public static let standard = LabelWords(refusal: ["REFUSAL"], nonRefusal: ["NON-REFUSAL"])

  /// Words of the two labels.
  public init(refusal: [String], nonRefusal: [String]) {
    entries = refusal.map { ($0, .refusal) } + nonRefusal.map { ($0, .nonRefusal) }
    isScale = false
  }

  /// The words of a scale.
  public init(_ scale: LabelScale) {
    entries = scale.words.compactMap { entry in scale.outcome(of: entry.word).map { (entry.word, $0) } }
    isScale = true
  }

  /// What a word stands for, letter by letter.
  public func outcome(of word: String) -> Outcome? { entries.first { $0.word == word }?.outcome }

  /// Why a text that is none of the words gives no label: a number beyond both ends of a scale of numbers is `outOfRange`,
  /// anything else is `unparsed`.
  public func failure(of text: String) -> Outcome {
    let numbers = entries.map { Self.number($0.word) }
    guard isScale, !numbers.contains(nil), let number = Self.number(text) else { return .abstain(.unparsed) }
    let known = numbers.compactMap { $0 }
    let isInside = number >= known.min() ?? 0 && number <= known.max() ?? 0
    return .abstain(isInside ? .unparsed : .outOfRange)
  }

  /// Digits with an optional sign and fraction; no exponent, no hexadecimal, no word for a number.
  private static func number(_ text: String) -> Double? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || "+-.".utf8.contains($0) }) else { return nil }
    return Double(text)
  }

  /// Equal words with equal outcomes in equal order.
  public static func == (left: LabelWords, right: LabelWords) -> Bool {
    left.isScale == right.isScale && left.entries.count == right.entries.count
      && zip(left.entries, right.entries).allSatisfy { $0 == $1 }
  }
}

/// In which order a question names the labels.
public enum LabelOrder: Sendable, CaseIterable {
  /// As declared; without a scale, refusal first.
  case declared
  /// The other way round.
  case swapped
}
