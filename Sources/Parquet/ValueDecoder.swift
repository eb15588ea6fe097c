/// Values of a page that are there, without levels.
struct ValueDecoder {
  private enum Encoding: Int64 {
    case plain = 0
    case plainDictionary = 2
    case runLength = 3
    case deltaNumbers = 5
    case deltaLengths = 6
    case deltaTexts = 7
    case dictionary = 8
    case byteStreamSplit = 9
  }

  let leaf: SchemaLeaf

  /// Exactly `count` values.
  func values(
    _ bytes: ArraySlice<UInt8>,
    encoding number: Int64,
    count: Int,
    dictionary: [ParquetValue]?,
    _ budget: inout ByteBudget
  ) throws(ParquetFault) -> [ParquetValue] {
    guard let encoding = Encoding(rawValue: number) else {
      throw ParquetFault("values in the unknown encoding \(number)")
    }
    var cursor = ByteCursor(bytes)
    switch (encoding, leaf.physical) {
    case (.plain, _): return try plain(&cursor, count, &budget)
    case (.plainDictionary, _), (.dictionary, _):
      guard let dictionary else { throw ParquetFault("values that point into a dictionary, and there is none") }
      return try looked(up: &cursor, count, dictionary, &budget)
    case (.runLength, .boolean):
      return try RunLengths.decode(cursor.piece(), width: 1, count: count).map { .bool($0 == 1) }
    case (.deltaNumbers, .int32), (.deltaNumbers, .int64):
      let numbers = try DeltaNumbers.decode(&cursor, count: count)
      var values: [ParquetValue] = []
      values.reserveCapacity(count)
      for number in numbers { values.append(try integer(UInt64(bitPattern: number))) }
      return values
    case (.deltaLengths, .byteArray): return try texts(slices(&cursor, count), &budget)
    case (.deltaTexts, .byteArray): return try frontCoded(&cursor, count, &budget)
    case (.byteStreamSplit, .int32), (.byteStreamSplit, .float): return try split(&cursor, count, 4)
    case (.byteStreamSplit, .int64), (.byteStreamSplit, .double): return try split(&cursor, count, 8)
    default: throw ParquetFault("values of the type \(leaf.physical) in the encoding \(encoding)")
    }
  }

  private func plain(
    _ cursor: inout ByteCursor,
    _ count: Int,
    _ budget: inout ByteBudget
  ) throws(ParquetFault) -> [ParquetValue] {
    if leaf.physical == .boolean {
      var bits = BitUnpacker(try cursor.take((count + 7) / 8))
      return (0..<count).map { _ in .bool(bits.next(1) == 1) }
    }
    var values: [ParquetValue] = []
    values.reserveCapacity(min(count, cursor.remaining))
    for _ in 0..<count {
      switch leaf.physical {
      case .byteArray: values.append(try text(cursor.piece(), &budget))
      case .int32, .float: values.append(try fixed(UInt64(try cursor.little32()), 4))
      default: values.append(try fixed(try cursor.little64(), 8))
      }
    }
    return values
  }

  private func looked(
    up cursor: inout ByteCursor,
    _ count: Int,
    _ dictionary: [ParquetValue],
    _ budget: inout ByteBudget
  ) throws(ParquetFault) -> [ParquetValue] {
    if count == 0, cursor.remaining == 0 { return [] }
    let width = Int(try cursor.byte())
    guard width <= 32 else { throw ParquetFault("places in the dictionary of \(width) bits") }
    var values: [ParquetValue] = []
    values.reserveCapacity(count)
    for place in try RunLengths.decode(cursor.rest, width: width, count: count) {
      guard Int(place) < dictionary.count else {
        throw ParquetFault("a value points to entry \(place) of a dictionary of \(dictionary.count)")
      }
      let value = dictionary[Int(place)]
      if case .text(let text) = value { try budget.spend(text.utf8.count) }
      values.append(value)
    }
    return values
  }

  private func split(_ cursor: inout ByteCursor, _ count: Int, _ width: Int) throws(ParquetFault) -> [ParquetValue] {
    let streams = try cursor.take(count * width)
    var values: [ParquetValue] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      var bits: UInt64 = 0
      for part in 0..<width { bits |= UInt64(streams[streams.startIndex + part * count + index]) << UInt64(8 * part) }
      values.append(try fixed(bits, width))
    }
    return values
  }

  private func fixed(_ bits: UInt64, _ width: Int) throws(ParquetFault) -> ParquetValue {
    switch leaf.physical {
    case .float: .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case .double: .number(Double(bitPattern: bits))
    default: try integer(bits)
    }
  }

  private func integer(_ bits: UInt64) throws(ParquetFault) -> ParquetValue {
    switch (leaf.physical, leaf.isUnsigned) {
    case (.int32, true): return .integer(Int64(UInt32(truncatingIfNeeded: bits)))
    case (.int32, false): return .integer(Int64(Int32(truncatingIfNeeded: bits)))
    case (_, false): return .integer(Int64(bitPattern: bits))
    case (_, true):
      guard let value = Int64(exactly: bits) else {
        throw ParquetFault("the number \(bits) is too large to be read here")
      }
      return .integer(value)
    }
  }

  // MARK: Texts

  private func slices(_ cursor: inout ByteCursor, _ count: Int) throws(ParquetFault) -> [ArraySlice<UInt8>] {
    let lengths = try DeltaNumbers.decode(&cursor, count: count)
    var slices: [ArraySlice<UInt8>] = []
    slices.reserveCapacity(count)
    for length in lengths { slices.append(try cursor.take(Int(length))) }
    return slices
  }

  private func texts(
    _ slices: [ArraySlice<UInt8>],
    _ budget: inout ByteBudget
  ) throws(ParquetFault) -> [ParquetValue] {
    var values: [ParquetValue] = []
    values.reserveCapacity(slices.count)
    for slice in slices { values.append(try text(slice, &budget)) }
    return values
  }

  /// Texts that each begin as the one before.
  private func frontCoded(
    _ cursor: inout ByteCursor,
    _ count: Int,
    _ budget: inout ByteBudget
  ) throws(ParquetFault) -> [ParquetValue] {
    let shared = try DeltaNumbers.decode(&cursor, count: count)
    let ends = try slices(&cursor, count)
    var values: [ParquetValue] = []
    values.reserveCapacity(count)
    var last: [UInt8] = []
    for (shared, end) in zip(shared, ends) {
      guard shared >= 0, shared <= last.count else {
        throw ParquetFault("a text shares \(shared) bytes with one of \(last.count)")
      }
      last.removeSubrange(Int(shared)...)
      last.append(contentsOf: end)
      values.append(try text(last[...], &budget))
    }
    return values
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ budget: inout ByteBudget) throws(ParquetFault) -> ParquetValue {
    try budget.spend(bytes.count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ParquetFault("a value is no text in UTF-8; write the column as strings")
    }
    return .text(text)
  }
}
