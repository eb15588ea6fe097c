/// Sorts characters into classes that no set of a pattern tells apart, so that matching looks up small numbers.
///
/// A value is copied before it reads a text: classes that only occur there are added to the copy.
struct ScalarClasses: Sendable {
  private let sets: [ScalarSet]
  private let letterCase: LetterCase
  /// For each class, which of the sets hold its characters: bit `k` of the words for set `k`.
  private(set) var signatures: [[UInt64]] = []
  private var known: [[UInt64]: UInt16] = [:]
  private var ascii: [UInt16] = []
  /// Classes of characters above ASCII, 256 a page; `unknown` until first seen.
  private var pages: [UInt32: [UInt16]] = [:]
  private static let unknown = UInt16.max

  init(_ sets: [ScalarSet], letterCase: LetterCase) {
    self.sets = sets
    self.letterCase = letterCase
    for value in 0..<UInt8(0x80) { ascii.append(sort(Unicode.Scalar(value))) }
  }

  /// Whether the characters of a class are in a set.
  func contains(_ kind: UInt16, set: Int) -> Bool { signatures[Int(kind)][set / 64] >> (set % 64) & 1 == 1 }

  /// The class of each character.
  mutating func classes(of text: [Unicode.Scalar]) -> [UInt16] {
    var kinds: [UInt16] = []
    kinds.reserveCapacity(text.count)
    for scalar in text { kinds.append(scalar.value < 0x80 ? ascii[Int(scalar.value)] : other(scalar)) }
    return kinds
  }

  private mutating func other(_ scalar: Unicode.Scalar) -> UInt16 {
    let (page, place) = (scalar.value >> 8, Int(scalar.value & 0xFF))
    if let kind = pages[page]?[place], kind != Self.unknown { return kind }
    let kind = sort(scalar)
    pages[page, default: [UInt16](repeating: Self.unknown, count: 256)][place] = kind
    return kind
  }

  private mutating func sort(_ scalar: Unicode.Scalar) -> UInt16 {
    let representative = letterCase.representative(scalar)
    let members = letterCase.members(of: representative)
    var signature = [UInt64](repeating: 0, count: sets.count / 64 + 1)
    for (index, set) in sets.enumerated() where set.contains(representative, members) {
      signature[index / 64] |= 1 << UInt64(index % 64)
    }
    if let kind = known[signature] { return kind }
    let kind = UInt16(signatures.count)
    signatures.append(signature)
    known[signature] = kind
    return kind
  }
}
