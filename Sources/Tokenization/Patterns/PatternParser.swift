/// Reads the source of a pattern into its tree; `PatternParser+Classes.swift` reads classes and escapes.
struct PatternParser {
  let source: [Unicode.Scalar]
  var at = 0
  var ignoresCase = false
  private var dotTakesLines = false
  private var depth = 0

  init(_ source: String) { self.source = Array(source.unicodeScalars) }

  var current: Unicode.Scalar? { at < source.count ? source[at] : nil }

  func fail(_ text: String) -> SplitPattern.Problem {
    SplitPattern.Problem(text: "at character \(at + 1) of the pattern: \(text)")
  }

  mutating func take(_ text: String) -> Bool {
    let wanted = text.unicodeScalars
    guard source[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  /// One level deeper, for groups and classes alike.
  mutating func nested<Result>(_ body: (inout PatternParser) throws(SplitPattern.Problem) -> Result)
    throws(SplitPattern.Problem) -> Result
  {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 50 else { throw fail("groups nested deeper than 50") }
    return try body(&self)
  }

  /// The tree of the whole source.
  mutating func all() throws(SplitPattern.Problem) -> PatternTree {
    guard source.count <= 20_000 else {
      throw SplitPattern.Problem(text: "the pattern is longer than 20000 characters")
    }
    let tree = try choice()
    guard current == nil else { throw fail("\")\" without \"(\"") }
    return tree
  }

  private mutating func choice() throws(SplitPattern.Problem) -> PatternTree {
    let before = (ignoresCase, dotTakesLines)
    defer { (ignoresCase, dotTakesLines) = before }
    return try nested { (parser) throws(SplitPattern.Problem) in
      var parts = [try parser.sequence()]
      while parser.take("|") { parts.append(try parser.sequence()) }
      return parts.count == 1 ? parts[0] : .choice(parts)
    }
  }

  private mutating func sequence() throws(SplitPattern.Problem) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      if let flags = try inlineFlags() {
        // The flags hold to the end of the group, further alternatives included.
        if let rest = flags { parts.append(rest) }
      } else {
        parts.append(try quantified())
      }
    }
    return .sequence(parts)
  }

  /// `(?i)` and `(?#…)`, which are no groups; nil where neither stands here.
  private mutating func inlineFlags() throws(SplitPattern.Problem) -> PatternTree?? {
    if take("(?#") {
      while let scalar = current, scalar != ")" { at += scalar == "\\" ? 2 : 1 }
      guard take(")") else { throw fail("a comment is not closed") }
      return .some(nil)
    }
    let start = at
    guard take("(?"), let first = current, "imx-".unicodeScalars.contains(first) else {
      at = start
      return nil
    }
    try flags()
    guard take(")") else {
      at = start
      return nil
    }
    return .some(try choice())
  }

  private mutating func flags() throws(SplitPattern.Problem) {
    var isOn = true
    while let scalar = current, scalar != ":", scalar != ")" {
      switch scalar {
      case "-": isOn = false
      case "i": ignoresCase = isOn
      case "m": dotTakesLines = isOn
      default: throw fail("the option \"\(scalar)\" of a group is not supported")
      }
      at += 1
    }
  }

  private mutating func quantified() throws(SplitPattern.Problem) -> PatternTree {
    var tree = try atom()
    while let (least, most, isInterval) = quantifier() {
      switch tree {
      case .look, .lookBehind, .anchor: throw fail("a look-ahead or an anchor cannot be repeated")
      default: break
      }
      var (least, taking) = (least, SplitPattern.Taking.greedy)
      if take("?") {
        // `{n}?` is an optional `{n}` in this syntax, any other a lazy one.
        if isInterval, least == most {
          try checkLoop(tree, most)
          tree = .repeated(
            .repeated(tree, least: least, most: most, taking: .greedy),
            least: 0,
            most: 1,
            taking: .greedy
          )
          continue
        }
        taking = .lazy
      } else if !isInterval, take("+") {
        taking = .possessive
      }
      if taking == .possessive {
        guard case .set = tree else { throw fail("a possessive repeat of a group is not supported") }
      }
      if case .repeated(let inner, let innerLeast, .max, .greedy) = tree, taking == .greedy, innerLeast <= 1 {
        // One loop in another: unfolded, it would be tried in ever so many ways.
        least = least == 0 ? 0 : innerLeast
        tree = .repeated(inner, least: least, most: .max, taking: .greedy)
        continue
      }
      try checkLoop(tree, most)
      tree = .repeated(tree, least: least, most: most, taking: taking)
    }
    return tree
  }

