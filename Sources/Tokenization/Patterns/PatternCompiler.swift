/// The parts of a pattern as they are written.
indirect enum PatternTree {
  case set(ScalarSet)
  case sequence([PatternTree])
  case choice([PatternTree])
  case repeated(PatternTree, least: Int, most: Int, taking: SplitPattern.Taking)
  case look(PatternTree, isNegative: Bool)
  case lookBehind(PatternTree, isNegative: Bool)
  case anchor(SplitPattern.Anchor)

  /// How many scalars it matches, if that is always the same number.
  var fixedLength: Int? {
    switch self {
    case .set: return 1
    case .look, .lookBehind, .anchor: return 0
    case .sequence(let parts):
      var sum = 0
      for part in parts {
        guard let length = part.fixedLength else { return nil }
        sum += length
      }
      return sum
    case .choice(let parts):
      let lengths = parts.map(\.fixedLength)
      return lengths.allSatisfy { $0 == lengths[0] } ? lengths[0] : nil
    case .repeated(let part, let least, let most, _):
      guard least == most, let length = part.fixedLength else { return nil }
      let (product, overflow) = length.multipliedReportingOverflow(by: least)
      return overflow ? nil : product
    }
  }

  /// Whether it can match without taking anything.
  var canBeEmpty: Bool {
    switch self {
    case .set: false
    case .look, .lookBehind, .anchor: true
    case .sequence(let parts): parts.allSatisfy(\.canBeEmpty)
    case .choice(let parts): parts.contains(where: \.canBeEmpty)
    case .repeated(let part, let least, _, _): least == 0 || part.canBeEmpty
    }
  }
}

/// Lays a pattern's tree out as nodes, from the end to the start.
struct PatternCompiler {
  var nodes: [SplitPattern.Node] = [.accept]
  var sets: [CompiledSet] = []
  let expandsRuns: Bool

  /// More nodes than any splitter in use has by far.
  private static let most = 5000

  init(expandsRuns: Bool) { self.expandsRuns = expandsRuns }

  /// Lays out the whole; gives its first node.
  mutating func program(_ tree: PatternTree) throws(SplitPattern.Problem) -> Int { try add(tree, before: 0) }

  private mutating func add(_ node: SplitPattern.Node) throws(SplitPattern.Problem) -> Int {
    guard nodes.count < Self.most else {
      throw SplitPattern.Problem(
        text: "the repeats of the pattern are too large: they unfold to more than \(Self.most) steps"
      )
    }
    nodes.append(node)
    return nodes.count - 1
  }

  private mutating func add(_ set: ScalarSet) -> Int {
    sets.append(CompiledSet(set))
    return sets.count - 1
  }

  private mutating func add(_ tree: PatternTree, before next: Int) throws(SplitPattern.Problem) -> Int {
    switch tree {
    case .set(let set):
      let place = add(set)
      return try add(.one(set: place, next: next))
    case .sequence(let parts):
      var next = next
      for part in parts.reversed() { next = try add(part, before: next) }
      return next
    case .choice(let parts):
      var rest = try add(parts[parts.count - 1], before: next)
      for part in parts.dropLast().reversed() {
        let start = try add(part, before: next)
        rest = try add(.split(start, rest))
      }
      return rest
    case .repeated(.set(let set), let least, let most, let taking) where !expandsRuns || taking == .possessive:
      let place = add(set)
      return try add(.run(set: place, least: least, most: most, taking: taking, next: next))
    case .repeated(let part, let least, let most, let taking):
      return try addRepeat(part, least: least, most: most, isLazy: taking == .lazy, before: next)
    case .look(let part, let isNegative):
      let start = try add(part, before: 0)
      return try add(.look(start: start, isNegative: isNegative, next: next))
    case .lookBehind(let part, let isNegative): return try addLookBehind(part, isNegative, before: next)
    case .anchor(let anchor): return try add(.anchor(anchor, next: next))
    }
  }

  private mutating func addRepeat(_ part: PatternTree, least: Int, most: Int, isLazy: Bool, before next: Int)
    throws(SplitPattern.Problem) -> Int
  {
    func split(_ more: Int, _ done: Int) -> SplitPattern.Node { isLazy ? .split(done, more) : .split(more, done) }
    var start = next
    if most == .max {
      // The loop's own node comes first, as its body leads back to it.
      let loop = try add(.split(0, 0))
      let body = try add(part, before: loop)
      nodes[loop] = split(body, next)
      start = loop
    } else {
      for _ in least..<most {
        let body = try add(part, before: start)
        start = try add(split(body, next))
      }
    }
    for _ in 0..<least { start = try add(part, before: start) }
    return start
  }

  private mutating func addLookBehind(_ part: PatternTree, _ isNegative: Bool, before next: Int)
    throws(SplitPattern.Problem) -> Int
  {
    let parts: [PatternTree] = if case .choice(let parts) = part { parts } else { [part] }
    var looks: [(start: Int, length: Int)] = []
    for part in parts {
      guard let length = part.fixedLength, length < 1000 else {
        throw SplitPattern.Problem(text: "a look-behind of the pattern has a varying length, which is not supported")
      }
      looks.append((try add(part, before: 0), length))
    }
    var rest = next
    if isNegative {
      for look in looks {
        rest = try add(.lookBehind(start: look.start, length: look.length, isNegative: true, next: rest))
      }
      return rest
    }
    var starts: [Int] = []
    for look in looks {
      starts.append(try add(.lookBehind(start: look.start, length: look.length, isNegative: false, next: next)))
    }
    rest = starts[starts.count - 1]
    for start in starts.dropLast().reversed() { rest = try add(.split(start, rest)) }
    return rest
  }
}
