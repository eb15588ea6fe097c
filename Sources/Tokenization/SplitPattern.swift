/// A regular expression of the kind that `tokenizer.json` files split text with, matched on Unicode scalars.
///
/// It reads alternatives, groups, `(?i:…)`, look-aheads, classes (`[…]`, `\s \d \w \p{L}` and their negations) and the
/// quantifiers `? * + {n,m}` with the possessive `+`. Repeated groups are refused: without them the matcher's recursion
/// is as deep as the pattern, whatever the text. `SplitPattern+Parsing.swift` reads the source.
struct SplitPattern: Sendable {
  /// One step of the matcher; numbers are places in `nodes`.
  enum Node: Sendable {
    case accept
    /// From `least` to `most` scalars of a set, as many as possible; a possessive run gives none back.
    case run(ScalarSet, least: Int, most: Int, isPossessive: Bool, next: Int)
    case branch([Int])
    case look(start: Int, isNegative: Bool, next: Int)
  }

  let nodes: [Node]
  let start: Int

  /// The end of the match that begins at a place, or nil.
  func end(from at: Int, in text: ClassifiedText) -> Int? { match(start, at, text) }

  private func match(_ first: Int, _ at: Int, _ text: ClassifiedText) -> Int? {
    var node = first
    while true {
      switch nodes[node] {
      case .accept: return at
      case .run(let set, let least, let most, let isPossessive, let next):
        let limit = most < text.count - at ? at + most : text.count
        var end = at
        while end < limit, set.contains(text, end) { end += 1 }
        guard end - at >= least else { return nil }
        if isPossessive { return match(next, end, text) }
        while true {
          if let found = match(next, end, text) { return found }
          guard end - at > least else { return nil }
          end -= 1
        }
      case .branch(let starts):
        for start in starts { if let found = match(start, at, text) { return found } }
        return nil
      case .look(let start, let isNegative, let next):
        guard (match(start, at, text) == nil) == isNegative else { return nil }
        node = next
      }
    }
  }
}

/// Scalars with their general categories, looked up once for each text.
struct ClassifiedText {
  let scalars: [Unicode.Scalar]
  private let categories: [UInt32]
  var count: Int { scalars.count }

  init(_ text: Substring.UnicodeScalarView) {
    scalars = Array(text)
    categories = scalars.map { $0.value < 0x80 ? Self.ascii[Int($0.value)] : Self.bits(of: $0) }
  }

  /// The bit of the scalar's general category, and bit 31 for white space.
  func bits(_ at: Int) -> UInt32 { categories[at] }

  /// The bit that marks white space.
  static let space: UInt32 = 1 << 31

  private static let ascii: [UInt32] = (0..<0x80 as Range<UInt8>).map { bits(of: Unicode.Scalar($0)) }

  private static func bits(of scalar: Unicode.Scalar) -> UInt32 {
    let category: UInt32 =
      if let at = ScalarSet.categories.firstIndex(where: { $0.category == scalar.properties.generalCategory }) {
        1 << UInt32(at)
      } else {
        0
      }
    return category | (scalar.properties.isWhitespace ? space : 0)
  }
}

/// A set of scalars: a union of ranges and categories, perhaps inverted.
struct ScalarSet: Sendable {
  /// The categories by the names that patterns use; the place of each is its bit.
  static let categories: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
    ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
    ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
    ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
    ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
    ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
    ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
    ("Cn", .unassigned),
  ]

  /// The bits of a category's name, `Lu` or `L`; nil for a name that is none.
  static func bits(named name: String) -> UInt32? {
    var bits: UInt32 = 0
    for (at, entry) in categories.enumerated() where entry.name == name || name.count == 1 && entry.name.hasPrefix(name)
    {
      bits |= 1 << UInt32(at)
    }
    return bits == 0 ? nil : bits
  }

  var ranges: [ClosedRange<UInt32>] = []
  /// A scalar with one of these bits is in the set.
  var bits: UInt32 = 0
  /// A scalar with none of a mask's bits is in the set.
  var absentBits: [UInt32] = []
  var isInverted = false

  func contains(_ text: ClassifiedText, _ at: Int) -> Bool {
    let found = text.bits(at)
    if found & bits != 0 { return !isInverted }
    for mask in absentBits where found & mask == 0 { return !isInverted }
    let value = text.scalars[at].value
    for range in ranges where range.contains(value) { return !isInverted }
    return isInverted
  }

  /// Adds the other case of every letter of the ranges, as `(?i:…)` asks.
  mutating func ignoreCase() {
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
