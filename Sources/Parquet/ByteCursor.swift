/// Reads numbers and pieces from bytes, from first to last, and never past their end.
struct ByteCursor {
  private let bytes: ArraySlice<UInt8>
  /// Where the next byte stands.
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Bytes that are left.
  var remaining: Int { bytes.endIndex - position }
  /// All that is left.
  var rest: ArraySlice<UInt8> { bytes[position...] }

  mutating func byte() throws(ParquetFault) -> UInt8 {
    guard position < bytes.endIndex else { throw ParquetFault("the bytes end inside a number") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func take(_ count: Int) throws(ParquetFault) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw ParquetFault("\(count) bytes are announced where \(remaining) are left")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// An unsigned number in groups of seven bits, low ones first.
  mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      let bits = UInt64(next & 0x7F)
      guard shift < 63 || bits <= 1 else { break }
      value |= bits << shift
      if next < 0x80 { return value }
    }
    throw ParquetFault("a number of more than 64 bits")
  }

  /// A signed number, its sign in the lowest bit.
  mutating func zigzag() throws(ParquetFault) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func little32() throws(ParquetFault) -> UInt32 { UInt32(truncatingIfNeeded: try little(4)) }
  mutating func little64() throws(ParquetFault) -> UInt64 { try little(8) }

  /// A number of up to eight bytes, low ones first.
  mutating func little(_ count: Int) throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    for (index, byte) in try take(count).enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
    return value
  }

  /// A length of four bytes and as many bytes.
  mutating func piece() throws(ParquetFault) -> ArraySlice<UInt8> { try take(Int(little32())) }
}
