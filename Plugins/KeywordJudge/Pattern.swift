/// What is wrong with a pattern.
struct PatternError: Error, Equatable {
  let problem: String
}

/// A regular expression without back references: matching takes time linear in the text, whatever the pattern
/// (Thompson 1968, as simulated by Pike).
///
/// Known: literals, `.`, classes `[a-z]`, `\d \w \s \b` and their opposites, `^ $`, groups `( )` and `(?: )`, `|`, and
/// `* + ? {m,n}` (greedy or lazy: where a match exists is the same).
struct Pattern: Sendable {
  private indirect enum Node {
    case set(ScalarSet)
    case assertion(Assertion)
    case sequence([Node])
    case choice([Node])
    case repetition(Node, ClosedRange<Int>?, atLeast: Int)
  }

  enum Assertion: Sendable { case start, end, boundary, noBoundary }

  private enum Step: Sendable {
    case scalar(ScalarSet)
    case assertion(Assertion)
    case split(Int, Int)
    case jump(Int)
    case match
  }

  private let program: [Step]
  private static let maximumSteps = 20_000

  init(literal: String, ignoresCase: Bool) {
    program = literal.unicodeScalars.map { .scalar(ScalarSet($0, ignoresCase: ignoresCase)) } + [.match]
  }

  init(_ source: String, ignoresCase: Bool) throws(PatternError) {
    var parser = Parser(scalars: Array(source.unicodeScalars), ignoresCase: ignoresCase)
    let node = try parser.alternatives()
    guard parser.isAtEnd else { throw PatternError(problem: "unmatched ) at character \(parser.at + 1)") }
    var program: [Step] = []
    try Self.compile(node, into: &program)
    self.program = program + [.match]
  }

  /// The leftmost match; of those the first that the simulation completes, then extended while it can.
  func firstMatch(in text: [Unicode.Scalar], atStart: Bool) -> Range<Int>? {
    var threads = Threads(count: program.count)
    var best: Range<Int>?
    for at in 0...text.count {
      if best == nil, !atStart || at == 0 { add(0, start: at, at, text, &threads) }
      if threads.current.isEmpty {
        if best != nil || atStart { break }
        // What failed here (a \b) may hold at the next place.
        threads.generation += 1
        continue
      }
      threads.swap()
      for (step, start) in threads.previous {
        if let best, start > best.lowerBound { continue }
        switch program[step] {
        case .match: best = start..<at
        case .scalar(let set):
          if at < text.count, set.contains(text[at]) { add(step + 1, start: start, at + 1, text, &threads) }
        default: break
        }
      }
    }
    return best
  }

  private struct Threads {
    var current: [(step: Int, start: Int)] = []
    var previous: [(step: Int, start: Int)] = []
    /// Kept between calls, so that a step of the text allocates nothing.
    var stack: [Int] = []
    var seen: [Int]
    var generation = 1

    init(count: Int) { seen = Array(repeating: 0, count: count) }

    mutating func swap() {
      Swift.swap(&current, &previous)
      current.removeAll(keepingCapacity: true)
      generation += 1
    }
  }

  private func add(_ step: Int, start: Int, _ at: Int, _ text: [Unicode.Scalar], _ threads: inout Threads) {
    threads.stack.append(step)
    while let step = threads.stack.popLast() {
      guard threads.seen[step] != threads.generation else { continue }
      threads.seen[step] = threads.generation
      switch program[step] {
      case .jump(let to): threads.stack.append(to)
      case .split(let first, let second):
        threads.stack.append(second)
        threads.stack.append(first)
      case .assertion(let assertion): if Self.holds(assertion, at, text) { threads.stack.append(step + 1) }
      case .scalar, .match: threads.current.append((step, start))
      }
    }
  }

  private static func holds(_ assertion: Assertion, _ at: Int, _ text: [Unicode.Scalar]) -> Bool {
    func isWord(_ place: Int) -> Bool { text.indices.contains(place) && ScalarSet.isWord(text[place]) }
    switch assertion {
    case .start: return at == 0
    // As everywhere: a line end that closes the text counts as outside; CR LF is one.
    case .end:
      switch text.count - at {
      case 0: return true
      case 1: return ScalarSet.endsLine(text[at]) && !(text[at] == "\n" && at > 0 && text[at - 1] == "\r")
      case 2: return text[at] == "\r" && text[at + 1] == "\n"
      default: return false
      }
    case .boundary: return isWord(at - 1) != isWord(at)
    case .noBoundary: return isWord(at - 1) == isWord(at)
    }
  }

