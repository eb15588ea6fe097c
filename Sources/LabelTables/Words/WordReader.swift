internal import JSON

/// Reads the labels of a column: each distinct cell is understood once, then found by its bytes.
final class WordReader {
  /// Stands for no label, as in packed columns.
  static let none: UInt8 = 255
  /// Stands for a word that nothing is known of.
  static let unknown: UInt8 = 254

  let column: String
  private let words: LabelWords
  private let categories: [String]
  private let table = ByteTable()
  private let codes = GrowingList<UInt8>()
  private let counts = GrowingList<Int>()
  private var places: [Int: SourcePlace] = [:]
  /// Distinct cells beyond this are no labels: the column is another one.
  private static let limit = 4096

  init(column: String, words: LabelWords, categories: [String]) {
    self.column = column
    self.words = words
    self.categories = categories
  }

  /// What a loop over cells needs, without counting owners: it must not outlive the reader.
  struct Fast: BitwiseCopyable {
    fileprivate let entries: UnsafeMutablePointer<ByteEntries>
    fileprivate let codes: UnsafeMutablePointer<Growing<UInt8>>
    fileprivate let counts: UnsafeMutablePointer<Growing<Int>>

    /// The code of a cell that was met before, ``none`` or ``unknown``; for a new one its entry.
    @inline(__always)
    func code(_ bytes: UnsafeRawBufferPointer) -> (code: UInt8, new: Int?) {
      let entry = entries.pointee.intern(bytes)
      guard entry < codes.pointee.count else { return (0, entry) }
      counts.pointee.base[entry] &+= 1
      return (codes.pointee.base[entry], nil)
    }
  }

  /// For loops.
  var fast: Fast { Fast(entries: table.entries, codes: codes.list, counts: counts.list) }

  /// Understands a cell that is met for the first time.
  func understand(_ entry: Int, _ place: SourcePlace) throws -> UInt8 {
    guard entry < Self.limit else {
      throw JSONError(
        at: place,
        "more than \(Self.limit) different words in column \"\(column)\": these are no labels; name the right column"
      )
    }
    let reading = words.read(table.text(entry), column: column, categories: categories)
    let code: UInt8 =
      switch reading {
      case .category(let name): categories.firstIndex(of: name).map { UInt8($0) } ?? Self.unknown
      case .noLabel: Self.none
      case .ambiguous, .unknown: Self.unknown
      }
    if code == Self.unknown { places[entry] = place }
    codes.list.pointee.append(code)
    counts.list.pointee.append(1)
    return code
  }

  /// Words and what they were read as, in the order met.
  var readings: [RatedItems.WordCount] {
    (0..<codes.count).map { entry in
      RatedItems.WordCount(
        column: column,
        word: table.text(entry),
        category: codes[entry] < Self.unknown ? categories[Int(codes[entry])] : nil,
        count: counts[entry]
      )
    }
  }

  /// Notes each unknown word once, with its first place and how to declare it.
  func report(to problems: FileProblems) {
    for (entry, place) in places.sorted(by: { $0.key < $1.key }) {
      let word = LabelWords.trimmed(table.text(entry))
      let shown = VisibleText.short(word)
      let times = counts[entry] == 1 ? "" : ", here and \(counts[entry] - 1) more times,"
      let line = JSONValue.string(word).text()
      guard words.read(word, column: column, categories: categories) == .ambiguous else {
        let example = JSONValue.string(categories.last ?? "").text()
        problems.add(
          place,
          "\"\(shown)\"\(times) is no known label in column \"\(column)\"; known: \(known); declare it in the mapping, "
            + "\"words\": {\(line): \(example)} or {\(line): null} for no label"
        )
        continue
      }
      problems.add(
        place,
        "\"\(shown)\"\(times) in column \"\(column)\" means refusal with some tools and the opposite with others; say which "
          + "in the mapping, \"words\": {\(line): \"refusal\"} or {\(line): \"nonRefusal\"}"
      )
    }
  }

  private var known: String {
    let declared = words.words.map { $0.word.isEmpty ? "(empty)" : $0.word }
    let scheme = words.scheme?.words.map { $0.word.isEmpty ? "(empty)" : $0.word }
    let all = declared + (scheme ?? categories)
    return all.prefix(20).joined(separator: ", ") + (all.count > 20 ? ", …" : "")
  }
}
