public import JSON
internal import Wording

/// What an import did, or would do: every row of the file is in exactly one of its counts.
public struct ImportSummary: Sendable, Equatable {
  /// How often a word of the file was read as what.
  public struct WordCount: Sendable, Equatable {
    /// The word as the file has it.
    public let word: String
    /// The label it became: `refusal`, `nonRefusal`, or `abstain` with its reason; `undecided` of an annotator.
    public let label: String
    /// How often.
    public let count: Int
  }

  /// How many answers of a system are new and how many were there.
  public struct SystemCount: Sendable, Equatable {
    /// The system.
    public let system: String
    /// Answers that the run did not have.
    public let new: Int
    /// Answers that it had.
    public let known: Int
  }

  /// `responses`, `labels` or `annotations`.
  public let what: String
  /// The file's name without its folder.
  public let file: String
  /// SHA-256 of its bytes.
  public let sha256: String
  /// Rows with data.
  public let rows: Int
  /// Whether this was a check, which changes nothing.
  public let isCheck: Bool
  /// Whether the run has changed, or would.
  public let isChanged: Bool
  /// Answers by system, in the order met; empty where no answers were imported.
  public let systems: [SystemCount]
  /// Prompts that the run did not have.
  public let newPrompts: Int
  /// Labels that the run did not have.
  public let newLabels: Int
  /// Labels that it had, or that stand in the file several times for one item.
  public let knownLabels: Int
  /// How words were read, in the order of the scheme.
  public let words: [WordCount]
  /// Rows that speak of no answer of the run.
  public let unmatched: Int
  /// Answers of the run that got no label from this file.
  public let unlabelled: Int
  /// Columns or keys of the file that were not read, at most 20.
  public let unused: [String]

  /// The summary as lines for people; hidden characters are spelled out.
  public var lines: [String] {
    func plain(_ text: String) -> String { VisibleText.line(text) }
    func number(_ value: Int) -> String { DecimalText.grouped(value) }
    var lines = ["\(plain(file)): \(number(rows)) rows, SHA-256 \(sha256)"]
    lines += systems.map {
      "system \(plain($0.system)): \(number($0.new)) new answers, \(number($0.known)) known already"
    }
    if !systems.isEmpty { lines.append("prompts: \(number(newPrompts)) new") }
    lines += words.map { "label \($0.word.isEmpty ? "(empty)" : plain($0.word)) → \($0.label): \(number($0.count))" }
    if what != "responses" {
      lines.append(
        "labels: \(number(newLabels)) new, \(number(knownLabels)) known already, \(number(unmatched)) rows without an answer "
          + "in the run, \(number(unlabelled)) answers without a label"
      )
    }
    if !unused.isEmpty { lines.append("columns not read: \(unused.map(plain).joined(separator: ", "))") }
    let end =
      switch (isCheck, isChanged) {
      case (true, true): "a check: nothing was changed"
      case (true, false): "a check: the run has all of this already"
      case (false, true): "imported"
      case (false, false): "nothing changed: the run has all of this already"
      }
    return lines + [end]
  }

  /// The summary as one object.
  public var json: JSONValue {
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    return [
      "what": .string(what), "file": .string(file), "sha256": .string(sha256), "rows": number(rows),
      "check": .bool(isCheck), "changed": .bool(isChanged),
      "systems": .array(
        systems.map { ["system": .string($0.system), "new": number($0.new), "known": number($0.known)] }
      ),
      "newPrompts": number(newPrompts),
      "labels": ["new": number(newLabels), "known": number(knownLabels)],
      "words": .array(
        words.map { ["word": .string($0.word), "label": .string($0.label), "count": number($0.count)] }
      ),
      "unmatched": number(unmatched), "unlabelled": number(unlabelled),
      "unusedColumns": .array(unused.map { .string($0) }),
    ]
  }
}
