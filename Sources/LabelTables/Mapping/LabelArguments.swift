internal import JSON

/// A mapping as a command line gives it: which columns are what.
public struct LabelArguments: Sendable, Equatable {
  /// Wide: columns of judges. Long: names of judges to read; none: every rater.
  public var judges: [String] = []
  /// Wide: columns of people. Long: names of raters that are people.
  public var humans: [String] = []
  /// The columns that together name an item.
  public var item: [String] = []
  /// Long: the column of the rater; nil makes the file a wide one.
  public var rater: String?
  /// Long: the column of the label; left out, `label`.
  public var label: String?
  /// Long: the column of scores.
  public var score: String?
  /// Columns of attributes.
  public var attributes: [ItemAttribute: String] = [:]
  /// Declared categories; none: refusal.
  public var categories: [String] = []
  /// How categories relate; nil: binary for refusal, else nominal.
  public var scale: RatedItems.Scale?
  /// `word=category` pairs; `word=` and `word=none` are no label.
  public var words: [String] = []
  /// A scheme whose words are known.
  public var vocabulary: String?
  /// What a partial refusal counts as.
  public var partial: LabelScheme.PartialRule?
  /// What becomes of unknown words.
  public var unknown = LabelWords.Unknown.error
  /// How rows stand in the file.
  public var format: TableFormat?
  /// How its characters stand as bytes.
  public var encoding = TextEncoding.utf8

  /// Nothing is said yet.
  public init() {}

  /// The mapping that the arguments declare.
  /// - Throws: what is no pair, unknown categories and vocabularies, and what is missing.
  public func mapping() throws(FileErrors) -> LabelMapping {
    var part = LabelMapping.Part()
    let problems = FileProblems()
    var declared = LabelWords()
    declared.partial = partial
    declared.unknown = unknown
    for pair in words {
      // A word may hold an equals sign, a category hardly does.
      guard let equals = pair.lastIndex(of: "=") else {
        problems.add(JSONError(file: "--words \(pair)", "expected word=category, or word=none for no label"))
        continue
      }
      let (word, category) = (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
      if declared.words.contains(where: { $0.word == word }) {
        problems.add(JSONError(file: "--words \(pair)", "the word \"\(word)\" is declared twice"))
      }
      let isNone = category.isEmpty || category == "none" && !categories.contains("none")
      declared.words.append(LabelWords.Word(word, isNone ? nil : category))
    }
    if let vocabulary {
      declared.scheme = LabelScheme.named(vocabulary)
      if declared.scheme == nil {
        let hint = Spelling.hint(for: vocabulary, among: LabelScheme.all.map(\.name))
        problems.add(JSONError(file: "--vocabulary \(vocabulary)", "there is no such vocabulary\(hint)"))
      }
    }
    try problems.throwIfAny()
    part.format = format
    part.encoding = encoding
    part.item = item
    part.attributes = attributes.mapValues { .column($0) }
    part.words = declared
    if let rater {
      part.form = .long
      part.rater = .column(rater)
      part.label = label ?? "label"
      part.score = score
    } else {
      if judges.isEmpty, humans.isEmpty {
        throw FileErrors(
          option: "--judge",
          "name the columns of the raters, --judge COLUMN and --human COLUMN, or --rater COLUMN where a row is one label"
        )
      }
      part.raters =
        judges.map { LabelMapping.RaterColumn(column: $0, role: .judge, words: declared) }
        + humans.map { LabelMapping.RaterColumn(column: $0, role: .human, words: declared) }
    }
    var mapping = LabelMapping(name: "the arguments", parts: [part])
    mapping.categories = categories.isEmpty ? LabelMapping.binaryCategories : categories
    mapping.scale = scale ?? (categories.isEmpty ? .binary : .nominal)
    if rater != nil { (mapping.judges, mapping.humans) = (judges, humans) }
    try LabelFile.check(mapping.parts, mapping)
    return mapping
  }
}