  private func checkLoop(_ tree: PatternTree, _ most: Int) throws(SplitPattern.Problem) {
    guard most < .max || !tree.canBeEmpty else {
      throw fail("a repeated group that may be empty is not supported")
    }
  }

  private mutating func quantifier() -> (least: Int, most: Int, isInterval: Bool)? {
    if take("?") { return (0, 1, false) }
    if take("*") { return (0, .max, false) }
    if take("+") { return (1, .max, false) }
    let start = at
    guard take("{") else { return nil }
    func number(_ parser: inout PatternParser) -> Int? {
      var digits = ""
      while let scalar = parser.current, ("0"..."9").contains(scalar), digits.utf8.count < 6 {
        digits.unicodeScalars.append(scalar)
        parser.at += 1
      }
      return Int(digits)
    }
    let least = number(&self)
    var most = least
    if take(",") { most = number(&self) ?? (least == nil ? nil : .max) }
    // What is no interval is a brace.
    guard take("}"), let most, least ?? 0 <= most else {
      at = start
      return nil
    }
    return (least ?? 0, most, true)
  }

  private mutating func atom() throws(SplitPattern.Problem) -> PatternTree {
    if take("(?=") { return .look(try group(), isNegative: false) }
    if take("(?!") { return .look(try group(), isNegative: true) }
    if take("(?<=") { return .lookBehind(try group(), isNegative: false) }
    if take("(?<!") { return .lookBehind(try group(), isNegative: true) }
    if take("(?:") { return try group() }
    if take("(?>") { return try atomic() }
    if take("(?<") {
      while let scalar = current, scalar != ">", scalar != ")" { at += 1 }
      guard take(">") else { throw fail("the name of a group is not closed") }
      return try group()
    }
    if take("(?") {
      let before = (ignoresCase, dotTakesLines)
      defer { (ignoresCase, dotTakesLines) = before }
      guard let first = current, "imx-".unicodeScalars.contains(first) else {
        throw fail("this kind of group is not supported")
      }
      try flags()
      guard take(":") else { throw fail("a group is not closed") }
      return try group()
    }
    if take("(") { return try group() }
    if take("[") { return .set(try bracketed()) }
    return try single()
  }

  private mutating func group() throws(SplitPattern.Problem) -> PatternTree {
    let tree = try choice()
    guard take(")") else { throw fail("a group is not closed") }
    return tree
  }

  /// `(?>a+)`: a possessive run; anything else would need its own bookkeeping.
  private mutating func atomic() throws(SplitPattern.Problem) -> PatternTree {
    var tree = try group()
    if case .sequence(let parts) = tree, parts.count == 1 { tree = parts[0] }
    switch tree {
    case .set: return tree
    case .repeated(.set(let set), let least, let most, .greedy):
      return .repeated(.set(set), least: least, most: most, taking: .possessive)
    default: throw fail("an atomic group of more than one run is not supported")
    }
  }

  private mutating func single() throws(SplitPattern.Problem) -> PatternTree {
    guard let scalar = current else { throw fail("something is missing at the end") }
    if scalar == "\\" {
      if let tree = try anchorOrLineBreak() { return tree }
      return .set(try cased(escape()))
    }
    if "*+?".unicodeScalars.contains(scalar) { throw fail("\"\(scalar)\" has nothing to repeat") }
    at += 1
    switch scalar {
    case "^": return .anchor(.lineStart)
    case "$": return .anchor(.lineEnd)
    case ".":
      return .set(dotTakesLines ? ScalarSet(isInverted: true) : ScalarSet(ranges: [0x0A...0x0A], isInverted: true))
    default: return .set(cased(ScalarSet(ranges: [scalar.value...scalar.value])))
    }
  }

  private func cased(_ set: ScalarSet) -> ScalarSet {
    guard ignoresCase else { return set }
    var set = set
    set.ignoreCase()
    return set
  }

  private mutating func anchorOrLineBreak() throws(SplitPattern.Problem) -> PatternTree? {
    let anchors: [(text: String, anchor: SplitPattern.Anchor)] = [
      (#"\A"#, .textStart), (#"\z"#, .textEnd), (#"\Z"#, .textEndOrLast), (#"\b"#, .wordBoundary),
      (#"\B"#, .noWordBoundary),
    ]
    for entry in anchors where take(entry.text) { return .anchor(entry.anchor) }
    guard take(#"\R"#) else { return nil }
    func scalars(_ range: ClosedRange<UInt32>...) -> PatternTree { .set(ScalarSet(ranges: range)) }
    return .choice([
      .sequence([scalars(0x0D...0x0D), scalars(0x0A...0x0A)]), scalars(0x0A...0x0D, 0x85...0x85, 0x2028...0x2029),
    ])
  }
}
