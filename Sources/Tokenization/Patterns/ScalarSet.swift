/// A set of scalars as a pattern writes it: a union of ranges, bits and other sets, perhaps cut with others, perhaps
/// inverted.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  /// A scalar with one of these ``ScalarBits`` is in the set.
  var bits: UInt64 = 0
  var parts: [ScalarSet] = []
  /// What is in the set must be in all of these too.
  var cuts: [ScalarSet] = []
  var isInverted = false

  /// Whether a scalar with these bits is in the set.
  func contains(_ value: UInt32, bits found: UInt64) -> Bool {
    let isIn =
      (found & bits != 0 || ranges.contains { $0.contains(value) }
        || parts.contains { $0.contains(value, bits: found) })
      && cuts.allSatisfy { $0.contains(value, bits: found) }
    return isIn != isInverted
  }

  /// The scalar of a set that holds one alone.
  var onlyScalar: UInt32? {
    guard ranges.count == 1, bits == 0, parts.isEmpty, cuts.isEmpty, !isInverted, ranges[0].count == 1 else {
      return nil
    }
    return ranges[0].lowerBound
  }

  /// `\w` outside of classes: to the reference the superscripts and fractions of Latin-1 are part of words there.
  static let word = ScalarSet(ranges: [0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE], bits: ScalarBits.word)

  /// The complement.
  var inverted: ScalarSet {
    var set = self
    set.isInverted.toggle()
    return set
  }

  /// Adds the other case of every letter of the ranges, as `(?i:…)` asks.
  mutating func ignoreCase() {
    for at in parts.indices { parts[at].ignoreCase() }
    for at in cuts.indices { cuts[at].ignoreCase() }
    for range in ranges where range.count < 0x400 {
      for value in range {
        guard let scalar = Unicode.Scalar(value) else { continue }
        for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
          if text.unicodeScalars.count == 1, let other = text.unicodeScalars.first, other != scalar {
            ranges.append(other.value...other.value)
          }
        }
        // Simple case folding knows one more letter for each of these: the long s and the Kelvin sign.
        if "sS".unicodeScalars.contains(scalar) { ranges.append(0x17F...0x17F) }
        if "kK".unicodeScalars.contains(scalar) { ranges.append(0x212A...0x212A) }
      }
    }
  }
}

/// A set made ready for asking: ASCII is two words of bits, the rest a mask and a few ranges.
struct CompiledSet: Sendable {
  private let low: UInt64
  private let high: UInt64
  private let bits: UInt64
  private let range: ClosedRange<UInt32>
  private let isInverted: Bool
  /// Only the plain form of the set above decides, not ``set``.
  private let isPlain: Bool
  private let set: ScalarSet

  init(_ set: ScalarSet) {
    var words: (low: UInt64, high: UInt64) = (0, 0)
    for value in 0..<0x80 as Range<UInt32> where set.contains(value, bits: ScalarBits.firstPlane[Int(value)]) {
      if value < 64 { words.low |= 1 << UInt64(value) } else { words.high |= 1 << UInt64(value - 64) }
    }
    (low, high) = words
    // What ASCII holds of the ranges is in the words already.
    let ranges = set.ranges.filter { $0.upperBound >= 0x80 }
    isPlain = set.parts.isEmpty && set.cuts.isEmpty && ranges.count <= 1
    bits = set.bits
    range = ranges.first ?? 0...0
    isInverted = set.isInverted
    self.set = set
  }

  /// The length of the scalar at an offset if it is in the set, else 0; the offset must be inside the text.
  @inline(__always) func length(in text: ScalarText, at: Int) -> Int {
    let lead = text.bytes[at]
    if lead < 0x80 {
      return Int(truncatingIfNeeded: (lead < 64 ? low >> UInt64(lead) : high >> UInt64(lead & 63)) & 1)
    }
    let (value, length) = text.scalar(at)
    let found = text.bits(value)
    if isPlain { return ((found & bits != 0) || range.contains(value)) != isInverted ? length : 0 }
    return set.contains(value, bits: found) ? length : 0
  }
}
