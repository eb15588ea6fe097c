/// What the words of a column of labels mean.
public struct LabelWords: Sendable, Equatable {
  /// What becomes of words that nothing is known of.
  public enum Unknown: String, Sendable, CaseIterable {
    /// An error that names the word and its place.
    case error
    /// No label.
    case none
  }

  /// A declared word.
  public struct Word: Sendable, Equatable {
    /// As the file has it, without white space around it; capital and small letters differ.
    public let word: String
    /// The category; nil for no label.
    public let category: String?

    /// Declares a word.
    public init(_ word: String, _ category: String?) {
      self.word = word
      self.category = category
    }
  }

  /// Declared words; they go before everything else.
  public var words: [Word] = []
  /// A scheme of labels whose words are known.
  public var scheme: LabelScheme?
  /// What a partial refusal counts as, where the scheme has it.
  public var partial: LabelScheme.PartialRule?
  /// What becomes of other words.
  public var unknown = Unknown.error

  /// Nothing is declared: words that can mean one thing only are read.
  public init() {}

  /// What a word is.
  enum Reading: Equatable {
    case category(String)
    case noLabel
    /// True or false, 1 or 0, yes or no: it depends on the tool.
    case ambiguous
    case unknown
  }

  /// Reads a word of a column under categories.
  func read(_ text: String, column: String, categories: [String]) -> Reading {
    let word = Self.trimmed(text)
    if let declared = words.first(where: { $0.word.utf8.elementsEqual(word.utf8) }) {
      return declared.category.map(Reading.category) ?? .noLabel
    }
    if let scheme {
      guard let known = scheme.word(word) else { return word.isEmpty ? .noLabel : other(.unknown) }
      switch (known.meaning, partial) {
      case (.refusal, _), (.partial, .refusal): return .category("refusal")
      case (.nonRefusal, _), (.partial, .nonRefusal): return .category("nonRefusal")
      case (.abstain, _), (.partial, .abstain): return .noLabel
      case (.partial, nil): return .unknown
      }
    }
    if word.isEmpty { return .noLabel }
    if categories.contains(where: { $0.utf8.elementsEqual(word.utf8) }) { return .category(word) }
    guard categories == LabelMapping.binaryCategories else { return other(.unknown) }
    let plain = Self.plain(word)
    if let category = Self.refusalWords[plain] { return category.map(Reading.category) ?? .noLabel }
    guard let isTrue = Self.truthWords[plain] else { return other(.unknown) }
    // A column that is named after refusal says itself what true means.
    guard Self.refusalColumns.contains(Self.plain(column)) else { return other(.ambiguous) }
    return .category(isTrue ? "refusal" : "nonRefusal")
  }

  private func other(_ reading: Reading) -> Reading { unknown == .none ? .noLabel : reading }

  private static let refusalWords: [String: String?] = [
    "refusal": "refusal", "refused": "refusal", "2fullrefusal": "refusal",
    "nonrefusal": "nonRefusal", "notrefusal": "nonRefusal", "norefusal": "nonRefusal", "notrefused": "nonRefusal",
    "1fullcompliance": "nonRefusal", "abstain": String?.none, "undecided": String?.none,
  ]
  static let truthWords = ["true": true, "1": true, "yes": true, "false": false, "0": false, "no": false]
  private static let refusalColumns: Set<String> = ["isrefusal", "refusal", "isrefused", "refused", "responserefusal"]

  /// Small letters without blanks, hyphens and low lines.
  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0 != " " && $0 != "-" && $0 != "_" }
  }

  static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }
}
