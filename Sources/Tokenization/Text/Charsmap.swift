internal import JSON

/// The map of characters that SentencePiece compiles into a model: a double-array trie from texts to their replacements.
struct Charsmap: Sendable {
  private let units: [UInt32]
  /// The replacements, each ended by a NUL.
  private let texts: [UInt8]

  /// Reads the base64 of `precompiled_charsmap`: the trie's size in bytes (32 bits, little endian), the trie, the texts.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    guard let bytes = Self.base64(try part.string()) else { throw part.wrong("is no base64") }
    func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) } }
    guard bytes.count >= 4, Int(word(0)) % 4 == 0, Int(word(0)) <= bytes.count - 4 else {
      throw part.wrong("its trie is longer than the map; the file is cut or damaged")
    }
    let size = Int(word(0))
    units = stride(from: 4, to: 4 + size, by: 4).map(word)
    texts = Array(bytes[(4 + size)...])
    guard String(validating: texts, as: UTF8.self) != nil else { throw part.wrong("its replacements are no UTF-8") }
  }

  private static func base64(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var buffer: UInt32 = 0
    var count = 0
    for byte in text.utf8 {
      let digit: UInt32
      switch byte {
      case 0x41...0x5A: digit = UInt32(byte) - 0x41
      case 0x61...0x7A: digit = UInt32(byte) - 0x61 + 26
      case 0x30...0x39: digit = UInt32(byte) - 0x30 + 52
      case 0x2B: digit = 62
      case 0x2F: digit = 63
      case 0x3D: continue
      default: return nil
      }
      buffer = buffer << 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: buffer >> UInt32(count)))
      }
    }
    return out
  }

  /// Short clusters are looked up whole, then character by character; of several entries that begin a text the shortest
  /// is taken, as the reference does.
  func apply(_ source: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(source.count)
    let text = String(decoding: source, as: UTF8.self)
    var at = 0
    for character in text {
      let length = character.utf8.count
      let end = at + length
      if length < 6, let found = replacement(of: source[at..<end]) {
        out.append(contentsOf: found)
        at = end
        continue
      }
      while at < end {
        let lead = source[at]
        let next = at + (lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
        out.append(contentsOf: replacement(of: source[at..<next]) ?? source[at..<next])
        at = next
      }
    }
    return out
  }

  private func replacement(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let start = shortestPrefix(of: text), start <= texts.count else { return nil }
    return texts[start...].prefix { $0 != 0 }
  }

  /// The value of the shortest entry that begins the text.
  private func shortestPrefix(of text: ArraySlice<UInt8>) -> Int? {
    guard !units.isEmpty else { return nil }
    var at = Self.offset(units[0])
    for byte in text {
      if byte == 0 { return nil }
      at ^= Int(byte)
      guard at < units.count else { return nil }
      let unit = units[at]
      guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
      at ^= Self.offset(unit)
      if unit >> 8 & 1 == 1 { return at < units.count ? Int(units[at] & (1 << 31 - 1)) : nil }
    }
    return nil
  }

  private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & (1 << 9)) >> 6)) }
}
