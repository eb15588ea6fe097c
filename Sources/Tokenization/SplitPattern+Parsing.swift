extension SplitPattern {
  /// Why a pattern cannot be read.
  struct Problem: Error {
    let text: String
  }

  /// Reads a pattern; throws what is not supported and where.
  init(_ source: String) throws(Problem) {
    var parser = PatternParser(source)
    let tree = try parser.all()
    var nodes: [Node] = [.accept]
    start = Self.compile(tree, next: 0, into: &nodes)
    self.nodes = nodes
  }

  /// Adds a tree before the node `next` and gives its first node.
  private static func compile(_ tree: PatternTree, next: Int, into nodes: inout [Node]) -> Int {
    switch tree {
    case .run(let set, let least, let most, let isPossessive):
      nodes.append(.run(set, least: least, most: most, isPossessive: isPossessive, next: next))
    case .sequence(let parts): return parts.reversed().reduce(next) { compile($1, next: $0, into: &nodes) }
    case .choice(let parts):
      let starts = parts.map { compile($0, next: next, into: &nodes) }
      nodes.append(.branch(starts))
    case .optional(let part):
      let start = compile(part, next: next, into: &nodes)
      nodes.append(.branch([start, next]))
    case .look(let part, let isNegative):
      let start = compile(part, next: 0, into: &nodes)
      nodes.append(.look(start: start, isNegative: isNegative, next: next))
    }
    return nodes.count - 1
  }
}

/// The parts of a pattern as they are written.
private indirect enum PatternTree {
  case run(ScalarSet, least: Int, most: Int, isPossessive: Bool)
  case sequence([PatternTree])
  case choice([PatternTree])
  case optional(PatternTree)
  case look(PatternTree, isNegative: Bool)
}

private struct PatternParser {
  private let source: [Unicode.Scalar]
  private var at = 0
  private var ignoresCase = false
  private var depth = 0

  init(_ source: String) { self.source = Array(source.unicodeScalars) }

  private var current: Unicode.Scalar? { at < source.count ? source[at] : nil }

