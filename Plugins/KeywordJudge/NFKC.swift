internal import JudgeKit

/// Compatibility normalisation (Unicode Standard Annex 15) that knows which characters each result came from.
struct NFKC {
  /// Results of single characters; texts repeat few.
  private var known: [Unicode.Scalar: [Unicode.Scalar]] = [:]

  /// The normal form of a text that is one segment.
  static func normalised(_ segment: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: segment)
    return Array(CombiningMarks.compatibilityComposed(String(text)).unicodeScalars)
  }

  /// Normalises a text segment by segment; `emit` hears each result with the stretch of the text it came from.
  mutating func normalise(_ text: [Unicode.Scalar], _ emit: (Unicode.Scalar, Range<Int>) -> Void) {
    var at = 0
    while at < text.count {
      var end = at + 1
      while end < text.count, !startsSegment(text[end]) { end += 1 }
      if end == at + 1 {
        if text[at].value < 0x80 {
          emit(text[at], at..<end)
        } else {
          for one in single(text[at]) { emit(one, at..<end) }
        }
      } else {
        for one in Self.normalised(text[at..<end]) { emit(one, at..<end) }
      }
      at = end
    }
  }

  /// Whether nothing before this character can combine with it.
  private mutating func startsSegment(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return true }
    guard let first = single(scalar).first else { return true }
    return first.properties.canonicalCombiningClass == .notReordered && !Self.combinesBackwards(first)
  }

  private mutating func single(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if let result = known[scalar] { return result }
    let result = Self.normalised(CollectionOfOne(scalar))
    known[scalar] = result
    return result
  }

  /// Characters of combining class 0 that compose with the one before: vowels and finals of Hangul, and vowel signs
  /// (`NFC_Quick_Check=Maybe` of `DerivedNormalizationProps.txt`, Unicode 14).
  private static func combinesBackwards(_ scalar: Unicode.Scalar) -> Bool {
    (0x1161...0x1175).contains(scalar.value) || (0x11A8...0x11C2).contains(scalar.value)
      || vowelSigns.contains(scalar.value)
  }

  private static let vowelSigns: Set<UInt32> = [
    0x9BE, 0x9D7, 0xB3E, 0xB56, 0xB57, 0xBBE, 0xBD7, 0xCC2, 0xCD5, 0xCD6, 0xD3E, 0xD57, 0xDCF, 0xDDF, 0x102E, 0x1B35,
    0x11127, 0x1133E, 0x11357, 0x114B0, 0x114BA, 0x114BD, 0x115AF, 0x11930,
  ]
}
