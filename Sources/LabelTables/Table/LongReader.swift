internal import JSON
internal import Wording

/// Reads the rows of a long file: one label a row.
final class LongReader {
  let words: WordReader
  private let fast: WordReader.Fast
  private let mapping: LabelMapping
  private let builder: RatedItemsBuilder
  private let problems: FileProblems
  private let raterSlot: Int?
  private let labelSlot: Int
  private let scoreSlot: Int?
  private let roleSlot: Int?
  /// Raters as the file names them.
  private let names = ByteTable()
  /// The column of each name, -1 for raters that were not asked for.
  private let columns = GrowingList<Int>()
  /// The labels of each name, nil for raters that were not asked for.
  private let codes = GrowingList<UnsafeMutablePointer<Growing<UInt8>>?>()
  /// More raters than this are no raters: the column is another one.
  static let raterLimit = 4096

  init(
    _ part: LabelMapping.Part,
    _ mapping: LabelMapping,
    _ builder: RatedItemsBuilder,
    _ problems: FileProblems,
    _ slot: (String) -> Int
  ) {
    self.mapping = mapping
    self.builder = builder
    self.problems = problems
    raterSlot = if case .column(let name)? = part.rater { slot(name) } else { nil }
    labelSlot = slot(part.label)
    scoreSlot = part.score.map(slot)
    roleSlot = part.role.map(slot)
    words = WordReader(column: part.label, words: part.words, categories: mapping.categories)
    fast = words.fast
    if case .constant(let name)? = part.rater { add(column(name, nil)) }
  }

  private func add(_ column: Int) {
    columns.list.pointee.append(column)
    codes.list.pointee.append(column < 0 ? nil : builder.columns[column].codes.list)
  }

  /// Reads a row's label.
  /// - Parameter name: the number of its rater's name.
  @inline(__always)
  func take(_ record: Record, _ item: Int, _ name: Int) throws {
    guard let codes = codes[name] else { return }
    var (code, new) = fast.code(record.fields[labelSlot])
    if let new { code = try words.understand(new, record.place(labelSlot)) }
    if !CodeColumn.set(codes, item, code) {
      builder.noteDuplicate(item: item, rater: columns[name], record.place(raterSlot))
      return
    }
    if let scoreSlot, let value = AttributeReader.number(record, scoreSlot, in: 0...1, "score", problems) {
      builder.columns[columns[name]].setScore(item, value)
    }
  }

  /// The column of a row's rater, where it is known.
  func knownRater(_ record: Record) -> Int? {
    guard let raterSlot else { return columns[0] }
    guard let bytes = record.bytes(raterSlot), let name = names.find(bytes), columns[name] >= 0 else { return nil }
    return columns[name]
  }

  /// Notes what the whole file has shown.
  func finish() {
    words.report(to: problems)
    let met = (0..<names.count).map { names.text($0) }
    guard raterSlot != nil, problems.count == 0 else { return }
    for name in mapping.judges + mapping.humans where !met.contains(name) {
      problems.add(
        JSONError(file: mapping.name, "no row is of a rater \"\(name)\"\(Spelling.hint(for: name, among: met))")
      )
    }
  }

  /// The number of the name of a row's rater; nil where it was not asked for or a problem was noted.
  @inline(__always)
  func rater(_ record: Record) throws -> Int? {
    guard let raterSlot else { return 0 }
    guard let bytes = record.bytes(raterSlot), bytes.count > 0 else {
      problems.add(record.place(raterSlot), "the row does not name its rater")
      return nil
    }
    let name = names.entries.pointee.intern(bytes)
    if name == columns.count { try meet(name, record, raterSlot) }
    guard columns[name] >= 0 else { return nil }
    if let roleSlot { checkRole(record, roleSlot, columns[name]) }
    return name
  }

  private func meet(_ name: Int, _ record: Record, _ raterSlot: Int) throws {
    guard name < Self.raterLimit else {
      throw JSONError(
        at: record.place(raterSlot),
        "more than \(Self.raterLimit) different raters; name the right column in \"rater\""
      )
    }
    let text = names.text(name)
    let isAsked = mapping.judges.isEmpty || mapping.judges.contains(text) || mapping.humans.contains(text)
    add(isAsked ? column(text, roleSlot.flatMap { role(record, $0) }) : -1)
  }

  private func column(_ name: String, _ role: RatedItems.Role?) -> Int {
    builder.column(name, role: role ?? (mapping.humans.contains(name) ? .human : .judge))
  }

  private func role(_ record: Record, _ slot: Int) -> RatedItems.Role? {
    guard let word = record.text(slot), !word.isEmpty else { return nil }
    if let role = RatedItems.Role(rawValue: LabelWords.trimmed(word).lowercased()) { return role }
    problems.add(record.place(slot), "role: \"\(VisibleText.short(word))\" is neither judge nor human")
    return nil
  }

  private func checkRole(_ record: Record, _ slot: Int, _ column: Int) {
    guard let role = role(record, slot), role != builder.columns[column].rater.role else { return }
    let rater = builder.columns[column].rater
    problems.add(
      record.place(slot),
      "rater \"\(rater.name)\" is a \(role.rawValue) here and was a \(rater.role.rawValue)"
    )
  }
}
