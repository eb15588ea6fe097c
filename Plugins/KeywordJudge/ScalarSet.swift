/// A set of characters.
struct ScalarSet: Sendable {
  indirect enum Form: Sendable {
    case any
    case single(Unicode.Scalar)
    case range(ClosedRange<Unicode.Scalar>)
    case digits, words, spaces
    case union([ScalarSet])
  }

  let form: Form
  private let ignoresCase: Bool
  private let isNegated: Bool

  static let any = ScalarSet(.any)

  private init(_ form: Form, ignoresCase: Bool = false, isNegated: Bool = false) {
    self.form = form
    self.ignoresCase = ignoresCase
    self.isNegated = isNegated
  }

  init(_ scalar: Unicode.Scalar, ignoresCase: Bool) {
    self.init(.single(ignoresCase ? Self.folded(scalar) : scalar), ignoresCase: ignoresCase)
  }

  init(_ range: ClosedRange<Unicode.Scalar>, ignoresCase: Bool) { self.init(.range(range), ignoresCase: ignoresCase) }

  init(_ parts: [ScalarSet], isNegated: Bool) { self.init(.union(parts), isNegated: isNegated) }

  init?(escape: Unicode.Scalar, ignoresCase: Bool) {
    switch escape {
    case "d": self.init(.digits)
    case "D": self.init(.digits, isNegated: true)
    case "w": self.init(.words)
    case "W": self.init(.words, isNegated: true)
    case "s": self.init(.spaces)
    case "S": self.init(.spaces, isNegated: true)
    case "n": self.init("\n", ignoresCase: false)
    case "r": self.init("\r", ignoresCase: false)
    case "t": self.init("\t", ignoresCase: false)
    case _ where escape.properties.isAlphabetic || escape.properties.numericType != nil: return nil
    default: self.init(escape, ignoresCase: ignoresCase)
    }
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool { plain(scalar) != isNegated }

  private func plain(_ scalar: Unicode.Scalar) -> Bool {
    switch form {
    case .any: !Self.endsLine(scalar)
    case .single(let own): own == (ignoresCase ? Self.folded(scalar) : scalar)
    case .range(let range):
      range.contains(scalar)
        || ignoresCase && (range.contains(Self.folded(scalar)) || range.contains(Self.raised(scalar)))
    case .digits: scalar.properties.numericType == .decimal
    case .words: Self.isWord(scalar)
    case .spaces: scalar.properties.isWhitespace
    case .union(let parts): parts.contains { $0.contains(scalar) }
    }
  }

  static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
  }

  /// Lower case where that is one character.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.value < 0x80 {
      return (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
    }
    let lower = scalar.properties.lowercaseMapping.unicodeScalars
    return lower.count == 1 ? lower[lower.startIndex] : scalar
  }

  private static func raised(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let upper = scalar.properties.uppercaseMapping.unicodeScalars
    return upper.count == 1 ? upper[upper.startIndex] : scalar
  }
}
