/// The byte alphabet of byte-level BPE: every byte is one printable character (GPT-2's table).
struct ByteAlphabet: Sendable {
  /// The character that stands for each byte.
  let scalars: [Unicode.Scalar]
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
    bytes = Dictionary(uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })
  }

  /// The byte a character stands for.
  func byte(of scalar: Unicode.Scalar) -> UInt8? { bytes[scalar] }

  /// The bytes a token stands for; a token with a character outside the alphabet stands for its own UTF-8.
  func bytes(of token: String) -> [UInt8] {
    var found: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard let byte = bytes[scalar] else { return Array(token.utf8) }
      found.append(byte)
    }
    return found
  }

  /// A text in the alphabet.
  func text(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalars[Int(byte)]) }
    return String(text)
  }
}

/// The word splitter of GPT-2:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, in linear time.
enum WordSplitter {
  private enum Class { case letter, number, space, other }

  private static func classify(_ scalar: Unicode.Scalar) -> Class {
    let value = scalar.value
    if value < 0x80 {
      switch value {
      case 0x41...0x5A, 0x61...0x7A: return .letter
      case 0x30...0x39: return .number
      case 0x20, 0x09...0x0D: return .space
      default: return .other
      }
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return scalar.properties.isWhitespace ? .space : .other
    }
  }

  /// Splits a piece; nothing is lost.
  static func split(_ text: Substring.UnicodeScalarView) -> [Substring.UnicodeScalarView] {
    let scalars = Array(text)
    let classes = scalars.map(classify)
    var ends: [Int] = []
    var at = 0
    while at < scalars.count {
      at = end(from: at, scalars, classes)
      ends.append(at)
    }
    var pieces: [Substring.UnicodeScalarView] = []
    pieces.reserveCapacity(ends.count)
    var index = text.startIndex
    var count = 0
    for end in ends {
      let next = text.index(index, offsetBy: end - count)
      pieces.append(text[index..<next])
      index = next
      count = end
    }
    return pieces
  }

  private static func end(from start: Int, _ scalars: [Unicode.Scalar], _ classes: [Class]) -> Int {
    func at(_ place: Int) -> Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }
    func run(of kind: Class, from place: Int) -> Int {
      var end = place
      while end < classes.count, classes[end] == kind { end += 1 }
      return end
    }
    if scalars[start] == "'" {
      switch (at(start + 1), at(start + 2)) {
      case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
      case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
      default: break
      }
    }
    if classes[start] != .space { return run(of: classes[start], from: start) }
    if scalars[start] == " ", start + 1 < classes.count, classes[start + 1] != .space {
      return run(of: classes[start + 1], from: start + 1)
    }
    // White space gives its last character to the word behind it, if there is one.
    let end = run(of: .space, from: start)
    return end < classes.count && end - start > 1 ? end - 1 : end
  }
}
