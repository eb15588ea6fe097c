internal import JSON
internal import Wording

/// A Parquet file: its columns, and the values of those that hold one text, number or truth value a row.
///
/// Read are data pages of version 1 and 2, the encodings PLAIN, dictionary, RLE, BYTE_STREAM_SPLIT and the three DELTA ones,
/// uncompressed or by Snappy, gzip or Zstandard; check sums are checked where the file has them. Nothing the file announces is
/// believed before it is held against the bytes that are there.
/// Source: the format's description in apache/parquet-format (README.md, Encodings.md, parquet.thrift).
public struct ParquetFile: Sendable {
  /// More rows than this are refused.
  public static let rowLimit = 1 << 22
  /// More bytes of text in one column than this are refused; a page does not grow beyond it either.
  public static let byteLimit = 256 << 20

  /// The file's name.
  public let name: String
  /// Its columns; nested ones are named and not read.
  public let columns: [ParquetColumn]
  /// Rows.
  public let rowCount: Int
  private let bytes: [UInt8]
  private let footer: ParquetFooter

  /// Reads a file of at most 256 MB.
  public static func read(_ path: String) throws(ParquetError) -> ParquetFile {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path, maximumBytes: byteLimit) } catch {
      throw ParquetError(file: path, error.problem)
    }
    return try ParquetFile(bytes, name: path)
  }

  /// Parses the bytes of a whole file; values are not read yet.
  public init(_ bytes: [UInt8], name: String) throws(ParquetError) {
    func fail(_ problem: String) -> ParquetError { ParquetError(file: name, problem) }
    let magic = Array("PAR1".utf8)
    guard !bytes.isEmpty else { throw fail("the file is empty; expected a Parquet file") }
    if bytes.starts(with: Array("PARE".utf8)) { throw fail("the file is encrypted, which is not read here") }
    guard bytes.starts(with: magic) else {
      throw fail("this is no Parquet file: it does not begin with PAR1; the format goes by the name's ending")
    }
    guard bytes.count >= 12, bytes.suffix(4).elementsEqual(magic) else {
      throw fail("the file does not end with PAR1: it is cut off, or still being written")
    }
    let end = bytes.count - 8
    var tail = ByteCursor(bytes[end..<end + 4])
    do throws(ParquetFault) {
      let length = Int(try tail.little32())
      guard length <= end - 4 else {
        throw ParquetFault("is said to hold \(length) bytes where the file has \(end - 4) before it")
      }
      footer = try ParquetFooter(bytes[(end - length)..<end], dataEnd: end - length)
      self.bytes = Array(bytes[..<(end - length)])
    } catch {
      throw ParquetError(file: name, place: "the footer", "\(error.problem): the file is damaged")
    }
    self.name = name
    columns = footer.leaves.map(\.column)
    rowCount = footer.rowCount
  }

  /// The place of a column among ``columns``.
  /// - Throws: where there is none of the name, or more than one.
  public func column(named column: String) throws(ParquetError) -> Int {
    let found = columns.indices.filter { ExactText(columns[$0].name) == ExactText(column) }
    if let only = found.first, found.count == 1 { return only }
    if found.count > 1 { throw ParquetError(file: name, "has \(found.count) columns \"\(column)\"") }
    // A group is no column; its parts are.
    let parts = columns.filter { $0.name.hasPrefix(column + ".") }
    guard parts.isEmpty else {
      throw ParquetError(file: name, "the column \"\(column)\" is nested, which is not read here; \(readable)")
    }
    let hint = Spelling.hint(for: column, among: columns.map { VisibleText.short($0.name) })
    throw ParquetError(file: name, "there is no column \"\(column)\"\(hint)")
  }

  /// The values of a column, one a row, nil where the row has none.
  /// - Throws: where the column is of a kind that is not read, or the file is damaged.
  public func values(of index: Int) throws(ParquetError) -> [ParquetValue?] {
    let leaf = footer.leaves[index]
    if case .unsupported(let what) = leaf.column.kind {
      throw ParquetError(
        file: name,
        "the column \"\(VisibleText.short(leaf.column.name))\" holds \(what), which are not read here; \(readable)"
      )
    }
    var values: [ParquetValue?] = []
    values.reserveCapacity(min(rowCount, 1 << 16))
    var budget = ByteBudget()
    for (number, group) in footer.rowGroups.enumerated() {
      let place = "row group \(number + 1), column \"\(VisibleText.short(leaf.column.name))\""
      var page = 0
      do throws(ParquetFault) {
        var reader = try ColumnChunkReader(group.chunks[index], leaf, rows: group.rowCount, in: bytes)
        while try reader.readPage(into: &values, &budget, &page) {}
      } catch {
        throw ParquetError(file: name, place: page == 0 ? place : "\(place), page \(page)", error.problem)
      }
    }
    return values
  }

  private var readable: String {
    let names = columns.filter { if case .unsupported = $0.kind { false } else { true } }.map {
      "\"\(VisibleText.short($0.name))\""
    }
    return names.isEmpty ? "the file has no column that is" : "columns that are: \(names.joined(separator: ", "))"
  }
}

/// Counts what a column has yielded, so that a small file can fill neither the memory nor the day.
struct ByteBudget {
  private var text = ParquetFile.byteLimit
  private var pages = 2 * ParquetFile.byteLimit

  /// Counts bytes of text.
  mutating func spend(_ bytes: Int) throws(ParquetFault) {
    text -= bytes
    guard text >= 0 else {
      throw ParquetFault("more than \(ParquetFile.byteLimit >> 20) MB of text, which is not read here")
    }
  }

  /// Counts the bytes of a page once it is expanded.
  mutating func expand(_ bytes: Int) throws(ParquetFault) {
    guard bytes <= pages else {
      throw ParquetFault("pages of more than \(ParquetFile.byteLimit >> 19) MB, which are not read here")
    }
    pages -= bytes
  }
}
