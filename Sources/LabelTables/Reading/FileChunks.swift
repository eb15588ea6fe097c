internal import Glibc
internal import Hashing
public import JSON

/// The bytes of a regular file, piece by piece, hashed on the way: files far larger than the memory can be read.
public final class FileChunks {
  /// The file as the user named it.
  public let path: String
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var hash: SHA256? = SHA256()
  private var isFirst = true
  private let encoding: TextEncoding
  private let widened = ByteBuffer()

  /// - Parameters:
  ///   - encoding: of the text; bytes of Latin-1 are handed over as UTF-8.
  ///   - chunkBytes: how much is read at once, at least 4.
  /// - Throws: where the file cannot be opened or is no regular one.
  public init(path: String, encoding: TextEncoding = .utf8, chunkBytes: Int = 1 << 18) throws(JSONError) {
    self.path = path
    self.encoding = encoding
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    buffer = .allocate(byteCount: max(4, chunkBytes), alignment: 16)
    guard descriptor >= 0 else { throw JSONError(file: path, "cannot be opened: \(Self.reason)") }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw JSONError(file: path, "cannot be read: \(Self.reason)") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw JSONError(file: path, "is no regular file; expected a file of CSV or JSON lines")
    }
  }

  deinit {
    buffer.deallocate()
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next bytes, valid until the next call; nil at the end. A byte-order mark of UTF-8 is left out.
  public func next() throws(JSONError) -> UnsafeRawBufferPointer? {
    var count = 0
    // A first piece of less than three bytes could hide a byte-order mark: it is filled whole.
    while count < (isFirst ? buffer.count : 1) {
      let got = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw JSONError(file: path, "cannot be read: \(Self.reason)")
      }
      count += got
    }
    var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    hash?.update(bytes)
    if encoding == .latin1 { return count == 0 ? nil : widen(bytes) }
    if isFirst {
      isFirst = false
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        throw JSONError(at: SourcePlace(file: path, line: 1, column: 1), "this is UTF-16; save the file as UTF-8")
      }
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
        bytes = UnsafeRawBufferPointer(rebasing: bytes[3...])
        if bytes.isEmpty { return try next() }
      }
    }
    return count == 0 ? nil : bytes
  }

  /// SHA-256 of all bytes read so far; can be asked once.
  public func finish() -> String { hash.take()?.finish() ?? "" }

  /// Latin-1 in UTF-8: a byte from 128 is the character of that number, which takes two.
  private func widen(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    if ByteSearch.isASCII(bytes) { return bytes }
    let wide = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count * 2, alignment: 1)
    defer { wide.deallocate() }
    var count = 0
    for byte in bytes {
      if byte < 0x80 {
        wide[count] = byte
        count += 1
      } else {
        wide[count] = 0xC0 | byte >> 6
        wide[count + 1] = 0x80 | byte & 0x3F
        count += 2
      }
    }
    widened.removeAll()
    widened.append(UnsafeRawBufferPointer(rebasing: wide[..<count]))
    return UnsafeRawBufferPointer(start: widened.bytes, count: count)
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
