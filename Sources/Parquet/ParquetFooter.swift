/// What the footer says: the schema and where the columns of each row group stand.
struct ParquetFooter {
  /// The part of a column that belongs to one row group.
  struct Chunk {
    var physical: Int64 = -1
    var codec: Int64 = 0
    var valueCount = 0
    var compressedSize = 0
    var dataOffset = 0
    var dictionaryOffset: Int?
    var otherFile: String?
    var hasMetadata = false
    var isEncrypted = false

    /// Where its first page begins.
    var start: Int {
      // Some writers put 0 where there is no dictionary.
      if let dictionaryOffset, dictionaryOffset > 0, dictionaryOffset < dataOffset { return dictionaryOffset }
      return dataOffset
    }
  }

  /// A slice of the rows.
  struct RowGroup {
    var chunks: [Chunk] = []
    var rowCount = 0
  }

  let leaves: [SchemaLeaf]
  let rowGroups: [RowGroup]
  let rowCount: Int

  /// Parses the bytes between the data and the length of the footer, and checks what can be checked without the data.
  init(_ bytes: ArraySlice<UInt8>, dataEnd: Int) throws(ParquetFault) {
    var reader = ThriftReader(bytes)
    var nodes: [ParquetSchema.Node] = []
    var groups: [RowGroup] = []
    var rows: Int?
    var isEncrypted = false
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 2: nodes = try reader.list(field) { (reader) throws(ParquetFault) in try ParquetSchema.Node(&reader) }
      case 3: rows = try reader.count(field)
      case 4: groups = try reader.list(field) { (reader) throws(ParquetFault) in try Self.rowGroup(&reader) }
      case 8:
        isEncrypted = true
        return false
      default: return false
      }
      return true
    }
    guard !isEncrypted else { throw ParquetFault("the file is encrypted") }
    leaves = try ParquetSchema.leaves(nodes)
    guard let rows else { throw ParquetFault("the footer does not tell how many rows there are") }
    guard rows <= ParquetFile.rowLimit else {
      throw ParquetFault("\(rows) rows; at most \(ParquetFile.rowLimit) are read here")
    }
    rowCount = rows
    rowGroups = groups
    var sum = 0
    for (index, group) in groups.enumerated() {
      sum += min(group.rowCount, ParquetFile.rowLimit + 1)
      guard group.chunks.count == leaves.count else {
        throw ParquetFault(
          "row group \(index + 1) has \(group.chunks.count) columns where the schema names \(leaves.count)"
        )
      }
      guard sum <= rows else { break }
    }
    guard sum == rows else {
      throw ParquetFault("the row groups hold \(sum) rows or more where the file announces \(rows)")
    }
  }

  private static func rowGroup(_ reader: inout ThriftReader) throws(ParquetFault) -> RowGroup {
    var group = RowGroup()
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: group.chunks = try reader.list(field) { (reader) throws(ParquetFault) in try Self.chunk(&reader) }
      case 3: group.rowCount = try reader.count(field)
      default: return false
      }
      return true
    }
    return group
  }

  private static func chunk(_ reader: inout ThriftReader) throws(ParquetFault) -> Chunk {
    var chunk = Chunk()
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: chunk.otherFile = try reader.text(field)
      case 3:
        guard field.kind == .structure else { throw ParquetFault("a column without a description") }
        try Self.describe(&chunk, &reader)
      case 8:
        chunk.isEncrypted = true
        return false
      default: return false
      }
      return true
    }
    return chunk
  }

  private static func describe(_ chunk: inout Chunk, _ reader: inout ThriftReader) throws(ParquetFault) {
    var found = chunk
    found.hasMetadata = true
    try reader.structure { (reader, field) throws(ParquetFault) in
      switch field.id {
      case 1: found.physical = try reader.integer(field)
      case 4: found.codec = try reader.integer(field)
      case 5: found.valueCount = try reader.count(field)
      case 7: found.compressedSize = try reader.count(field)
      case 9: found.dataOffset = try reader.count(field)
      case 11: found.dictionaryOffset = try reader.count(field)
      default: return false
      }
      return true
    }
    chunk = found
  }
}
