/// Which letters count as the same; each way maps a scalar to one representative of its class.
enum LetterCase: String, Sendable, Hashable {
  /// Every scalar is itself.
  case sensitive
  /// Lower case as programs' `lower()` makes it: İ becomes i and a combining dot.
  case lower
  /// Unicode's simple case folding (`CaseFolding.txt`, status C and S): ſ is s, K is k, ς is σ, ß is not ss, and the
  /// Turkish İ and ı are no i.
  case fold
  /// What Python's `re.IGNORECASE` does: as `fold`, and İ and ı are i.
  case pythonIgnoreCase = "python-ignorecase"

  /// The scalar that stands for all that count as the same.
  func representative(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if self == .sensitive { return scalar }
    if scalar.value < 0x80 {
      return (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
    }
    // Between these blocks of Asian writing no letter has case; looking its properties up takes longer than all the rest.
    if (0x2E80..<0xA640).contains(scalar.value) || (0xAC00..<0xD800).contains(scalar.value) { return scalar }
    switch self {
    case .sensitive: return scalar
    case .lower: return scalar.properties.changesWhenLowercased ? Self.lowered(scalar) : scalar
    case .fold: return Self.folded(scalar)
    case .pythonIgnoreCase: return scalar == "\u{130}" || scalar == "\u{131}" ? "i" : Self.folded(scalar)
    }
  }

  /// All scalars that may have this representative, itself included; for classes and ranges of a pattern.
  func members(of representative: Unicode.Scalar) -> [Unicode.Scalar] {
    switch self {
    case .sensitive: return [representative]
    case .lower, .fold, .pythonIgnoreCase:
      // A letter that stands for others has an upper case.
      guard representative.properties.changesWhenCaseMapped else { return [representative] }
      let cases = [
        representative, Self.raised(representative),
        Self.single(representative.properties.titlecaseMapping) ?? representative,
      ]
      return (cases + Self.irregular).filter { self.representative($0) == representative }
    }
  }

  /// Scalars that fold to a letter whose upper and title case they are not.
  private static let irregular: [Unicode.Scalar] = [
    "\u{B5}", "\u{130}", "\u{131}", "\u{17F}", "\u{345}", "\u{3C2}", "\u{3D0}", "\u{3D1}", "\u{3D5}", "\u{3D6}",
    "\u{3F0}", "\u{3F1}", "\u{3F4}", "\u{3F5}", "\u{1C80}", "\u{1C81}", "\u{1C82}", "\u{1C83}", "\u{1C84}", "\u{1C85}",
    "\u{1C86}", "\u{1C87}", "\u{1C88}", "\u{1E9B}", "\u{1E9E}", "\u{1FBE}", "\u{2126}", "\u{212A}", "\u{212B}",
  ]

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let properties = scalar.properties
    guard properties.changesWhenCaseMapped || properties.changesWhenCaseFolded, scalar != "\u{131}" else {
      return scalar
    }
    return lowered(raised(scalar))
  }

  private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    single(scalar.properties.lowercaseMapping) ?? scalar
  }

  private static func raised(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    single(scalar.properties.uppercaseMapping) ?? scalar
  }

  private static func single(_ text: String) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }
}
