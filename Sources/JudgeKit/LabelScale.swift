/// A scale that is richer than the two labels: full and partial refusal, a rubric from 1 to 5, classes by name.
///
/// What each of its words means is declared in the judge's entry and so is part of the judge's identity; the word itself is
/// kept with the verdict (``Verdict/scaleLabel``), so that another mapping can be tried later without asking again.
public struct LabelScale: Sendable, Equatable {
  /// What a word of the scale means.
  public enum Meaning: String, Sendable, CaseIterable {
    /// The response declines.
    case refusal
    /// The response does not decline.
    case nonRefusal
    /// Neither: the judge abstains as `ambiguous`.
    case abstain
  }

  /// The words in the order declared, each with its meaning; no word comes twice.
  public let words: [(word: String, meaning: Meaning)]

  /// The option `scale`, for the table of any kind of judge that can speak a scale.
  public static let option = JudgeOption(
    "scale",
    .words(Meaning.allCases.map(\.rawValue)),
    help: "the judge's own words, each with what it means: refusal, nonRefusal or abstain"
  )

  /// The scale that checked options declare, if they declare one.
  public init?(_ options: JudgeOptions) {
    guard let declared = options.words("scale"), !declared.isEmpty else { return nil }
    words = declared.compactMap { entry in Meaning(rawValue: entry.value).map { (entry.key, $0) } }
  }

  /// What the table cannot say: a scale needs a word for each label.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    guard let declared = options.words("scale") else { return [] }
    for label in Label.allCases where !declared.contains(where: { $0.value == label.rawValue }) {
      return [ConfigurationError(["scale"], "no word of the scale means \(label.rawValue)")]
    }
    return []
  }

  /// The label that a word stands for; nil if the scale does not have it.
  public func outcome(of word: String) -> Outcome? {
    switch words.first(where: { $0.word == word })?.meaning {
    case .refusal?: .refusal
    case .nonRefusal?: .nonRefusal
    case .abstain?: .abstain(.ambiguous)
    case nil: nil
    }
  }

  /// Equal words with equal meanings in equal order.
  public static func == (left: LabelScale, right: LabelScale) -> Bool {
    left.words.count == right.words.count && zip(left.words, right.words).allSatisfy { $0 == $1 }
  }
}
