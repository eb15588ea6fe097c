/// What is wrong with a pattern.
struct PatternError: Error, Equatable {
  let problem: String
}

/// The parts of a regular expression.
indirect enum PatternNode {
  case set(ScalarSet)
  case assertion(PatternAssertion)
  case sequence([PatternNode])
  case choice([PatternNode])
  /// `range` nil is without upper limit.
  case repetition(PatternNode, ClosedRange<Int>?, atLeast: Int)
}

/// What holds between two characters.
enum PatternAssertion: Sendable { case start, end, boundary, noBoundary }

/// Reads a regular expression: literals, `.`, classes `[a-z]`, `\d \w \s \b` and their opposites, `\n \r \t`, `\xHH`,
/// `\uHHHH`, `^ $`, groups `( )` and `(?: )`, `|`, and `* + ? {m,n}`, greedy or lazy.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private let letterCase: LetterCase
  private var at = 0
  private var depth = 0

  /// The whole of `source` as a tree.
  static func parse(_ source: String, letterCase: LetterCase) throws(PatternError) -> PatternNode {
    var parser = PatternParser(scalars: Array(source.unicodeScalars), letterCase: letterCase)
    let node = try parser.alternatives()
    guard parser.isAtEnd else { throw PatternError(problem: "unmatched ) at character \(parser.at + 1)") }
    return node
  }

  private init(scalars: [Unicode.Scalar], letterCase: LetterCase) {
    self.scalars = scalars
    self.letterCase = letterCase
  }

  private var isAtEnd: Bool { at >= scalars.count }
  private var next: Unicode.Scalar? { isAtEnd ? nil : scalars[at] }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  private func wrong(_ problem: String) -> PatternError { PatternError(problem: "\(problem) at character \(at + 1)") }

  private mutating func alternatives() throws(PatternError) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw wrong("groups nested too deep") }
    var nodes = [try sequence()]
    while take("|") { nodes.append(try sequence()) }
    if nodes.count == 1 { return nodes[0] }
    // A choice between characters is one set: half the automaton and none of its branches.
    let sets = nodes.compactMap { node -> ScalarSet? in
      guard case .sequence(let parts) = node, parts.count == 1, case .set(let set) = parts[0] else { return nil }
      return set
    }
    return sets.count == nodes.count ? .set(ScalarSet(sets, isNegated: false)) : .choice(nodes)
  }

  private mutating func sequence() throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try repeated(try atom())) }
    return .sequence(nodes)
  }

  private mutating func repeated(_ node: PatternNode) throws(PatternError) -> PatternNode {
    var node = node
    var count = 0
    while let scalar = next {
      switch scalar {
      case "*": node = .repetition(node, nil, atLeast: 0)
      case "+": node = .repetition(node, nil, atLeast: 1)
      case "?": node = .repetition(node, 0...1, atLeast: 0)
      case "{":
        guard let (low, high, end) = counts() else { throw wrong("expected {m}, {m,} or {m,n}") }
        guard low <= 1000, high ?? 0 <= 1000, high ?? low >= low else { throw wrong("bad count (at most 1000)") }
        node = high.map { .repetition(node, low...$0, atLeast: low) } ?? .repetition(node, nil, atLeast: low)
        at = end - 1
      default: return node
      }
      // Each sign nests the tree by one; the compiler walks it by recursion.
      count += 1
      guard count < 100 else { throw wrong("too many signs of repetition") }
      at += 1
      _ = take("?")
    }
    return node
  }

  private func counts() -> (low: Int, high: Int?, end: Int)? {
    guard let close = scalars[at...].firstIndex(of: "}") else { return nil }
    let text = String(String.UnicodeScalarView(scalars[(at + 1)..<close]))
    // Int takes a sign; a count has none.
    guard text.unicodeScalars.allSatisfy({ "0123456789,".unicodeScalars.contains($0) }) else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = parts.first, let low = Int(first), low >= 0, parts.count <= 2 else { return nil }
    if parts.count == 1 { return (low, low, close + 1) }
    if parts[1].isEmpty { return (low, nil, close + 1) }
    return Int(parts[1]).map { (low, $0, close + 1) }
  }

  private mutating func atom() throws(PatternError) -> PatternNode {
    let scalar = scalars[at]
    switch scalar {
    case "(":
      at += 1
      if take("?") {
        guard take(":") else { throw wrong("only groups of the form (?:…) and (…) are supported") }
      }
      let inner = try alternatives()
      guard take(")") else { throw wrong("missing )") }
      return inner
    case "[": return .set(try classSet())
    case "\\":
      at += 1
      return try escape()
    case "*", "+", "?", "{": throw wrong("nothing to repeat")
    default:
      at += 1
      switch scalar {
      case ".": return .set(.any)
      case "^": return .assertion(.start)
      case "$": return .assertion(.end)
      default: return .set(ScalarSet(scalar, letterCase: letterCase))
      }
    }
  }

  private mutating func escape() throws(PatternError) -> PatternNode {
    guard let scalar = next else { throw wrong("a \\ stands at the end") }
    at += 1
    switch scalar {
    case "b": return .assertion(.boundary)
    case "B": return .assertion(.noBoundary)
    default:
      guard let set = try escaped(scalar) else { throw wrong("the escape \\\(scalar) is not supported") }
      return .set(set)
    }
  }

  /// What a backslash and `scalar`, taken already, stand for.
  private mutating func escaped(_ scalar: Unicode.Scalar) throws(PatternError) -> ScalarSet? {
    let digits = scalar == "x" ? 2 : scalar == "u" ? 4 : 0
    guard digits > 0 else { return ScalarSet(escape: scalar, letterCase: letterCase) }
    let text = String(String.UnicodeScalarView(scalars[at..<min(at + digits, scalars.count)]))
    guard text.unicodeScalars.count == digits, text.allSatisfy(\.isHexDigit), let code = UInt32(text, radix: 16),
      let literal = Unicode.Scalar(code)
    else { throw wrong("expected \(digits) hexadecimal digits of a character") }
    at += digits
    return ScalarSet(literal, letterCase: letterCase)
  }

  private mutating func classSet() throws(PatternError) -> ScalarSet {
    let open = at
    at += 1
    let isNegated = take("^")
    var parts: [ScalarSet] = []
    while let scalar = next, scalar != "]" || parts.isEmpty {
      at += 1
      var first = scalar
      if scalar == "\\" {
        guard let code = next else { break }
        at += 1
        let start = at
        guard let set = try escaped(code) else { throw wrong("the escape \\\(code) is not supported in a class") }
        guard case .single(let literal) = set.form else {
          parts.append(set)
          continue
        }
        // The set holds the representative of its case; a range needs the character as written.
        first = start == at && !"nrt".unicodeScalars.contains(code) ? code : literal
      }
      if next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" {
        let last = scalars[at + 1]
        guard last >= first, last != "\\" else { throw wrong("a range must go upwards") }
        at += 2
        parts.append(ScalarSet(first...last))
      } else {
        parts.append(ScalarSet(first, letterCase: letterCase))
      }
    }
    guard take("]") else {
      at = open
      throw wrong("missing ]")
    }
    return ScalarSet(parts, isNegated: isNegated)
  }
}
