/// What patterns and splitters ask about a scalar, as bits: its general category, and whether it is white space, part of a
/// word or alphabetic.
///
/// The planes beyond the first are rare in text; their bits are worked out when asked for.
enum ScalarBits {
  /// White space (the Unicode property).
  static let space: UInt64 = 1 << 32
  /// Not white space, so that `\S` is a bit too.
  static let notSpace: UInt64 = 1 << 33
  /// Alphabetic, a mark, a digit, a letter number or a connector: `\w` of the reference's expressions.
  static let word: UInt64 = 1 << 34
  /// The rest.
  static let notWord: UInt64 = 1 << 35
  /// The Unicode property Alphabetic.
  static let alphabetic: UInt64 = 1 << 36
  /// The Unicode property Uppercase.
  static let uppercase: UInt64 = 1 << 37
  /// The Unicode property Lowercase.
  static let lowercase: UInt64 = 1 << 38

  /// Whether a scalar is `\w` to the other library that the reference uses: the two joiners are, too.
  static func isPlainWord(_ value: UInt32, _ bits: UInt64) -> Bool {
    bits & word != 0 || value == 0x200C || value == 0x200D
  }

  /// The bits of all general categories.
  static let allCategories: UInt64 = (1 << 30) - 1
  /// Letters.
  static let letter = bits(named: "l") ?? 0
  /// Numbers of all kinds.
  static let number = bits(named: "n") ?? 0
  /// Marks.
  static let mark = bits(named: "m") ?? 0
  /// Punctuation.
  static let punctuation = bits(named: "p") ?? 0
  /// Controls.
  static let control = bits(named: "cc") ?? 0
  /// Marks that take no room.
  static let nonspacingMark = bits(named: "mn") ?? 0
  /// What text cleaning drops: controls, formats and private use.
  static let other = control | (bits(named: "cf") ?? 0) | (bits(named: "co") ?? 0)

  /// The categories by their short and long names in lower case without underscores; the place of each is its bit.
  private static let categories: [(short: String, long: String)] = [
    ("lu", "uppercaseletter"), ("ll", "lowercaseletter"), ("lt", "titlecaseletter"), ("lm", "modifierletter"),
    ("lo", "otherletter"), ("mn", "nonspacingmark"), ("mc", "spacingmark"), ("me", "enclosingmark"),
    ("nd", "decimalnumber"), ("nl", "letternumber"), ("no", "othernumber"), ("pc", "connectorpunctuation"),
    ("pd", "dashpunctuation"), ("ps", "openpunctuation"), ("pe", "closepunctuation"), ("pi", "initialpunctuation"),
    ("pf", "finalpunctuation"), ("po", "otherpunctuation"), ("sm", "mathsymbol"), ("sc", "currencysymbol"),
    ("sk", "modifiersymbol"), ("so", "othersymbol"), ("zs", "spaceseparator"), ("zl", "lineseparator"),
    ("zp", "paragraphseparator"), ("cc", "control"), ("cf", "format"), ("cs", "surrogate"), ("co", "privateuse"),
    ("cn", "unassigned"),
  ]

  private static let groups: [String: String] = [
    "letter": "l", "mark": "m", "number": "n", "punctuation": "p", "symbol": "s", "separator": "z", "other": "c",
  ]

  /// The bits of a category's name in lower case without underscores (`lu`, `l`, `letter`); nil for a name that is none.
  static func bits(named name: String) -> UInt64? {
    let name = groups[name] ?? name
    var bits: UInt64 = 0
    for (at, entry) in categories.enumerated()
    where entry.short == name || entry.long == name || name.utf8.count == 1 && entry.short.hasPrefix(name) {
      bits |= 1 << UInt64(at)
    }
    return bits == 0 ? nil : bits
  }

  /// The bits of the first plane, worked out once.
  static let firstPlane: [UInt64] = (0..<0x10000).map { of(value: UInt32($0)) }

