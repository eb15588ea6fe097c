/// A pattern's automaton over positions (Glushkov 1961), run with one bit a position (Navarro and Raffinot, "Flexible
/// Pattern Matching in Strings", 2002, chapter 5).
///
/// A step of the text costs the same few word operations whatever the text is: there is no backtracking and no cache that
/// a hostile text could spoil. Most positions are followed by the next one only, which is one shift of the words; the other
/// followers are kept as groups of positions that share them.
struct PositionAutomaton: Sendable {
  /// What can follow in one situation (see ``Situation``).
  struct Moves: Sendable {
    /// Positions that a match can begin with.
    var first: [UInt64]
    /// Positions that a match can end with.
    var last: [UInt64]
    /// Positions that may come right after the one below them.
    var shifted: [UInt64]
    /// Groups one after the other: the words of their owners, then the words of what follows each owner.
    var groups: [UInt64]
    var groupCount: Int
    /// Whether the empty text matches here.
    var matchesEmpty: Bool
  }

  /// Words that hold one bit a position.
  let words: Int
  /// By situation.
  let moves: [Moves]
  /// For each set of characters, the positions that take it.
  private let takers: [[UInt64]]

  /// Makes the automaton of `steps`, or of the same read from the end of the text to its start.
  init(_ program: PatternProgram, situations: Situation, isReversed: Bool) throws(PatternError) {
    var positionOfStep = [Int](repeating: -1, count: program.steps.count)
    var stepOfPosition: [Int] = []
    var setOfPosition: [Int] = []
    for (index, step) in program.steps.enumerated() {
      guard case .scalar(let set) = step else { continue }
      positionOfStep[index] = stepOfPosition.count
      stepOfPosition.append(index)
      setOfPosition.append(set)
    }
    let count = stepOfPosition.count
    guard count <= Self.maximumPositions else {
      throw PatternError(problem: "it is too large: \(count) places for a character (at most \(Self.maximumPositions))")
    }
    let words = max(1, (count + 63) / 64)
    self.words = words
    func bit(_ position: Int) -> Int { isReversed ? count - 1 - position : position }

    var takers = [[UInt64]](repeating: [UInt64](repeating: 0, count: words), count: program.sets.count)
    for (position, set) in setOfPosition.enumerated() { Self.set(bit(position), in: &takers[set]) }
    self.takers = takers

    let none = [UInt64](repeating: 0, count: words)
    var closure = Closure(program, positionOfStep)
    var made: [Moves?] = Array(repeating: nil, count: 8)
    for situation in 0..<8 {
      let relevant = situation & situations.rawValue
      if relevant != situation {
        made[situation] = made[relevant]
        continue
      }
      var (first, last) = (none, none)
      var follow = [[UInt64]](repeating: none, count: count)
      let entry = closure.from(0, situation)
      for position in entry.positions { Self.set(bit(position), in: &first) }
      for position in 0..<count {
        let reached = closure.from(stepOfPosition[position] + 1, situation)
        if reached.matches { Self.set(bit(position), in: &last) }
        for next in reached.positions {
          if isReversed {
            Self.set(bit(position), in: &follow[bit(next)])
          } else {
            Self.set(next, in: &follow[position])
          }
        }
      }
      if isReversed { swap(&first, &last) }
      let own = Self.moves(first, last, follow, words, matchesEmpty: entry.matches)
      let cost = words * (2 + own.groupCount)
      guard cost <= Self.maximumCost else {
        throw PatternError(
          problem: "it is too expensive: \(cost) steps for each character of a response (at most \(Self.maximumCost)); "
            + "write fewer or smaller counts"
        )
      }
      made[situation] = own
    }
    moves = made.compactMap(\.self)
  }

  /// Bounds the time of making an automaton.
  private static let maximumPositions = 4000
  /// Word operations a character; at some 0.5 to 1 ns each and at most three passes, 1 MB takes half a second at the very
  /// worst.
  private static let maximumCost = 200

  private static func set(_ bit: Int, in mask: inout [UInt64]) { mask[bit / 64] |= 1 << UInt64(bit % 64) }

  private static func moves(
    _ first: [UInt64],
    _ last: [UInt64],
    _ follow: [[UInt64]],
    _ words: Int,
    matchesEmpty: Bool
  ) -> Moves {
    var shifted = [UInt64](repeating: 0, count: words)
    var order: [[UInt64]] = []
    var owners: [[UInt64]: [UInt64]] = [:]
    for (position, targets) in follow.enumerated() {
      var rest = targets
      let next = position + 1
      if next < follow.count, rest[next / 64] >> UInt64(next % 64) & 1 == 1 {
        rest[next / 64] &= ~(1 << UInt64(next % 64))
        set(next, in: &shifted)
      }
      guard rest.contains(where: { $0 != 0 }) else { continue }
      if owners[rest] == nil { order.append(rest) }
      set(position, in: &owners[rest, default: [UInt64](repeating: 0, count: words)])
    }
    return Moves(
      first: first,
      last: last,
      shifted: shifted,
      groups: order.flatMap { (owners[$0] ?? []) + $0 },
      groupCount: order.count,
      matchesEmpty: matchesEmpty
    )
  }

  /// For each class of characters, the words of the positions that take it.
  func reach(_ classes: ScalarClasses) -> [UInt64] {
    var reach: [UInt64] = []
    reach.reserveCapacity(classes.signatures.count * words)
    for kind in classes.signatures.indices {
      var mask = [UInt64](repeating: 0, count: words)
      for (set, positions) in takers.enumerated() where classes.contains(UInt16(kind), set: set) {
        for word in 0..<words { mask[word] |= positions[word] }
      }
      reach += mask
    }
    return reach
  }
}

/// What holds between two characters, as the bits that select an automaton's moves.
struct Situation: OptionSet, Sendable {
  let rawValue: Int
  static let start = Situation(rawValue: 1)
  static let end = Situation(rawValue: 2)
  static let boundary = Situation(rawValue: 4)

  /// The bits that a program's assertions ask for.
  static func used(by program: PatternProgram) -> Situation {
    program.steps.reduce(into: Situation()) { used, step in
      guard case .assertion(let assertion) = step else { return }
      switch assertion {
      case .start: used.insert(.start)
      case .end: used.insert(.end)
      case .boundary, .noBoundary: used.insert(.boundary)
      }
    }
  }
}

/// What a program reaches from a step without taking a character.
private struct Closure {
  private let program: PatternProgram
  private let positionOfStep: [Int]
  private var seen: [Int]
  private var generation = 0
  private var stack: [Int] = []

  init(_ program: PatternProgram, _ positionOfStep: [Int]) {
    self.program = program
    self.positionOfStep = positionOfStep
    seen = Array(repeating: 0, count: program.steps.count)
  }

  mutating func from(_ step: Int, _ situation: Int) -> (positions: [Int], matches: Bool) {
    generation += 1
    stack.append(step)
    var positions: [Int] = []
    var matches = false
    while let step = stack.popLast() {
      guard seen[step] != generation else { continue }
      seen[step] = generation
      switch program.steps[step] {
      case .match: matches = true
      case .scalar: positions.append(positionOfStep[step])
      case .jump(let to): stack.append(to)
      case .split(let first, let second): stack += [first, second]
      case .assertion(let assertion):
        let situation = Situation(rawValue: situation)
        let holds =
          switch assertion {
          case .start: situation.contains(.start)
          case .end: situation.contains(.end)
          case .boundary: situation.contains(.boundary)
          case .noBoundary: !situation.contains(.boundary)
          }
        if holds { stack.append(step + 1) }
      }
    }
    return (positions, matches)
  }
}
