internal import Agreement
internal import JSON
internal import Wording

/// Puts rated items together while files are read.
final class RatedItemsBuilder {
  /// A rater and an item that were met again.
  struct Duplicate: Hashable {
    let item: Int
    /// Nil where the row of a wide file is an item's second there.
    let rater: Int?
    /// The wide file; nil for a rater, which may have labelled the item in another file.
    let file: String?
  }

  let mapping: LabelMapping
  let problems: FileProblems
  /// Keys of items; nil where rows are items.
  let keys: ByteTable?
  /// Items of a file whose rows are its items.
  var rowCount = 0
  private(set) var columns: [CodeColumn] = []
  private(set) var duplicates: [Duplicate: SourcePlace] = [:]
  private var furtherDuplicates = 0
  private let keyColumns: [String]
  private var columnByName: [String: Int] = [:]
  private var factors: [ItemAttribute: FactorColumn] = [:]
  private var numbers: [ItemAttribute: NumberColumn] = [:]

  init(_ mapping: LabelMapping, key: [String], problems: FileProblems) {
    self.mapping = mapping
    self.problems = problems
    keyColumns = key
    keys = key.isEmpty ? nil : ByteTable()
  }

  var itemCount: Int { keys?.count ?? rowCount }

  /// The column of a rater, which is begun where there is none.
  func column(_ name: String, role: RatedItems.Role) -> Int {
    let shown = mapping.raterNames[name] ?? name
    if let known = columnByName[shown] { return known }
    columns.append(CodeColumn(RatedItems.Rater(name: shown, role: role)))
    columnByName[shown] = columns.count - 1
    return columns.count - 1
  }

  func factor(_ attribute: ItemAttribute) -> FactorColumn {
    if let known = factors[attribute] { return known }
    let made = FactorColumn(names: mapping.levelNames[attribute] ?? [:])
    factors[attribute] = made
    return made
  }

  func number(_ attribute: ItemAttribute) -> NumberColumn {
    if let known = numbers[attribute] { return known }
    let made = NumberColumn()
    numbers[attribute] = made
    return made
  }

  // MARK: Duplicates

  func noteDuplicate(item: Int, rater: Int?, _ place: SourcePlace) {
    let duplicate = Duplicate(item: item, rater: rater, file: rater == nil ? place.file : nil)
    if duplicates.count < FileErrors.limit, duplicates[duplicate] == nil {
      duplicates[duplicate] = place
    } else {
      furtherDuplicates += 1
    }
  }

  /// Notes all of them with both places.
  func reportDuplicates(_ first: [Duplicate: SourcePlace]) {
    guard let keys else { return }
    let ordered = duplicates.sorted { ($0.value.file, $0.value) < ($1.value.file, $1.value) }
    for (duplicate, place) in ordered {
      let parts = CompositeKey.parts(keys.bytes(duplicate.item), count: keyColumns.count)
      let item = zip(keyColumns, parts).map { "\($0) \"\(VisibleText.short($1))\"" }.joined(separator: ", ")
      let what =
        duplicate.rater.map { "rater \"\(columns[$0].rater.name)\" has labelled this item" } ?? "this item stands"
      let where_ = first[duplicate].map { $0.file == place.file ? "line \($0.line)" : "\($0)" } ?? "an earlier row"
      problems.add(
        place,
        "\(what) in \(where_) already (\(item)); leave one of the rows out, or add the columns that tell them apart to \"item\""
      )
    }
    problems.addMore(furtherDuplicates)
  }

  // MARK: The end

  func finish(_ readers: [PartReader]) -> RatedItems {
    let packed = columns.map { Labels(packed: $0.takePacked(count: itemCount)) }
    var raters = columns.map(\.rater)
    let (unlabelled, single) = Self.overlap(packed, itemCount, &raters)
    return RatedItems(
      categories: mapping.categories,
      scale: mapping.scale,
      raters: raters,
      columns: packed,
      itemCount: itemCount,
      keys: keys.map { ItemKeys(columns: keyColumns, table: $0) },
      factors: factors.mapValues { $0.finish(count: itemCount) },
      numbers: numbers.mapValues { $0.finish(count: itemCount) },
      scores: columns.map { $0.scores?.finish(count: itemCount) },
      files: readers.map(\.facts),
      words: readers.flatMap(\.wordCounts),
      unlabelledItems: unlabelled,
      singleItems: single
    )
  }

  /// Counts labels, and items by how many labels they carry, a block of items at a time.
  private static func overlap(
    _ columns: [Labels],
    _ itemCount: Int,
    _ raters: inout [RatedItems.Rater]
  ) -> (unlabelled: Int, single: Int) {
    var (unlabelled, single) = (0, 0)
    var votes = [UInt16](repeating: 0, count: 4096)
    var start = 0
    while start < itemCount {
      let count = min(votes.count, itemCount - start)
      for index in 0..<count { votes[index] = 0 }
      for column in columns {
        column.withCodes { codes in
          for index in 0..<count where codes[start + index] != WordReader.none { votes[index] &+= 1 }
        }
      }
      for (at, column) in columns.enumerated() {
        column.withCodes { codes in
          var (labels, shared) = (0, 0)
          for index in 0..<count where codes[start + index] != WordReader.none {
            labels &+= 1
            shared &+= votes[index] > 1 ? 1 : 0
          }
          raters[at].labels += labels
          if shared > 0 { raters[at].hasOverlap = true }
        }
      }
      for index in 0..<count {
        unlabelled &+= votes[index] == 0 ? 1 : 0
        single &+= votes[index] == 1 ? 1 : 0
      }
      start += count
    }
    return (unlabelled, single)
  }
}