  private func fail(_ text: String) -> SplitPattern.Problem {
    SplitPattern.Problem(text: "at character \(at + 1) of the pattern: \(text)")
  }

  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard at + wanted.count <= source.count, source[at..<(at + wanted.count)].elementsEqual(wanted) else {
      return false
    }
    at += wanted.count
    return true
  }

  mutating func all() throws(SplitPattern.Problem) -> PatternTree {
    let tree = try choice()
    guard current == nil else { throw fail("\")\" without \"(\"") }
    return tree
  }

  private mutating func choice() throws(SplitPattern.Problem) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 50 else { throw fail("groups nested deeper than 50") }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(SplitPattern.Problem) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = current, scalar != "|", scalar != ")" { parts.append(try quantified()) }
    return .sequence(parts)
  }

  private mutating func quantified() throws(SplitPattern.Problem) -> PatternTree {
    let atom = try atom()
    guard let (least, most) = try quantifier() else { return atom }
    if case .run(let set, _, _, _) = atom {
      let isPossessive = take("+")
      if current == "?" { throw fail("a lazy quantifier is not supported") }
      return .run(set, least: least, most: most, isPossessive: isPossessive)
    }
    if case .look = atom { throw fail("a look-ahead cannot be repeated") }
    guard least == 0, most == 1, current != "?", current != "+" else { throw fail("a repeated group is not supported") }
    return .optional(atom)
  }

  private mutating func quantifier() throws(SplitPattern.Problem) -> (least: Int, most: Int)? {
    if take("?") { return (0, 1) }
    if take("*") { return (0, .max) }
    if take("+") { return (1, .max) }
    guard take("{") else { return nil }
    func number(_ parser: inout PatternParser) -> Int? {
      var digits = ""
      while let scalar = parser.current, ("0"..."9").contains(scalar), digits.count < 6 {
        digits.unicodeScalars.append(scalar)
        parser.at += 1
      }
      return Int(digits)
    }
    let least = number(&self)
    var most = least
    if take(",") { most = number(&self) ?? .max }
    guard take("}"), let most, least != nil || most != .max, least ?? 0 <= most else {
      throw fail("expected {n}, {n,} or {n,m}")
    }
    return (least ?? 0, most)
  }

  private mutating func atom() throws(SplitPattern.Problem) -> PatternTree {
    if take("(?=") { return .look(try group(), isNegative: false) }
    if take("(?!") { return .look(try group(), isNegative: true) }
    if take("(?:") { return try group() }
    if take("(?i:") {
      let before = ignoresCase
      ignoresCase = true
      defer { ignoresCase = before }
      return try group()
    }
    if take("(?") { throw fail("this kind of group is not supported") }
    if take("(") { return try group() }
    var set = take("[") ? try bracketed() : try single()
    if ignoresCase { set.ignoreCase() }
    return .run(set, least: 1, most: 1, isPossessive: false)
  }

  private mutating func group() throws(SplitPattern.Problem) -> PatternTree {
    let tree = try choice()
    guard take(")") else { throw fail("a group is not closed") }
    return tree
  }

  private mutating func single() throws(SplitPattern.Problem) -> ScalarSet {
    guard let scalar = current else { throw fail("something is missing at the end") }
    if scalar == "\\" { return try escape() }
    if "*+?{^$".unicodeScalars.contains(scalar) { throw fail("\"\(scalar)\" is not supported here") }
    at += 1
    // Without a flag the dot is anything but a line end.
    if scalar == "." { return ScalarSet(ranges: [0x0A...0x0A], isInverted: true) }
    return ScalarSet(ranges: [scalar.value...scalar.value])
  }

  private mutating func bracketed() throws(SplitPattern.Problem) -> ScalarSet {
    var set = ScalarSet()
    set.isInverted = take("^")
    var isFirst = true
    while isFirst || current != "]" {
      isFirst = false
      guard let scalar = current else { throw fail("a class is not closed") }
      if scalar == "[" || take("&&") { throw fail("a class inside a class is not supported") }
      let low = scalar == "\\" ? try escape() : literal(scalar)
      guard let first = low.onlyScalar, current == "-", at + 1 < source.count, source[at + 1] != "]" else {
        set.ranges += low.ranges
        set.bits |= low.bits
        set.absentBits += low.absentBits
        continue
      }
      at += 1
      guard let end = current else { throw fail("a class is not closed") }
      let high = end == "\\" ? try escape() : literal(end)
      guard let last = high.onlyScalar, first <= last else { throw fail("a range of a class is wrong") }
      set.ranges.append(first...last)
    }
    at += 1
    return set
  }

  private mutating func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
    at += 1
    return ScalarSet(ranges: [scalar.value...scalar.value])
  }

  /// What follows a backslash.
  private mutating func escape() throws(SplitPattern.Problem) -> ScalarSet {
    at += 1
    guard let scalar = current else { throw fail("a backslash at the end") }
    at += 1
    func named(_ names: [String]) -> UInt32 { names.reduce(0) { $0 | (ScalarSet.bits(named: $1) ?? 0) } }
    switch scalar {
    case "n": return ScalarSet(ranges: [0x0A...0x0A])
    case "r": return ScalarSet(ranges: [0x0D...0x0D])
    case "t": return ScalarSet(ranges: [0x09...0x09])
    case "f": return ScalarSet(ranges: [0x0C...0x0C])
    case "v": return ScalarSet(ranges: [0x0B...0x0B])
    case "s": return ScalarSet(bits: ClassifiedText.space)
    case "S": return ScalarSet(absentBits: [ClassifiedText.space])
    case "d": return ScalarSet(bits: named(["Nd"]))
    case "D": return ScalarSet(absentBits: [named(["Nd"])])
    case "w": return ScalarSet(bits: named(["L", "M", "Nd", "Pc"]))
    case "W": return ScalarSet(absentBits: [named(["L", "M", "Nd", "Pc"])])
    case "p", "P": return try category(isAbsent: scalar == "P")
    case "u", "x": return try codePoint(scalar)
    default:
      guard !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) else {
        throw fail("the escape \\\(scalar) is not supported")
      }
      return ScalarSet(ranges: [scalar.value...scalar.value])
    }
  }

  private mutating func category(isAbsent: Bool) throws(SplitPattern.Problem) -> ScalarSet {
    guard take("{") else { throw fail("expected {…} after \\p") }
    let isInverted = take("^")
    var name = String.UnicodeScalarView()
    while let scalar = current, scalar != "}" {
      name.append(scalar)
      at += 1
    }
    guard take("}"), let bits = ScalarSet.bits(named: String(name)) else {
      throw fail("the category \"\(String(name))\" is not supported")
    }
    return isAbsent != isInverted ? ScalarSet(absentBits: [bits]) : ScalarSet(bits: bits)
  }

  /// `\u4e00`, `\x41` or `\x{4e00}`.
  private mutating func codePoint(_ kind: Unicode.Scalar) throws(SplitPattern.Problem) -> ScalarSet {
    let isBraced = kind == "x" && take("{")
    let most = isBraced ? 6 : kind == "x" ? 2 : 4
    var digits = ""
    while let scalar = current, scalar.properties.isASCIIHexDigit, digits.count < most {
      digits.unicodeScalars.append(scalar)
      at += 1
    }
    guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF, isBraced ? take("}") : digits.count == most else {
      throw fail("a wrong code point")
    }
    return ScalarSet(ranges: [value...value])
  }
}

extension ScalarSet {
  /// The scalar of a set that holds one alone.
  fileprivate var onlyScalar: UInt32? {
    guard ranges.count == 1, bits == 0, absentBits.isEmpty, ranges[0].count == 1 else { return nil }
    return ranges[0].lowerBound
  }
}
