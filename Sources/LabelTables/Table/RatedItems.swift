public import Agreement

/// Items with the labels of several raters and what else the files say of them.
///
/// Labels take one byte an item and rater, a factor 1 or 4 bytes an item, a number 8. `table` makes the table that statistics
/// are computed from.
public struct RatedItems: Sendable {
  /// How categories relate.
  public enum Scale: String, Sendable, CaseIterable {
    case binary, nominal, ordinal
  }

  /// Who labelled.
  public enum Role: String, Sendable, CaseIterable {
    case judge, human
  }

  /// A rater and what there is of it.
  public struct Rater: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Judge or human.
    public let role: Role
    /// Items with its label.
    public internal(set) var labels = 0
    /// Whether it shares a labelled item with any other rater; where it does not, no agreement with it exists.
    public internal(set) var hasOverlap = false

    init(name: String, role: Role) {
      self.name = name
      self.role = role
    }
  }

  /// A file that was read.
  public struct File: Sendable, Equatable {
    /// As the user named it.
    public let path: String
    /// SHA-256 of its bytes.
    public let sha256: String
    /// Rows with data.
    public let rows: Int
    /// Columns that the mapping does not name, at most 20.
    public let unusedColumns: [String]
  }

  /// How often a word was read as what.
  public struct WordCount: Sendable, Equatable {
    /// The column it stands in.
    public let column: String
    /// As the file has it.
    public let word: String
    /// The category; nil for no label.
    public let category: String?
    /// How often.
    public let count: Int
  }

  /// The declared categories, in order.
  public let categories: [String]
  /// How they relate.
  public let scale: Scale
  /// The raters, in the order declared, or met.
  public let raters: [Rater]
  /// One column a rater.
  public let columns: [Labels]
  /// Items.
  public let itemCount: Int
  /// The key of each item, column by column; nil where a row is an item and has no other name.
  public let keys: ItemKeys?
  /// Cluster, system, kind, category and truncated, as far as the mapping names them.
  public let factors: [ItemAttribute: ItemFactor]
  /// Length and weight, as far as the mapping names them.
  public let numbers: [ItemAttribute: ItemNumbers]
  /// Scores 0…1 by rater, nil for raters without.
  public let scores: [ItemNumbers?]
  /// The files, in order.
  public let files: [File]
  /// Words and what they were read as, column by column in the order met.
  public let words: [WordCount]
  /// Items without any label.
  public let unlabelledItems: Int
  /// Items that one rater alone labelled: they add nothing to agreement.
  public let singleItems: Int

  /// The labels as statistics take them; makes 8 bytes an item for the numbers of the clusters.
  public var table: LabelTable {
    LabelTable(
      categories: categories,
      raters: raters.map(\.name),
      columns: columns,
      // Items of no known prompt are no prompt together: each is its own.
      clusters: factors[.cluster]?.codes.enumerated().map { $1 < 0 ? -1 - $0 : $1 }
    )
  }

  /// Names of the raters of a role, in order.
  public func names(_ role: Role) -> [String] { raters.filter { $0.role == role }.map(\.name) }

  /// What a reader should know before trusting a figure, one sentence each.
  public var remarks: [String] {
    var remarks: [String] = []
    func items(_ count: Int) -> String { "\(count) of \(itemCount) item\(itemCount == 1 ? "" : "s")" }
    if unlabelledItems > 0 { remarks.append("\(items(unlabelledItems)) carry no label at all") }
    if singleItems > 0, raters.count > 1 {
      remarks.append("\(items(singleItems)) carry the label of one rater only and add nothing to agreement")
    }
    for rater in raters {
      if rater.labels == 0 {
        remarks.append("rater \"\(rater.name)\" has no label")
      } else if !rater.hasOverlap, raters.count > 1 {
        remarks.append("rater \"\(rater.name)\" shares no item with any other rater")
      }
    }
    return remarks
  }
}

/// What a file can say of an item beside its labels.
public enum ItemAttribute: String, Sendable, CaseIterable, BitwiseCopyable {
  /// The prompt: items of one cluster are no independent evidence.
  case cluster
  /// The system that answered.
  case system
  /// The kind of prompt.
  case kind
  /// What the prompt is about.
  case category
  /// Length of the answer, 0 or more, in whatever unit the file has.
  case length
  /// Whether the answer was cut off: true or false.
  case truncated
  /// The item's weight, 0 or more.
  case weight

  var isNumber: Bool { self == .length || self == .weight }
}

/// A text for each item, out of few: codes of levels.
public struct ItemFactor: Sendable, Equatable {
  /// Levels plus one, 0 where the file says none: a byte an item up to 254 levels, else four.
  enum Packed: Sendable, Equatable {
    case narrow([UInt8])
    case wide([Int32])
  }

  /// The levels, in the order met.
  public let levels: [String]
  let packed: Packed

  /// The code of an item's level, nil where the file says none.
  public func code(_ item: Int) -> Int? {
    let code =
      switch packed {
      case .narrow(let codes): Int(codes[item])
      case .wide(let codes): Int(codes[item])
      }
    return code == 0 ? nil : code - 1
  }

  /// The level of an item, nil where the file says none.
  public subscript(item: Int) -> String? { code(item).map { levels[$0] } }

  /// The codes of all items; -1 where the file says none.
  public var codes: [Int] {
    switch packed {
    case .narrow(let codes): codes.map { Int($0) - 1 }
    case .wide(let codes): codes.map { Int($0) - 1 }
    }
  }
}

/// A number for each item, or none.
public struct ItemNumbers: Sendable {
  /// NaN where there is none: it is never handed out.
  let packed: [Double]

  /// Items.
  public var count: Int { packed.count }
  /// The number of an item, nil where there is none.
  public subscript(item: Int) -> Double? { packed[item].isNaN ? nil : packed[item] }
  /// All numbers.
  public var list: [Double?] { packed.map { $0.isNaN ? nil : $0 } }
}

/// The keys of items as the files have them.
public struct ItemKeys: Sendable {
  /// The columns that make a key.
  public let columns: [String]
  let table: ByteTable

  /// The item of a key, one text for each column; nil where there is none.
  public func item(_ texts: [String]) -> Int? {
    guard texts.count == columns.count else { return nil }
    let key = ByteBuffer()
    for (at, text) in texts.enumerated() {
      var text = text
      text.withUTF8 { CompositeKey.append(UnsafeRawBufferPointer($0), isLast: at == texts.count - 1, to: key) }
    }
    return table.find(UnsafeRawBufferPointer(start: key.bytes, count: key.count))
  }

  /// The texts of an item's key, one for each column.
  public subscript(item: Int) -> [String] {
    CompositeKey.parts(table.bytes(item), count: columns.count)
  }
}

/// Several texts as one key: each but the last with its length before it, so that no two lists give the same bytes.
enum CompositeKey {
  static func append(_ bytes: UnsafeRawBufferPointer, isLast: Bool, to key: ByteBuffer) {
    if !isLast {
      withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { key.append($0) }
    }
    key.append(bytes)
  }

  static func parts(_ key: UnsafeRawBufferPointer, count: Int) -> [String] {
    var parts: [String] = []
    var at = 0
    while parts.count < count - 1 {
      let length = Int(UInt32(littleEndian: key.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
      parts.append(String(decoding: key[(at + 4)..<(at + 4 + length)], as: UTF8.self))
      at += 4 + length
    }
    return parts + [String(decoding: key[at...], as: UTF8.self)]
  }
}
