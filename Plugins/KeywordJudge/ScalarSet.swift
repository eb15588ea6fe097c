/// A set of characters of a pattern; asked with the representative of a letter's case.
struct ScalarSet: Sendable, Hashable {
  indirect enum Form: Sendable, Hashable {
    case any
    case single(Unicode.Scalar)
    case range(ClosedRange<Unicode.Scalar>)
    case digits, words, spaces
    case union(ScalarUnion)
  }

  let form: Form
  private let isNegated: Bool

  /// The form, where the set is what it says and not everything else.
  var ownForm: Form? { isNegated ? nil : form }

  static let any = ScalarSet(.any)
  static let words = ScalarSet(.words)

  private init(_ form: Form, isNegated: Bool = false) {
    self.form = form
    self.isNegated = isNegated
  }

  init(_ scalar: Unicode.Scalar, letterCase: LetterCase) {
    self.init(.single(letterCase.representative(scalar)))
  }

  init(_ range: ClosedRange<Unicode.Scalar>) { self.init(.range(range)) }

  init(_ parts: [ScalarSet], isNegated: Bool) { self.init(.union(ScalarUnion(parts)), isNegated: isNegated) }

  init?(escape: Unicode.Scalar, letterCase: LetterCase) {
    switch escape {
    case "d": self.init(.digits)
    case "D": self.init(.digits, isNegated: true)
    case "w": self.init(.words)
    case "W": self.init(.words, isNegated: true)
    case "s": self.init(.spaces)
    case "S": self.init(.spaces, isNegated: true)
    case "n": self.init("\n", letterCase: .sensitive)
    case "r": self.init("\r", letterCase: .sensitive)
    case "t": self.init("\t", letterCase: .sensitive)
    case _ where escape.properties.isAlphabetic || escape.properties.numericType != nil: return nil
    default: self.init(escape, letterCase: letterCase)
    }
  }

  /// How many characters, ranges and classes it is made of.
  var size: Int { if case .union(let parts) = form { parts.size } else { 1 } }

  /// Whether the set holds a letter that `representative` stands for.
  /// - Parameter members: all that it stands for, itself included; worked out once for all sets.
  func contains(_ representative: Unicode.Scalar, _ members: [Unicode.Scalar]) -> Bool {
    plain(representative, members) != isNegated
  }

  private func plain(_ scalar: Unicode.Scalar, _ members: [Unicode.Scalar]) -> Bool {
    switch form {
    case .any: !Self.endsLine(scalar)
    case .single(let own): own == scalar
    case .range(let range): members.contains { range.contains($0) }
    case .digits: scalar.properties.numericType == .decimal
    case .words: Self.isWord(scalar)
    case .spaces: scalar.properties.isWhitespace
    case .union(let parts): parts.contains(scalar, members)
    }
  }

  static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      let letter = scalar.value | 0x20
      return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(scalar.value) || scalar == "_"
    }
    return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
  }
}
