internal import CSnappy
internal import CZlib
internal import CZstd

/// How pages are compressed.
enum PageCodec: Int64 {
  case none = 0
  case snappy = 1
  case gzip = 2
  case zstandard = 6

  private static let names = ["none", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"]

  init(number: Int64) throws(ParquetFault) {
    guard let codec = PageCodec(rawValue: number) else {
      let name = Self.names.indices.contains(Int(clamping: number)) ? Self.names[Int(number)] : "a method unknown here"
      throw ParquetFault(
        "compressed by \(name); read are SNAPPY, GZIP, ZSTD and uncompressed files: write it anew as one of these"
      )
    }
    self = codec
  }

  /// The bytes of a page, exactly `size` of them.
  func expanded(_ bytes: ArraySlice<UInt8>, to size: Int) throws(ParquetFault) -> ArraySlice<UInt8> {
    guard size <= ParquetFile.byteLimit else {
      throw ParquetFault("a page of \(size) bytes; at most \(ParquetFile.byteLimit) are read here")
    }
    if self == .none {
      guard bytes.count == size else { throw Self.damaged("holds \(bytes.count) bytes where its head says \(size)") }
      return bytes
    }
    if size == 0, bytes.isEmpty { return [] }
    var written = 0
    // Memory is taken from the system only as it is written to: an announced size alone costs nothing.
    let whole = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      bytes.withUnsafeBytes { source in
        let target = UnsafeMutableRawBufferPointer(buffer)
        switch self {
        case .none: break
        case .snappy: written = Self.snappy(source, target)
        case .gzip: written = Self.gzip(source, target)
        case .zstandard: written = Self.zstandard(source, target)
        }
      }
      count = written == size ? size : 0
    }
    guard written == size else { throw Self.damaged("does not expand to the \(size) bytes that its head announces") }
    return whole[...]
  }

  /// Whether a page is what its writer wrote.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { raw in
      UInt32(truncatingIfNeeded: crc32_z(0, raw.bindMemory(to: UInt8.self).baseAddress, raw.count))
    }
  }

  private static func damaged(_ what: String) -> ParquetFault { ParquetFault("the page \(what): the file is damaged") }

  // Each gives the bytes written, or -1 where the source is damaged or needs more room than there is.

  private static func snappy(_ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) -> Int {
    var length = 0
    let bytes = source.bindMemory(to: CChar.self)
    guard snappy_uncompressed_length(bytes.baseAddress, bytes.count, &length) == SNAPPY_OK, length == target.count
    else {
      return -1
    }
    let room = target.bindMemory(to: CChar.self)
    return snappy_uncompress(bytes.baseAddress, bytes.count, room.baseAddress, &length) == SNAPPY_OK ? length : -1
  }

  private static func gzip(_ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) -> Int {
    var stream = z_stream()
    guard tzlib_inflate_init(&stream) == Z_OK else { return -1 }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(clamping: source.count)
    stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = UInt32(clamping: target.count)
    guard inflate(&stream, Z_FINISH) == Z_STREAM_END, stream.avail_in == 0 else { return -1 }
    return Int(stream.total_out)
  }

  private static func zstandard(_ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) -> Int {
    let count = ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count)
    return ZSTD_isError(count) == 0 ? count : -1
  }
}
