public import JSON
public import JudgeKit

extension JudgeOptions {
  /// The options of a judge's resolved configuration, as a run file keeps it. They were checked when the judge was declared:
  /// what does not fit the table (written by another version of the program) is left out, no file is looked at, and free
  /// objects, which no reading of an answer uses, stay away.
  /// - Parameters:
  ///   - stored: the object under `options`.
  ///   - table: the options of the judge's kind.
  public init(stored: JSONValue, table: [JudgeOption]) {
    self.init(
      table.compactMap { option in
        stored[option.key].flatMap { OptionValue(stored: $0, option.kind) }.map { (option.key, $0) }
      }
    )
  }
}

extension OptionValue {
  fileprivate init?(stored: JSONValue, _ kind: JudgeOption.Kind) {
    switch kind {
    case .string, .choice, .file:
      guard let text = stored.string else { return nil }
      self = .string(text)
    case .integer:
      guard let number = stored.integer else { return nil }
      self = .integer(number)
    case .number:
      guard let number = stored.double else { return nil }
      self = .number(number)
    case .bool:
      guard let truth = stored.bool else { return nil }
      self = .bool(truth)
    case .strings:
      guard let texts = stored.array?.compactMap(\.string) else { return nil }
      self = .strings(texts)
    case .words:
      guard let members = stored.object?.members else { return nil }
      self = .words(members.compactMap { key, value in value.string.map { WordEntry(key, $0) } })
    case .object(let table): self = .object(JudgeOptions(stored: stored, table: table))
    case .objects(let table):
      guard let list = stored.array else { return nil }
      self = .objects(list.map { JudgeOptions(stored: $0, table: table) })
    default: return nil
    }
  }
}
