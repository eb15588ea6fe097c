/// Reads the pages of one column in one row group.
struct ColumnChunkReader {
  private let leaf: SchemaLeaf
  private let codec: PageCodec
  private let rows: Int
  private var left: Int
  private var cursor: ByteCursor
  private var dictionary: [ParquetValue]?
  private var hasData = false
  private let decoder: ValueDecoder

  /// Checks what the footer says against the schema and the bytes before the footer.
  init(
    _ chunk: ParquetFooter.Chunk,
    _ leaf: SchemaLeaf,
    rows: Int,
    in bytes: [UInt8]
  ) throws(ParquetFault) {
    func damaged(_ what: String) -> ParquetFault { ParquetFault("\(what): the file is damaged") }
    guard !chunk.isEncrypted else { throw ParquetFault("the column is encrypted, which is not read here") }
    guard chunk.otherFile == nil else { throw ParquetFault("the values stand in another file, which is not read here") }
    guard chunk.hasMetadata else { throw damaged("the footer does not describe it") }
    guard chunk.physical == leaf.physical.rawValue else { throw damaged("its type is not the one of the schema") }
    guard chunk.valueCount == rows else { throw damaged("\(chunk.valueCount) values for \(rows) rows") }
    codec = try PageCodec(number: chunk.codec)
    let start = chunk.start
    guard rows == 0 || (start >= 4 && start <= bytes.count && chunk.compressedSize <= bytes.count - start) else {
      throw damaged(
        "its \(chunk.compressedSize) bytes from \(start) on do not lie in the file's \(bytes.count) bytes of data"
      )
    }
    cursor = ByteCursor(rows == 0 ? [] : bytes[start..<start + chunk.compressedSize])
    self.leaf = leaf
    self.rows = rows
    left = rows
    decoder = ValueDecoder(leaf: leaf)
  }

  /// Reads a page and appends its values.
  /// - Parameter page: counts pages, for errors.
  /// - Returns: false where there was none left to read.
  mutating func readPage(
    into values: inout [ParquetValue?],
    _ budget: inout ByteBudget,
    _ page: inout Int
  ) throws(ParquetFault) -> Bool {
    guard left > 0 else { return false }
    page += 1
    guard cursor.remaining > 0 else {
      throw ParquetFault("the pages end after \(rows - left) of \(rows) rows: the file is damaged")
    }
    let head = try PageHeader(&cursor)
    let body = try cursor.take(head.compressedSize)
    if let checksum = head.checksum, PageCodec.checksum(body) != checksum {
      throw ParquetFault("the check sum is wrong: the file is damaged")
    }
    switch head.kind {
    case .other: break
    case .dictionary(let count, let encoding):
      guard dictionary == nil, !hasData else {
        throw ParquetFault("a dictionary that is not the first page: the file is damaged")
      }
      guard encoding == 0 || encoding == 2, count <= ParquetFile.rowLimit else {
        throw ParquetFault("a dictionary of \(count) values in the encoding \(encoding)")
      }
      try budget.expand(head.size)
      let whole = try codec.expanded(body, to: head.size)
      dictionary = try decoder.values(whole, encoding: 0, count: count, dictionary: nil, &budget)
    case .data(let data):
      guard data.count <= left else {
        throw ParquetFault("\(data.count) values where \(left) rows are left: the file is damaged")
      }
      hasData = true
      try budget.expand(head.size)
      try append(data, head, body, to: &values, &budget)
      left -= data.count
    }
    return true
  }

  private func append(
    _ data: PageHeader.DataHead,
    _ head: PageHeader,
    _ body: ArraySlice<UInt8>,
    to values: inout [ParquetValue?],
    _ budget: inout ByteBudget
  ) throws(ParquetFault) {
    var levels: ArraySlice<UInt8>?
    var rest: ArraySlice<UInt8>
    if let second = data.levels {
      var cursor = ByteCursor(body)
      _ = try cursor.take(second.repetitionBytes)
      let definitions = try cursor.take(second.definitionBytes)
      let size = head.size - second.repetitionBytes - second.definitionBytes
      guard size >= 0 else { throw ParquetFault("the levels are longer than the page: the file is damaged") }
      rest =
        try second.isCompressed ? codec.expanded(cursor.rest, to: size) : PageCodec.none.expanded(cursor.rest, to: size)
      if leaf.column.isOptional { levels = definitions }
    } else {
      rest = try codec.expanded(body, to: head.size)
      if leaf.column.isOptional {
        guard data.levelEncoding == 3 else {
          throw ParquetFault(
            "levels in the old encoding \(data.levelEncoding), which is not read here; write the file anew"
          )
        }
        var cursor = ByteCursor(rest)
        levels = try cursor.piece()
        rest = cursor.rest
      }
    }
    guard let levels else {
      let found = try decoder.values(rest, encoding: data.encoding, count: data.count, dictionary: dictionary, &budget)
      return values.append(contentsOf: found)
    }
    let defined = try RunLengths.decode(levels, width: 1, count: data.count)
    let count = defined.count { $0 == 1 }
    let found = try decoder.values(rest, encoding: data.encoding, count: count, dictionary: dictionary, &budget)
    var next = 0
    for isThere in defined {
      if isThere == 1 {
        values.append(found[next])
        next += 1
      } else {
        values.append(nil)
      }
    }
  }
}
