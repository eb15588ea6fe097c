/// The head of a page.
struct PageHeader {
  enum Kind {
    case data(DataHead)
    case dictionary(count: Int, encoding: Int64)
    /// Nothing that holds values.
    case other
  }

  /// What pages of values say of themselves; those of version 2 have `levels`.
  struct DataHead {
    var count = 0
    var encoding: Int64 = 0
    var levelEncoding: Int64 = 3
    var levels: Levels?
  }

  /// Of version 2: levels stand before the values and are not compressed.
  struct Levels {
    var nullCount = 0
    var rowCount = 0
    var definitionBytes = 0
    var repetitionBytes = 0
    var isCompressed = true
  }

  let kind: Kind
  let size: Int
  let compressedSize: Int
  let checksum: UInt32?

  /// Reads a head and leaves the cursor behind it.
  init(_ cursor: inout ByteCursor) throws(ParquetFault) {
    var reader = ThriftReader(cursor.rest)
    var type: Int64?
    var sizes: (whole: Int?, compressed: Int?) = (nil, nil)
    var checksum: UInt32?
    var found: Kind?
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: type = try reader.integer(field)
      case 2: sizes.whole = try reader.count(field)
      case 3: sizes.compressed = try reader.count(field)
      case 4: checksum = UInt32(truncatingIfNeeded: try reader.integer(field))
      case 5 where field.kind == .structure: found = .data(try Self.first(&reader))
      case 7 where field.kind == .structure: found = try Self.dictionary(&reader)
      case 8 where field.kind == .structure: found = .data(try Self.second(&reader))
      default: return false
      }
      return true
    }
    guard let type, let size = sizes.whole, let compressedSize = sizes.compressed else {
      throw ParquetFault("the head of a page lacks its type or its size: the file is damaged")
    }
    switch (type, found) {
    case (0, .data(let head)) where head.levels == nil: kind = .data(head)
    case (3, .data(let head)) where head.levels != nil: kind = .data(head)
    case (2, .dictionary(let count, let encoding)): kind = .dictionary(count: count, encoding: encoding)
    case (1, _): kind = .other
    default: throw ParquetFault("a page of the type \(type) with another head: the file is damaged")
    }
    self.size = size
    self.compressedSize = compressedSize
    self.checksum = checksum
    _ = try cursor.take(cursor.remaining - reader.cursor.remaining)
  }

  private static func first(_ reader: inout ThriftReader) throws(ParquetFault) -> DataHead {
    var head = DataHead()
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: head.count = try reader.count(field)
      case 2: head.encoding = try reader.integer(field)
      case 3: head.levelEncoding = try reader.integer(field)
      default: return false
      }
      return true
    }
    return head
  }

  private static func second(_ reader: inout ThriftReader) throws(ParquetFault) -> DataHead {
    var head = DataHead()
    var levels = Levels()
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: head.count = try reader.count(field)
      case 2: levels.nullCount = try reader.count(field)
      case 3: levels.rowCount = try reader.count(field)
      case 4: head.encoding = try reader.integer(field)
      case 5: levels.definitionBytes = try reader.count(field)
      case 6: levels.repetitionBytes = try reader.count(field)
      case 7: levels.isCompressed = try reader.bool(field)
      default: return false
      }
      return true
    }
    head.levels = levels
    return head
  }

  private static func dictionary(_ reader: inout ThriftReader) throws(ParquetFault) -> Kind {
    var (count, encoding) = (0, Int64(0))
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: count = try reader.count(field)
      case 2: encoding = try reader.integer(field)
      default: return false
      }
      return true
    }
    return .dictionary(count: count, encoding: encoding)
  }
}
