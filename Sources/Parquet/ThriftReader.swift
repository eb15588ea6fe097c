/// Reads the compact protocol of Thrift, in which Parquet writes its footer and the heads of its pages.
///
/// Source: the protocol's description in Apache Thrift (thrift-compact-protocol.md). Counts are checked against the bytes left
/// before anything is reserved for them, and nesting against a limit.
struct ThriftReader {
  /// The types as they stand in the head of a field.
  enum Kind: UInt8 {
    case yes = 1
    case no, byte, int16, int32, int64, double, binary, list, set, map, structure
  }

  /// The head of a field.
  struct Field {
    let id: Int
    let kind: Kind
  }

  private(set) var cursor: ByteCursor
  private var depth = 0
  private static let deepest = 32

  init(_ bytes: ArraySlice<UInt8>) { cursor = ByteCursor(bytes) }

  /// Reads a structure: `read` gets each field and tells whether it has read it; others are skipped.
  mutating func structure(
    _ read: (inout ThriftReader, Field) throws(ParquetFault) -> Bool
  ) throws(ParquetFault) {
    try enter()
    defer { depth -= 1 }
    var id = 0
    while true {
      let head = try cursor.byte()
      if head == 0 { return }
      let kind = try Self.kind(head & 15)
      if head >> 4 == 0 {
        guard let whole = Int16(exactly: try cursor.zigzag()) else {
          throw ParquetFault("a field without a usable number")
        }
        id = Int(whole)
      } else {
        id += Int(head >> 4)
      }
      let field = Field(id: id, kind: kind)
      if try !read(&self, field) { try skip(kind) }
    }
  }

  /// Reads the elements of a list.
  mutating func list<Element>(
    _ field: Field,
    _ read: (inout ThriftReader) throws(ParquetFault) -> Element
  ) throws(ParquetFault) -> [Element] {
    guard field.kind == .list || field.kind == .set else { throw Self.unexpected(field, "a list") }
    let (count, _) = try listHead()
    var elements: [Element] = []
    elements.reserveCapacity(min(count, 1024))
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  mutating func integer(_ field: Field) throws(ParquetFault) -> Int64 {
    switch field.kind {
    case .byte: return Int64(Int8(bitPattern: try cursor.byte()))
    case .int16, .int32, .int64: return try cursor.zigzag()
    default: throw Self.unexpected(field, "a whole number")
    }
  }

  /// A whole number that is no size of anything below zero.
  mutating func count(_ field: Field) throws(ParquetFault) -> Int {
    let value = try integer(field)
    guard value >= 0 else {
      throw ParquetFault("field \(field.id) holds \(value), where a count or a place was expected")
    }
    return Int(value)
  }

  func bool(_ field: Field) throws(ParquetFault) -> Bool {
    guard field.kind == .yes || field.kind == .no else { throw Self.unexpected(field, "true or false") }
    return field.kind == .yes
  }

  mutating func text(_ field: Field) throws(ParquetFault) -> String {
    guard field.kind == .binary else { throw Self.unexpected(field, "a text") }
    return try text()
  }

  /// A text that stands in a list.
  mutating func text() throws(ParquetFault) -> String { String(decoding: try binary(), as: UTF8.self) }

  private mutating func binary() throws(ParquetFault) -> ArraySlice<UInt8> {
    let count = try cursor.varint()
    guard count <= UInt64(cursor.remaining) else {
      throw ParquetFault("a text of \(count) bytes is announced where \(cursor.remaining) are left")
    }
    return try cursor.take(Int(count))
  }

  private mutating func listHead() throws(ParquetFault) -> (count: Int, kind: Kind) {
    let head = try cursor.byte()
    let count = head >> 4 == 15 ? try cursor.varint() : UInt64(head >> 4)
    // Some writers (fastparquet) leave the type of an empty list open.
    let kind = count == 0 ? .byte : try Self.kind(head & 15)
    // Every element takes a byte at least.
    guard count <= UInt64(cursor.remaining) else {
      throw ParquetFault("a list of \(count) elements is announced where \(cursor.remaining) bytes are left")
    }
    return (Int(count), kind)
  }

  private mutating func enter() throws(ParquetFault) {
    depth += 1
    guard depth <= Self.deepest else { throw ParquetFault("nested deeper than \(Self.deepest) levels") }
  }

  /// Skips a value. A truth value in a list takes a byte, in a field it stands in the head.
  private mutating func skip(_ kind: Kind, inList: Bool = false) throws(ParquetFault) {
    switch kind {
    case .yes, .no: if inList { _ = try cursor.byte() }
    case .byte: _ = try cursor.byte()
    case .int16, .int32, .int64: _ = try cursor.varint()
    case .double: _ = try cursor.take(8)
    case .binary: _ = try binary()
    case .list, .set:
      try enter()
      let (count, element) = try listHead()
      for _ in 0..<count { try skip(element, inList: true) }
      depth -= 1
    case .map:
      try enter()
      let count = try cursor.varint()
      if count > 0 {
        let kinds = try cursor.byte()
        let (key, value) = (try Self.kind(kinds >> 4), try Self.kind(kinds & 15))
        guard count <= UInt64(cursor.remaining) else {
          throw ParquetFault("a map of \(count) entries and no bytes for them")
        }
        for _ in 0..<count {
          try skip(key, inList: true)
          try skip(value, inList: true)
        }
      }
      depth -= 1
    case .structure: try structure { (_, _) throws(ParquetFault) in false }
    }
  }

  private static func kind(_ bits: UInt8) throws(ParquetFault) -> Kind {
    guard let kind = Kind(rawValue: bits) else { throw ParquetFault("a field of the unknown type \(bits)") }
    return kind
  }

  private static func unexpected(_ field: Field, _ wanted: String) -> ParquetFault {
    ParquetFault("field \(field.id) is of the type \(field.kind), expected \(wanted)")
  }
}
