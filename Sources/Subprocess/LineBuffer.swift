internal import Glibc

/// A line that a child wrote, without its end.
public struct ProcessLine: Sendable, Equatable {
  /// The text; what is no UTF-8 is replaced.
  public let text: String
  /// Whether it was UTF-8.
  public let isValid: Bool

  /// Reads bytes.
  public init(_ bytes: some Collection<UInt8>) {
    let valid = String(validating: bytes, as: UTF8.self)
    text = valid ?? String(decoding: bytes, as: UTF8.self)
    isValid = valid != nil
  }
}

/// Bytes as they come from a pipe, cut into lines; each byte is looked at once, however slowly they come.
struct LineBuffer {
  /// Longest line that is held, its end not counted.
  let limit: Int
  private var bytes: [UInt8] = []
  private var start = 0
  private var searched = 0

  init(limit: Int) { self.limit = limit }

  mutating func append(_ new: UnsafeRawBufferPointer) {
    if start > 0, start == bytes.count { (bytes, start, searched) = ([], 0, 0) }
    bytes.append(contentsOf: new)
  }

  /// The next whole line without its end; nil while none is there.
  /// - Throws: `ProcessFailure.lineTooLong`, as soon as more than `limit` bytes belong to one line.
  mutating func next() throws(ProcessFailure) -> ProcessLine? {
    let end = bytes.withUnsafeBytes { all -> Int? in
      guard searched < all.count, let base = all.baseAddress else { return nil }
      return memchr(base + searched, 0x0A, all.count - searched).map { UnsafeRawPointer($0) - base }
    }
    let length = (end ?? bytes.count) - start
    guard length <= limit else { throw .lineTooLong(limit: limit) }
    guard let end else {
      searched = bytes.count
      // What was taken is dropped only now and then, so that many short lines cost no copy each.
      if start > limit { (bytes, searched, start) = (Array(bytes[start...]), searched - start, 0) }
      return nil
    }
    defer { (start, searched) = (end + 1, end + 1) }
    return ProcessLine(bytes[start..<end])
  }
}
