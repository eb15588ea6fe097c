internal import JSON
internal import Wording

/// Reads one file of a mapping into a builder.
final class PartReader {
  /// What the loop over raters needs, without counting owners.
  private struct RaterSlot: BitwiseCopyable {
    let column: Int
    let score: Int?
    let rater: Int
    let index: Int
    let words: WordReader.Fast
    let codes: UnsafeMutablePointer<Growing<UInt8>>
  }

  private let file: String
  private let part: LabelMapping.Part
  private let mapping: LabelMapping
  private let builder: RatedItemsBuilder
  private let problems: FileProblems
  private let columns: [RecordReader.Column]
  private let format: TableFormat
  private let keySlots: [Int]
  private let attributes: AttributeReader
  private let wide: [RaterSlot]
  private let words: [WordReader]
  private let long: LongReader?
  private let key = ByteBuffer()
  /// The item met last.
  private let last: UnsafeMutablePointer<Int>
  private var extent = RecordReader.Extent()

  init(
    file: String,
    part: LabelMapping.Part,
    mapping: LabelMapping,
    builder: RatedItemsBuilder,
    problems: FileProblems
  ) throws {
    self.file = file
    self.part = part
    self.mapping = mapping
    self.builder = builder
    self.problems = problems
    if let declared = part.format {
      format = declared
    } else {
      do { format = try TableFormat(ofFile: file) } catch { throw FileErrors(errors: [error], more: 0) }
    }
    var columns: [RecordReader.Column] = []
    func slot(_ name: String) -> Int {
      columns.append(RecordReader.Column(name))
      return columns.count - 1
    }
    keySlots = part.item.map(slot)
    attributes = AttributeReader(part.attributes, builder, problems, slot)
    last = .allocate(capacity: 1)
    last.initialize(to: 0)
    if part.form == .wide {
      long = nil
      let words = part.raters.map {
        WordReader(column: $0.column, words: $0.words, categories: mapping.categories)
      }
      self.words = words
      wide = part.raters.enumerated().map { index, rater in
        let number = builder.column(rater.name, role: rater.role)
        return RaterSlot(
          column: slot(rater.column),
          score: rater.score.map(slot),
          rater: number,
          index: index,
          words: words[index].fast,
          codes: builder.columns[number].codes.list
        )
      }
    } else {
      wide = []
      let reader = LongReader(part, mapping, builder, problems, slot)
      long = reader
      words = [reader.words]
    }
    self.columns = columns
  }

  deinit { last.deallocate() }

  /// What there is to say of the file.
  var facts: RatedItems.File {
    RatedItems.File(path: file, sha256: extent.sha256, rows: extent.rows, unusedColumns: extent.unused)
  }

  var wordCounts: [RatedItems.WordCount] { words.flatMap(\.readings) }

  /// Reads the file.
  func read() throws {
    var seen = Seen()
    var row = 0
    let keys = builder.keys
    extent = try records().read { record in
      let item: Int
      if let keys {
        // A row of a rater that was not asked for names no item.
        var name = 0
        if let long {
          guard let found = try long.rater(record) else { return }
          name = found
        }
        guard let known = self.item(record, keys) else { return }
        item = known
        if let long { try long.take(record, item, name) } else { try takeWide(record, item, &seen) }
      } else {
        item = row
        row &+= 1
        try takeLabels(record, item)
      }
      attributes.take(record, item)
    }
    if keys == nil { builder.rowCount = row }
    for words in words { words.report(to: problems) }
    long?.finish()
  }

  /// Finds the rows whose item or label comes again later.
  func findFirst(
    of duplicates: [RatedItemsBuilder.Duplicate: SourcePlace],
    into first: inout [RatedItemsBuilder.Duplicate: SourcePlace]
  ) throws {
    guard let keys = builder.keys else { return }
    var found = first
    _ = try records(problems: FileProblems()).read { record in
      guard let bytes = keyBytes(record), let item = keys.find(bytes) else { return }
      let raters = long.map { [$0.knownRater(record)] } ?? wide.map { Optional($0.rater) } + [nil]
      for rater in raters {
        let duplicate = RatedItemsBuilder.Duplicate(item: item, rater: rater, file: rater == nil ? file : nil)
        if duplicates[duplicate] != nil, found[duplicate] == nil { found[duplicate] = record.place() }
      }
    }
    first = found
  }

  private func records(problems: FileProblems? = nil) -> RecordReader {
    RecordReader(
      file: file,
      format: format,
      encoding: part.encoding,
      columns: columns,
      problems: problems ?? self.problems
    )
  }

  // MARK: Rows

  /// The row's item, nil where a problem was noted.
  @inline(__always)
  private func item(_ record: Record, _ keys: ByteTable) -> Int? {
    guard let bytes = keyBytes(record) else {
      problems.add(
        record.place(),
        "the row does not name its item; expected a text in \(part.item.joined(separator: ", "))"
      )
      return nil
    }
    return keys.entries.pointee.intern(bytes, after: &last.pointee)
  }

  @inline(__always)
  private func keyBytes(_ record: Record) -> UnsafeRawBufferPointer? {
    if keySlots.count == 1 {
      guard let bytes = record.bytes(keySlots[0]), bytes.count > 0 else { return nil }
      return bytes
    }
    key.removeAll()
    for (at, slot) in keySlots.enumerated() {
      guard let bytes = record.bytes(slot), bytes.count > 0 else { return nil }
      CompositeKey.append(bytes, isLast: at == keySlots.count - 1, to: key)
    }
    return UnsafeRawBufferPointer(start: key.bytes, count: key.count)
  }

  /// Items that a wide file has named, where they can have been named before.
  private struct Seen {
    private var bits: [UInt64] = []

    /// Remembers an item; false where it was remembered before.
    mutating func insert(_ item: Int) -> Bool {
      if item >> 6 >= bits.count {
        bits.append(contentsOf: repeatElement(0, count: max(64, item >> 6 + 1 - bits.count)))
      }
      let bit: UInt64 = 1 << UInt64(item & 63)
      defer { bits[item >> 6] |= bit }
      return bits[item >> 6] & bit == 0
    }
  }

  private func takeWide(_ record: Record, _ item: Int, _ seen: inout Seen) throws {
    if seen.insert(item) {
      try takeLabels(record, item)
    } else {
      builder.noteDuplicate(item: item, rater: nil, record.place())
    }
  }

  @inline(__always)
  private func takeLabels(_ record: Record, _ item: Int) throws {
    for slot in wide {
      var (code, new) = slot.words.code(record.fields[slot.column])
      if let new { code = try words[slot.index].understand(new, record.place(slot.column)) }
      if !CodeColumn.set(slot.codes, item, code) {
        builder.noteDuplicate(item: item, rater: slot.rater, record.place(slot.column))
      }
      if let score = slot.score, let value = AttributeReader.number(record, score, in: 0...1, "score", problems) {
        builder.columns[slot.rater].setScore(item, value)
      }
    }
  }
}
