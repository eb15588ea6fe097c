// Classes and escapes.
extension PatternParser {
  /// What stands behind `[`.
  mutating func bracketed() throws(SplitPattern.Problem) -> ScalarSet {
    try nested { (parser) throws(SplitPattern.Problem) in try parser.classBody() }
  }

  private mutating func classBody() throws(SplitPattern.Problem) -> ScalarSet {
    let isInverted = take("^")
    var operands: [ScalarSet] = []
    var set = ScalarSet()
    var isFirst = true
    while isFirst || current != "]" {
      defer { isFirst = false }
      guard let scalar = current else { throw fail("a class is not closed") }
      if take("&&") {
        operands.append(set)
        set = ScalarSet()
        continue
      }
      if take("[:") {
        set.parts.append(try posixClass())
        continue
      }
      if take("[") {
        set.parts.append(try bracketed())
        continue
      }
      let low = scalar == "\\" ? try escape(inClass: true) : literal(scalar)
      guard let first = low.onlyScalar, current == "-", at + 1 < source.count, source[at + 1] != "]" else {
        merge(low, into: &set)
        continue
      }
      at += 1
      guard let end = current, end != "[" else { throw fail("a range of a class is wrong") }
      let high = end == "\\" ? try escape(inClass: true) : literal(end)
      guard let last = high.onlyScalar, first <= last else { throw fail("a range of a class is wrong") }
      set.ranges.append(first...last)
    }
    at += 1
    if ignoresCase {
      set.ignoreCase()
      for at in operands.indices { operands[at].ignoreCase() }
    }
    if !operands.isEmpty {
      operands.append(set)
      set = ScalarSet(parts: [operands[0]], cuts: Array(operands.dropFirst()))
    }
    set.isInverted = isInverted
    return set
  }

  /// Adds a set to a union.
  private func merge(_ part: ScalarSet, into set: inout ScalarSet) {
    guard !part.isInverted, part.cuts.isEmpty else {
      set.parts.append(part)
      return
    }
    set.ranges += part.ranges
    set.bits |= part.bits
    set.parts += part.parts
  }

  private mutating func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
    at += 1
    return ScalarSet(ranges: [scalar.value...scalar.value])
  }

  /// `[:alpha:]`; the opening is taken already.
  private mutating func posixClass() throws(SplitPattern.Problem) -> ScalarSet {
    let isInverted = take("^")
    var name = ""
    while let scalar = current, scalar.properties.isAlphabetic {
      name.unicodeScalars.append(scalar)
      at += 1
    }
    guard take(":]"), let set = Self.property(named: name) else {
      throw fail("the class [:\(name):] is not supported")
    }
    return isInverted ? set.inverted : set
  }

  /// What follows a backslash.
  mutating func escape(inClass: Bool = false) throws(SplitPattern.Problem) -> ScalarSet {
    at += 1
    guard let scalar = current else { throw fail("a backslash at the end") }
    at += 1
    func only(_ value: UInt32) -> ScalarSet { ScalarSet(ranges: [value...value]) }
    switch scalar {
    case "n": return only(0x0A)
    case "r": return only(0x0D)
    case "t": return only(0x09)
    case "f": return only(0x0C)
    case "v": return only(0x0B)
    case "a": return only(0x07)
    case "e": return only(0x1B)
    case "b" where inClass: return only(0x08)
    case "0": return only(0)
    case "s": return ScalarSet(bits: ScalarBits.space)
    case "S": return ScalarSet(bits: ScalarBits.notSpace)
    case "d": return ScalarSet(bits: 1 << 8)
    case "D": return ScalarSet(bits: ScalarBits.allCategories & ~(1 << 8))
    case "w": return inClass ? ScalarSet(bits: ScalarBits.word) : .word
    case "W": return inClass ? ScalarSet(bits: ScalarBits.notWord) : ScalarSet.word.inverted
    case "h": return Self.hexadecimal
    case "H": return Self.hexadecimal.inverted
    case "N" where !inClass: return only(0x0A).inverted
    case "p", "P": return try property(isAbsent: scalar == "P")
    case "u", "x": return try codePoint(scalar)
    default:
      guard !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) else {
        throw fail("the escape \\\(scalar) is not supported")
      }
      return only(scalar.value)
    }
  }

  private static let hexadecimal = ScalarSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66])

  /// `\p{L}`, `\p{^L}` or `\P{L}`; a letter without braces is no property in this syntax.
  private mutating func property(isAbsent: Bool) throws(SplitPattern.Problem) -> ScalarSet {
    guard take("{") else { throw fail("expected {…} after \\p") }
    let isInverted = take("^")
    var name = ""
    while let scalar = current, scalar != "}" {
      name.unicodeScalars.append(scalar)
      at += 1
    }
    guard take("}"), let set = Self.property(named: name) else {
      throw fail("the category \"\(name)\" is not supported")
    }
    return isAbsent != isInverted ? Self.complement(set) : set
  }

  /// The scalars without a property; for categories again a mask, which is the fast form.
  private static func complement(_ set: ScalarSet) -> ScalarSet {
    guard set.ranges.isEmpty, set.parts.isEmpty, set.bits & ~ScalarBits.allCategories == 0 else { return set.inverted }
    return ScalarSet(bits: ScalarBits.allCategories & ~set.bits)
  }

  /// A property by its name, whatever its case, spaces and underscores.
  private static func property(named name: String) -> ScalarSet? {
    let name = String(name.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" })
    switch name {
    case "any": return ScalarSet(isInverted: true)
    case "assigned": return ScalarSet(bits: ScalarBits.allCategories & ~(ScalarBits.bits(named: "cn") ?? 0))
    case "alpha", "alphabetic": return ScalarSet(bits: ScalarBits.alphabetic)
    case "alnum": return ScalarSet(bits: ScalarBits.alphabetic | 1 << 8)
    case "digit": return ScalarSet(bits: 1 << 8)
    case "upper", "uppercase": return ScalarSet(bits: ScalarBits.uppercase)
    case "lower", "lowercase": return ScalarSet(bits: ScalarBits.lowercase)
    case "space", "whitespace": return ScalarSet(bits: ScalarBits.space)
    case "blank": return ScalarSet(ranges: [0x09...0x09], bits: ScalarBits.bits(named: "zs") ?? 0)
    case "word": return ScalarSet(bits: ScalarBits.word)
    case "cntrl": return ScalarSet(bits: ScalarBits.control)
    case "xdigit": return hexadecimal
    case "ascii": return ScalarSet(ranges: [0...0x7F])
    case "punct":
      // Unlike the category, the class takes symbols too.
      return ScalarSet(bits: ScalarBits.punctuation | (ScalarBits.bits(named: "s") ?? 0))
    default: break
    }
    if let bits = ScalarBits.bits(named: name) { return ScalarSet(bits: bits) }
    return ScriptTable.ranges(of: name).map { ScalarSet(ranges: $0) }
  }

  /// `\u4e00`, `\x41` or `\x{4e00}`.
  private mutating func codePoint(_ kind: Unicode.Scalar) throws(SplitPattern.Problem) -> ScalarSet {
    let isBraced = kind == "x" && take("{")
    let most = isBraced ? 6 : kind == "x" ? 2 : 4
    var digits = ""
    while let scalar = current, scalar.properties.isASCIIHexDigit, digits.utf8.count < most {
      digits.unicodeScalars.append(scalar)
      at += 1
    }
    guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF,
      isBraced ? take("}") : digits.utf8.count == most
    else { throw fail("a wrong code point") }
    return ScalarSet(ranges: [value...value])
  }
}
