/// Finds the bytes that can end a cell, eight at a time.
///
/// A byte of a word is zero where the word's difference to its lowest set bits says so (Mycroft 1987); only matches above
/// a true one can be false, and the lowest is taken.
struct ByteSearch {
  private let patterns: (UInt64, UInt64, UInt64, UInt64)
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Looks for four bytes and for NUL.
  init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    patterns = (UInt64(a) &* Self.ones, UInt64(b) &* Self.ones, UInt64(c) &* Self.ones, UInt64(d) &* Self.ones)
  }

  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

  /// The first place from `at` with such a byte, `end` or beyond if there is none; eight bytes after `end` must be readable.
  @inline(__always)
  func first(in base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let raw = UnsafeRawPointer(base)
    var at = start
    while at < end {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      let found =
        Self.zeros(word ^ patterns.0) | Self.zeros(word ^ patterns.1) | Self.zeros(word ^ patterns.2)
        | Self.zeros(word ^ patterns.3) | Self.zeros(word)
      if found != 0 { return at &+ found.trailingZeroBitCount &>> 3 }
      at &+= 8
    }
    return end
  }

  /// How often a byte stands in `count` bytes.
  static func count(of byte: UInt8, in base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var total = 0
    var at = 0
    while at < count {
      // At most 255 in a block, so that its count fits a byte: the loop then runs on whole vectors.
      let stop = min(count, at + 255)
      var block: UInt8 = 0
      for index in at..<stop { block &+= base[index] == byte ? 1 : 0 }
      total += Int(block)
      at = stop
    }
    return total
  }

  /// Whether all bytes are below 128.
  static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    return all < 0x80
  }
}

/// Bytes that grow at their end and are taken away at their start; eight more than `count` can always be read.
final class ByteBuffer {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int
  private static let padding = 8

  init(capacity: Int = 1 << 12) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.padding)
    (bytes + capacity).initialize(repeating: 0, count: Self.padding)
  }

  deinit { bytes.deallocate() }

  /// Appends bytes.
  func append(_ more: UnsafeRawBufferPointer) {
    guard let source = more.bindMemory(to: UInt8.self).baseAddress else { return }
    reserve(count + more.count)
    (bytes + count).update(from: source, count: more.count)
    count += more.count
    // What stands after the end is read but never used; it is set all the same, so that no run differs from another.
    (bytes + count).update(repeating: 0, count: Self.padding)
  }

  /// Takes away bytes at the start.
  func removeFirst(_ number: Int) {
    guard number > 0 else { return }
    bytes.update(from: bytes + number, count: count - number)
    count -= number
    (bytes + count).update(repeating: 0, count: Self.padding)
  }

  /// Takes away everything.
  func removeAll() { count = 0 }

  private func reserve(_ wanted: Int) {
    guard wanted > capacity else { return }
    capacity = max(wanted, capacity * 2)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.padding)
    grown.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = grown
  }
}