  private static func compile(_ node: Node, into program: inout [Step]) throws(PatternError) {
    guard program.count < maximumSteps else { throw PatternError(problem: "it is too large: its repetitions multiply") }
    switch node {
    case .set(let set): program.append(.scalar(set))
    case .assertion(let assertion): program.append(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try compile(node, into: &program) }
    case .choice(let nodes):
      var exits: [Int] = []
      for (index, node) in nodes.enumerated() {
        guard index < nodes.count - 1 else {
          try compile(node, into: &program)
          break
        }
        let split = program.count
        program.append(.match)
        try compile(node, into: &program)
        exits.append(program.count)
        program.append(.match)
        program[split] = .split(split + 1, program.count)
      }
      for exit in exits { program[exit] = .jump(program.count) }
    case .repetition(let node, let range, let least):
      for _ in 0..<(range?.lowerBound ?? least) { try compile(node, into: &program) }
      if let range {
        var splits: [Int] = []
        for _ in 0..<(range.upperBound - range.lowerBound) {
          splits.append(program.count)
          program.append(.match)
          try compile(node, into: &program)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
      } else {
        let split = program.count
        program.append(.match)
        try compile(node, into: &program)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
      }
    }
  }

  private struct Parser {
    let scalars: [Unicode.Scalar]
    let ignoresCase: Bool
    var at = 0
    var depth = 0

    var isAtEnd: Bool { at >= scalars.count }
    private var next: Unicode.Scalar? { isAtEnd ? nil : scalars[at] }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      guard next == scalar else { return false }
      at += 1
      return true
    }

    private func wrong(_ problem: String) -> PatternError { PatternError(problem: "\(problem) at character \(at + 1)") }

    mutating func alternatives() throws(PatternError) -> Node {
      depth += 1
      defer { depth -= 1 }
      guard depth < 100 else { throw wrong("groups nested too deep") }
      var nodes = [try sequence()]
      while take("|") { nodes.append(try sequence()) }
      return nodes.count == 1 ? nodes[0] : .choice(nodes)
    }

    private mutating func sequence() throws(PatternError) -> Node {
      var nodes: [Node] = []
      while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try repeated(try atom())) }
      return .sequence(nodes)
    }

    private mutating func repeated(_ node: Node) throws(PatternError) -> Node {
      var node = node
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
        at += 1
        _ = take("?")
      }
      return node
    }

    private func counts() -> (low: Int, high: Int?, end: Int)? {
      guard let close = scalars[at...].firstIndex(of: "}") else { return nil }
      let text = String(String.UnicodeScalarView(scalars[(at + 1)..<close]))
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      guard let first = parts.first, let low = Int(first), low >= 0, parts.count <= 2 else { return nil }
      if parts.count == 1 { return (low, low, close + 1) }
      if parts[1].isEmpty { return (low, nil, close + 1) }
      return Int(parts[1]).map { (low, $0, close + 1) }
    }

    private mutating func atom() throws(PatternError) -> Node {
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
        default: return .set(ScalarSet(scalar, ignoresCase: ignoresCase))
        }
      }
    }

    private mutating func escape() throws(PatternError) -> Node {
      guard let scalar = next else { throw wrong("a \\ stands at the end") }
      at += 1
      switch scalar {
      case "b": return .assertion(.boundary)
      case "B": return .assertion(.noBoundary)
      default:
        guard let set = ScalarSet(escape: scalar, ignoresCase: ignoresCase) else {
          throw wrong("the escape \\\(scalar) is not supported")
        }
        return .set(set)
      }
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
          guard let set = ScalarSet(escape: code, ignoresCase: ignoresCase) else {
            throw wrong("the escape \\\(code) is not supported in a class")
          }
          guard case .single(let literal) = set.form else {
            parts.append(set)
            continue
          }
          first = literal
        }
        if next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" {
          let last = scalars[at + 1]
          guard last >= first, last != "\\" else { throw wrong("a range must go upwards") }
          at += 2
          parts.append(ScalarSet(first...last, ignoresCase: ignoresCase))
        } else {
          parts.append(ScalarSet(first, ignoresCase: ignoresCase))
        }
      }
      guard take("]") else {
        at = open
        throw wrong("missing ]")
      }
      return ScalarSet(parts, isNegated: isNegated)
    }
  }
}
