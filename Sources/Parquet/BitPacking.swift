/// Numbers of a fixed count of bits each, lowest bits first.
struct BitUnpacker {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var held: UInt64 = 0
  private var heldBits = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The next number of 0 to 64 bits; the caller has made sure that its bytes are there.
  mutating func next(_ width: Int) -> UInt64 {
    var value: UInt64 = 0
    var got = 0
    while got < width {
      if heldBits == 0 {
        held = UInt64(bytes[position])
        position += 1
        heldBits = 8
      }
      let count = min(width - got, heldBits)
      value |= (held & ((1 << UInt64(count)) - 1)) << UInt64(got)
      held >>= UInt64(count)
      heldBits -= count
      got += count
    }
    return value
  }
}

/// The hybrid of runs and packed bits in which levels, dictionary places and truth values stand.
enum RunLengths {
  /// Exactly `count` numbers of `width` bits, 0 to 32.
  static func decode(_ bytes: ArraySlice<UInt8>, width: Int, count: Int) throws(ParquetFault) -> [UInt32] {
    var cursor = ByteCursor(bytes)
    var numbers: [UInt32] = []
    numbers.reserveCapacity(count)
    while numbers.count < count {
      guard cursor.remaining > 0 else { throw ParquetFault("\(numbers.count) of \(count) numbers, then the bytes end") }
      let left = count - numbers.count
      let head = try cursor.varint()
      if head & 1 == 0 {
        let value = UInt32(truncatingIfNeeded: try cursor.little((width + 7) / 8))
        numbers.append(contentsOf: repeatElement(value, count: Int(min(head >> 1, UInt64(left)))))
      } else {
        // The last group is filled up with zeros, which some writers leave out.
        let groups = Int(min(head >> 1, UInt64(left / 8 + 1)))
        let wanted = min(groups * 8, left)
        let needed = (wanted * width + 7) / 8
        let packed = try cursor.take(min(max(needed, groups * width), max(needed, cursor.remaining)))
        var bits = BitUnpacker(packed)
        for _ in 0..<wanted { numbers.append(UInt32(truncatingIfNeeded: bits.next(width))) }
      }
    }
    return numbers
  }
}

/// Whole numbers as differences in blocks (DELTA_BINARY_PACKED).
enum DeltaNumbers {
  /// Exactly `count` numbers; the cursor is left behind them.
  static func decode(_ cursor: inout ByteCursor, count: Int) throws(ParquetFault) -> [Int64] {
    let (blockSize, minis, total) = (try cursor.varint(), try cursor.varint(), try cursor.varint())
    let first = try cursor.zigzag()
    guard total == UInt64(count) else { throw ParquetFault("\(total) differences where \(count) values are expected") }
    guard (8...(1 << 20)).contains(blockSize), (1...blockSize).contains(minis), blockSize % (minis * 8) == 0 else {
      throw ParquetFault("blocks of \(blockSize) differences in \(minis) parts")
    }
    guard count > 0 else { return [] }
    let miniSize = Int(blockSize / minis)
    var numbers = [first]
    numbers.reserveCapacity(count)
    var last = first
    while numbers.count < count {
      let least = try cursor.zigzag()
      for width in try cursor.take(Int(minis)) where numbers.count < count {
        guard width <= 64 else { throw ParquetFault("differences of \(width) bits") }
        var bits = BitUnpacker(try cursor.take(Int(width) * miniSize / 8))
        for _ in 0..<min(miniSize, count - numbers.count) {
          last = last &+ least &+ Int64(bitPattern: bits.next(Int(width)))
          numbers.append(last)
        }
      }
    }
    return numbers
  }
}
