/// The byte alphabet of byte-level BPE: every byte is one printable character (GPT-2's table).
struct ByteAlphabet: Sendable {
  /// The character that stands for each byte.
  let scalars: [Unicode.Scalar]
  /// The UTF-8 of each of them.
  let texts: [[UInt8]]
  private let bytes: [Unicode.Scalar: UInt8]

  /// Bytes that are printable in Latin-1 stand for themselves; the rest follow from U+0100 in order.
  init() {
    var scalars: [Unicode.Scalar] = []
    var next: UInt32 = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: scalars.append(Unicode.Scalar(byte))
      default:
        scalars.append(Unicode.Scalar(next) ?? "?")
        next += 1
      }
    }
    self.scalars = scalars
    texts = scalars.map { Array(String($0).utf8) }
    bytes = Dictionary(uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })
  }

  /// The bytes a token stands for; a token with a character outside the alphabet stands for its own UTF-8.
  func bytes(of token: String) -> [UInt8] {
    var found: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard let byte = bytes[scalar] else { return Array(token.utf8) }
      found.append(byte)
    }
    return found
  }

  /// Bytes in the alphabet, as UTF-8.
  func text(of source: some Sequence<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    for byte in source { out.append(contentsOf: texts[Int(byte)]) }
    return out
  }
}

/// The word splitter of GPT-2:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, by hand.
enum WordSplitter {
  private enum Class { case letter, number, space, other }

  private static let letterOrNumber = ScalarBits.letter | ScalarBits.number

  @inline(__always) private static func classify(_ bits: UInt64) -> Class {
    if bits & ScalarBits.space != 0 { return .space }
    if bits & letterOrNumber == 0 { return .other }
    return bits & 0x1F != 0 ? .letter : .number
  }

  /// Cuts a stretch of text; gives each piece's end.
  static func split(_ text: ScalarText, _ range: Range<Int>, _ body: (Int) -> Void) {
    func kind(_ at: Int) -> Class { classify(text.bits(text.scalar(at).value)) }
    func run(of wanted: Class, from start: Int) -> Int {
      var at = start
      while at < range.upperBound, kind(at) == wanted { at += text.length(at) }
      return at
    }
    var at = range.lowerBound
    while at < range.upperBound {
      if text.bytes[at] == 0x27, let length = contraction(text.bytes, at + 1, range.upperBound) {
        at += 1 + length
      } else {
        let first = kind(at)
        let next = at + text.length(at)
        if first != .space {
          at = run(of: first, from: next)
        } else if text.bytes[at] == 0x20, next < range.upperBound, kind(next) != .space {
          at = run(of: kind(next), from: next)
        } else {
          // White space gives its last character to the word behind it, if there is one.
          let end = run(of: .space, from: next)
          at = end < range.upperBound && end > next ? text.before(end) : end
        }
      }
      body(at)
    }
  }

  /// The length of what follows an apostrophe and belongs to it.
  private static func contraction(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Int? {
    guard at < end else { return nil }
    let second = at + 1 < end ? bytes[at + 1] : 0
    switch (bytes[at], second) {
    case (0x73, _), (0x74, _), (0x6D, _), (0x64, _): return 1  // s t m d
    case (0x72, 0x65), (0x76, 0x65), (0x6C, 0x6C): return 2  // re ve ll
    default: return nil
    }
  }
}