  /// The bits of a code point.
  static func of(value: UInt32) -> UInt64 {
    guard let scalar = Unicode.Scalar(value) else { return notSpace | notWord | 1 << 27 }
    let properties = scalar.properties
    let category: UInt64 = 1 << place(of: properties.generalCategory)
    let isAlphabetic = properties.isAlphabetic
    let isWord = isAlphabetic || category & (0b111 << 5 | 0b11 << 8 | 1 << 11) != 0
    return category | (properties.isWhitespace ? space : notSpace) | (isWord ? word : notWord)
      | (isAlphabetic ? alphabetic : 0) | (properties.isUppercase ? uppercase : 0)
      | (properties.isLowercase ? lowercase : 0)
  }

  private static func place(of category: Unicode.GeneralCategory) -> UInt64 {
    switch category {
    case .uppercaseLetter: 0
    case .lowercaseLetter: 1
    case .titlecaseLetter: 2
    case .modifierLetter: 3
    case .otherLetter: 4
    case .nonspacingMark: 5
    case .spacingMark: 6
    case .enclosingMark: 7
    case .decimalNumber: 8
    case .letterNumber: 9
    case .otherNumber: 10
    case .connectorPunctuation: 11
    case .dashPunctuation: 12
    case .openPunctuation: 13
    case .closePunctuation: 14
    case .initialPunctuation: 15
    case .finalPunctuation: 16
    case .otherPunctuation: 17
    case .mathSymbol: 18
    case .currencySymbol: 19
    case .modifierSymbol: 20
    case .otherSymbol: 21
    case .spaceSeparator: 22
    case .lineSeparator: 23
    case .paragraphSeparator: 24
    case .control: 25
    case .format: 26
    case .surrogate: 27
    case .privateUse: 28
    case .unassigned: 29
    @unknown default: 29
    }
  }
}

/// Valid UTF-8 that is read by scalars at byte offsets.
struct ScalarText {
  let bytes: UnsafeBufferPointer<UInt8>
  private let table: UnsafePointer<UInt64>

  /// Reads `bytes`, which must be valid UTF-8; calls back with the reader.
  static func reading<Result>(_ bytes: [UInt8], _ body: (ScalarText) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { buffer in reading(buffer, body) }
  }

  /// Reads a buffer of valid UTF-8; calls back with the reader.
  static func reading<Result>(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (ScalarText) -> Result) -> Result {
    ScalarBits.firstPlane.withUnsafeBufferPointer { table in
      // The table is never empty.
      guard let base = table.baseAddress else { preconditionFailure("the table of scalars is empty") }
      return body(ScalarText(bytes: bytes, table: base))
    }
  }

  var count: Int { bytes.count }

  /// The scalar at an offset, and how many bytes it takes.
  @inline(__always) func scalar(_ at: Int) -> (value: UInt32, length: Int) {
    let lead = UInt32(bytes[at])
    if lead < 0x80 { return (lead, 1) }
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | tail(at + 1), 2) }
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | tail(at + 1) << 6 | tail(at + 2), 3) }
    return ((lead & 0x07) << 18 | tail(at + 1) << 12 | tail(at + 2) << 6 | tail(at + 3), 4)
  }

  @inline(__always) private func tail(_ at: Int) -> UInt32 { UInt32(bytes[at] & 0x3F) }

  /// How many bytes the scalar at an offset takes.
  @inline(__always) func length(_ at: Int) -> Int {
    let lead = bytes[at]
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  /// The offset of the scalar before an offset that is not 0.
  @inline(__always) func before(_ at: Int) -> Int {
    var at = at - 1
    while at > 0, bytes[at] & 0xC0 == 0x80 { at -= 1 }
    return at
  }

  /// The bits of a code point.
  @inline(__always) func bits(_ value: UInt32) -> UInt64 {
    value < 0x10000 ? table[Int(value)] : ScalarBits.of(value: value)
  }
}
