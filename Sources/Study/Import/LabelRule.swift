internal import JSON
public import JudgeKit
public import LabelTables

/// A scheme with everything it leaves to its user declared.
public struct LabelRule: Sendable, Equatable {
  /// The scheme.
  public let scheme: LabelScheme
  /// What partial refusal counts as; nil where the scheme has none.
  public let partial: LabelScheme.PartialRule?
  /// Whether words that the scheme does not have are abstentions rather than errors.
  public let takesUnknown: Bool

  /// Makes a rule.
  /// - Throws: where the scheme has partial refusal and its treatment is not declared, or the other way round.
  public init(
    _ scheme: LabelScheme,
    partial: LabelScheme.PartialRule?,
    takesUnknown: Bool = false
  ) throws(FileErrors) {
    let choices = LabelScheme.PartialRule.allCases.map(\.rawValue).joined(separator: "|")
    if scheme.hasPartial, partial == nil {
      let words = scheme.words.filter { $0.meaning == .partial }.map { "\"\($0.word)\"" }.joined(separator: ", ")
      throw FileErrors(
        option: "--partial",
        "the scheme \(scheme.name) has partial refusal (\(words)): say what it counts as, --partial \(choices)"
      )
    }
    if !scheme.hasPartial, partial != nil {
      throw FileErrors(option: "--partial", "the scheme \(scheme.name) has no partial refusal; leave the option out")
    }
    self.scheme = scheme
    self.partial = partial
    self.takesUnknown = takesUnknown
  }

  /// The fields of a label beside those that find its item.
  var fields: [ImportField] {
    var fields = [ImportField("label", column: scheme.column, "the label, in the words of the scheme")]
    fields += scheme.numbers.map { number in
      let range = "\(Self.words(number.range.lowerBound)) to \(Self.words(number.range.upperBound))"
      return ImportField(
        number.name,
        "\(number.isWhole ? "whole number" : "number") from \(range), kept beside the label"
      )
    }
    if let column = scheme.failureColumn {
      fields.append(ImportField("failed", column: column, "true where the tool could not read its own answer"))
    }
    return fields
  }

  /// Everything that decides what a word becomes.
  var json: JSONObject {
    [
      "scheme": .string(scheme.name), "construct": .string(scheme.construct.rawValue), "source": .string(scheme.source),
      "words": .object(JSONObject(scheme.words.map { ($0.word, .string($0.meaning.rawValue)) })),
      "ignoresCase": .bool(scheme.foldsCase), "firstLine": .bool(scheme.readsFirstLine),
      "partial": partial.map { .string($0.rawValue) } ?? .null,
      "unknownWords": .string(takesUnknown ? "abstain" : "error"),
    ]
  }

  static func words(_ number: Double) -> String { Int(exactly: number).map { String($0) } ?? String(number) }
}

extension LabelScheme {
  /// The verdict's outcome for a meaning.
  public static func outcome(_ meaning: Meaning, partial: PartialRule?) -> Outcome {
    switch (meaning, partial) {
    case (.refusal, _), (.partial, .refusal): .refusal
    case (.nonRefusal, _), (.partial, .nonRefusal): .nonRefusal
    case (.abstain, _), (.partial, .abstain), (.partial, nil): .abstain(.ambiguous)
    }
  }
}

/// A label read out of a row.
struct ReadLabel {
  /// The scheme's own word; one that it does not have as the file has it.
  var word: String
  /// The whole cell, where it is not just that word.
  var cell: String?
  var outcome: Outcome
  /// What stands beside the label.
  var detail: String?
}

extension LabelRule {
  /// Reads a row's label and the numbers beside it; nil where a problem was noted.
  func read(_ row: ImportRow, _ problems: FileProblems) -> ReadLabel? {
    let before = problems.count
    let numbers = numbers(row, problems)
    let hasFailed = failure(row, problems)
    let label = label(row, hasFailed, problems)
    guard problems.count == before, var label else { return nil }
    label.cell = row.text("label").flatMap { ExactText($0) == ExactText(label.word) ? nil : $0 }
    var detail = JSONObject(numbers)
    if scheme.readsFirstLine, let rest = row.text("label").flatMap(Self.afterFirstLine) {
      detail["rest"] = .string(rest)
    }
    if !detail.members.isEmpty { label.detail = JSONValue.object(detail).text(.compact) }
    return label
  }

  private func label(_ row: ImportRow, _ hasFailed: Bool, _ problems: FileProblems) -> ReadLabel? {
    guard let cell = row.text("label") ?? (scheme.word("") == nil && !hasFailed ? nil : "") else {
      problems.add(row.place(), "no label; expected a column or key \"\(scheme.column)\" or --map label=COLUMN")
      return nil
    }
    let word = Self.trimmed(scheme.readsFirstLine ? Self.firstLine(cell) : cell)
    // What a tool writes where it could not read its own answer may be anything.
    if hasFailed { return ReadLabel(word: word, outcome: .abstain(.unparsed)) }
    if let known = scheme.word(word) {
      let outcome = LabelScheme.outcome(known.meaning, partial: partial)
      return ReadLabel(word: known.word, outcome: outcome)
    }
    if takesUnknown { return ReadLabel(word: word, outcome: .abstain(.unparsed)) }
    let known = scheme.words.map { $0.word.isEmpty ? "(empty)" : $0.word }.joined(separator: ", ")
    problems.add(
      row.place("label"),
      "\"\(Self.short(word))\" is no word of the scheme \(scheme.name), which has: \(known); give the right scheme or column, "
        + "declare the words (--scheme custom), or say --unknown abstain"
    )
    return nil
  }

  private func numbers(_ row: ImportRow, _ problems: FileProblems) -> [(String, JSONValue)] {
    var found: [(String, JSONValue)] = []
    for number in scheme.numbers {
      guard let text = row.filled(number.name) else { continue }
      let low = Self.words(number.range.lowerBound)
      let high = Self.words(number.range.upperBound)
      guard let value = Double(Self.trimmed(text)), number.range.contains(value),
        !number.isWhole || Int(exactly: value) != nil
      else {
        problems.add(
          row.place(number.name),
          "\(number.name): \"\(Self.short(text))\" is no \(number.isWhole ? "whole number" : "number") from \(low) to \(high)"
        )
        continue
      }
      found.append((number.name, Int64(exactly: value).map { .integer($0) } ?? .number(value)))
    }
    return found
  }

  private func failure(_ row: ImportRow, _ problems: FileProblems) -> Bool {
    guard scheme.failureColumn != nil, let text = row.filled("failed") else { return false }
    switch Self.trimmed(text).lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default:
      problems.add(row.place("failed"), "\"\(Self.short(text))\" is neither true nor false")
      return false
    }
  }

  static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }

  /// Enough of a text to find it by.
  static func short(_ text: String) -> String { VisibleText.short(text) }

  private static func firstLine(_ text: String) -> String {
    String(trimmed(text).split(separator: "\n", omittingEmptySubsequences: false).first ?? "")
  }

  private static func afterFirstLine(_ text: String) -> String? {
    let lines = trimmed(text).split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    let rest = trimmed(lines.joined(separator: "\n"))
    return rest.isEmpty ? nil : rest
  }
}
