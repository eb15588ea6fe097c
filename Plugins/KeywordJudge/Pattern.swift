/// A regular expression without back references: matching takes time linear in the text, whatever pattern and text.
///
/// See ``PatternParser`` for what is understood and ``PositionAutomaton`` for how it runs. Of all matches the one that
/// starts first counts, and of those the longest (as POSIX has it; where a match exists is the same in all dialects).
struct Pattern: Sendable {
  private let forward: PositionAutomaton
  private let backward: PositionAutomaton
  private let classes: ScalarClasses
  private let forwardReach: [UInt64]
  private let backwardReach: [UInt64]
  /// The set of word characters, where `\b` or `\B` asks for it.
  private let wordSet: Int?
  private let situations: Situation
  /// Each different character of a response is compared with all of them once; and the classes that they make fit 16 bits.
  private static let maximumSize = 2000

  /// Reads a pattern.
  init(_ source: String, letterCase: LetterCase) throws(PatternError) {
    var program = try PatternProgram(PatternParser.parse(source, letterCase: letterCase))
    let size = program.sets.reduce(0) { $0 + $1.size }
    guard size <= Self.maximumSize else {
      throw PatternError(
        problem: "it is too large: \(size) different characters, ranges and classes (at most \(Self.maximumSize))"
      )
    }
    situations = Situation.used(by: program)
    wordSet = situations.contains(.boundary) ? program.index(of: .words) : nil
    forward = try PositionAutomaton(program, situations: situations, isReversed: false)
    backward = try PositionAutomaton(program, situations: situations, isReversed: true)
    classes = ScalarClasses(program.sets, letterCase: letterCase)
    forwardReach = forward.reach(classes)
    backwardReach = backward.reach(classes)
  }

  /// Whether the empty text matches somewhere in a text that is not empty: then every response would match.
  var matchesAnything: Bool {
    (0..<8).contains { situation in
      forward.moves[situation].matchesEmpty && !Situation(rawValue: situation).isSuperset(of: [.start, .end])
    }
  }

  /// The first match whose start is accepted, as long as it goes; with `atStart` only one at the start of the text.
  func firstMatch(in text: [Unicode.Scalar], atStart: Bool, accepts: (Int) -> Bool = { _ in true })
    -> Range<Int>?
  {
    var classes = self.classes
    let kinds = classes.classes(of: text)
    let isKnown = classes.signatures.count == self.classes.signatures.count
    let frame = Frame(text, kinds, classes, situations, wordSet)
    let forwardReach = isKnown ? forwardReach : forward.reach(classes)
    if atStart {
      guard accepts(0) else { return nil }
      return Scan(forward, forwardReach, frame).longest(from: 0).map { 0..<$0 }
    }
    guard Scan(forward, forwardReach, frame).isAnywhere else { return nil }
    let backwardReach = isKnown ? backwardReach : backward.reach(classes)
    guard let start = Scan(backward, backwardReach, frame).lowestStart(accepts: accepts) else { return nil }
    return Scan(forward, forwardReach, frame).longest(from: start).map { start..<$0 }
  }
}

/// A text in classes, with what holds between its characters.
struct Frame {
  let kinds: [UInt16]
  /// Whether a class is of word characters; empty where nobody asks.
  private let isWord: [Bool]
  private let uses: Situation
  /// The end before a line end that closes the text, as everywhere; CR LF is one.
  private let closing: Int

  init(
    _ text: [Unicode.Scalar],
    _ kinds: [UInt16],
    _ classes: ScalarClasses,
    _ uses: Situation,
    _ wordSet: Int?
  ) {
    self.kinds = kinds
    self.uses = uses
    isWord = wordSet.map { set in classes.signatures.indices.map { classes.contains(UInt16($0), set: set) } } ?? []
    let count = text.count
    if let last = text.last, ScalarSet.endsLine(last) {
      closing = last == "\n" && count > 1 && text[count - 2] == "\r" ? count - 2 : count - 1
    } else {
      closing = count
    }
  }

  /// The situation before character `at`.
  func situation(_ at: Int) -> Int {
    var found = 0
    if uses.contains(.start), at == 0 { found |= Situation.start.rawValue }
    if uses.contains(.end), at == kinds.count || at == closing { found |= Situation.end.rawValue }
    if uses.contains(.boundary) {
      let before = at > 0 && isWord[Int(kinds[at - 1])]
      let after = at < kinds.count && isWord[Int(kinds[at])]
      if before != after { found |= Situation.boundary.rawValue }
    }
    return found
  }

  var usesNothing: Bool { uses.isEmpty }
}

/// The moves of an automaton of one word, laid out without arrays inside: the loop over the text counts no references.
private struct NarrowMoves {
  struct Own {
    let first, last, shifted: UInt64
    let matchesEmpty: Bool
    let firstGroup, endGroup: Int
  }

  private(set) var table: [Own] = []
  private(set) var groups: [UInt64] = []

  init(_ automaton: PositionAutomaton) {
    for moves in automaton.moves {
      table.append(
        Own(
          first: moves.first[0],
          last: moves.last[0],
          shifted: moves.shifted[0],
          matchesEmpty: moves.matchesEmpty,
          firstGroup: groups.count,
          endGroup: groups.count + moves.groups.count
        )
      )
      groups += moves.groups
    }
  }
}

/// One way of an automaton over a text.
private struct Scan {
  private let automaton: PositionAutomaton
  private let reach: [UInt64]
  private let frame: Frame

  init(_ automaton: PositionAutomaton, _ reach: [UInt64], _ frame: Frame) {
    self.automaton = automaton
    self.reach = reach
    self.frame = frame
  }

  /// Whether any stretch of the text matches.
  var isAnywhere: Bool {
    let count = frame.kinds.count
    var found = false
    run(from: 0, by: 1, injects: true) { at, accepted, _ in
      found = accepted
      return !accepted && at < count
    }
    return found
  }

  /// The end of the longest match that starts at `start`.
  func longest(from start: Int) -> Int? {
    var best: Int?
    run(from: start, by: 1, injects: false) { at, accepted, isAlive in
      if accepted { best = at }
      return isAlive
    }
    return best
  }

  /// For an automaton that reads backwards: the lowest accepted place at which a match starts.
  func lowestStart(accepts: (Int) -> Bool) -> Int? {
    var best: Int?
    run(from: frame.kinds.count, by: -1, injects: true) { at, accepted, _ in
      if accepted, accepts(at) { best = at }
      return true
    }
    return best
  }

  /// Runs to the end of the text, or until `visit` says no: it hears each place between characters, whether a match is
  /// complete there, and whether any may still be under way.
  private func run(from start: Int, by direction: Int, injects: Bool, _ visit: (Int, Bool, Bool) -> Bool) {
    if automaton.words == 1 {
      narrow(from: start, by: direction, injects: injects, visit)
    } else {
      wide(from: start, by: direction, injects: injects, visit)
    }
  }

  private func narrow(from start: Int, by direction: Int, injects: Bool, _ visit: (Int, Bool, Bool) -> Bool) {
    let (kinds, count) = (frame.kinds, frame.kinds.count)
    // What a match can begin with, anywhere: while none is under way, other characters are passed over.
    let begins = automaton.moves.reduce(UInt64(0)) { $0 | $1.first[0] }
    let isEager = !injects || automaton.moves.contains(where: \.matchesEmpty)
    let moves = NarrowMoves(automaton)
    moves.groups.withUnsafeBufferPointer { groups in
      moves.table.withUnsafeBufferPointer { moves in
        reach.withUnsafeBufferPointer { reach in
          kinds.withUnsafeBufferPointer { kinds in
            var state: UInt64 = 0
            var at = start
            while true {
              if state == 0, !isEager {
                if direction > 0 {
                  while at < count, reach[Int(kinds[at])] & begins == 0 { at += 1 }
                } else {
                  while at > 0, reach[Int(kinds[at - 1])] & begins == 0 { at -= 1 }
                }
              }
              let own = moves[frame.usesNothing ? 0 : frame.situation(at)]
              let enters = injects || at == start
              let accepted = state & own.last != 0 || enters && own.matchesEmpty
              guard visit(at, accepted, enters || state != 0) else { return }
              guard direction > 0 ? at < count : at > 0 else { return }
              var next = (state << 1) & own.shifted
              var group = own.firstGroup
              while group < own.endGroup {
                if state & groups[group] != 0 { next |= groups[group + 1] }
                group += 2
              }
              if enters { next |= own.first }
              state = next & reach[Int(kinds[direction > 0 ? at : at - 1])]
              at += direction
            }
          }
        }
      }
    }
  }

  private func wide(from start: Int, by direction: Int, injects: Bool, _ visit: (Int, Bool, Bool) -> Bool) {
    let (kinds, count, words) = (frame.kinds, frame.kinds.count, automaton.words)
    var stateStore = [UInt64](repeating: 0, count: words)
    var nextStore = stateStore
    reach.withUnsafeBufferPointer { reach in
      stateStore.withUnsafeMutableBufferPointer { state in
        nextStore.withUnsafeMutableBufferPointer { next in
          var at = start
          var isAlive = false
          var situation = frame.situation(at)
          var moves = automaton.moves[situation]
          while true {
            let now = frame.usesNothing ? 0 : frame.situation(at)
            if now != situation { (situation, moves) = (now, automaton.moves[now]) }
            let enters = injects || at == start
            var accepted = enters && moves.matchesEmpty
            if isAlive, !accepted { accepted = Self.meets(state, moves.last, 0, words) }
            guard visit(at, accepted, enters || isAlive) else { return }
            guard direction > 0 ? at < count : at > 0 else { return }
            if isAlive {
              Self.follow(state, moves, words, into: next)
            } else {
              next.update(repeating: 0)
            }
            let row = Int(kinds[direction > 0 ? at : at - 1]) * words
            var any: UInt64 = 0
            moves.first.withUnsafeBufferPointer { first in
              for word in 0..<words {
                state[word] = (next[word] | (enters ? first[word] : 0)) & reach[row + word]
                any |= state[word]
              }
            }
            isAlive = any != 0
            at += direction
          }
        }
      }
    }
  }

  private static func meets(
    _ state: UnsafeMutableBufferPointer<UInt64>,
    _ masks: [UInt64],
    _ offset: Int,
    _ words: Int
  ) -> Bool {
    masks.withUnsafeBufferPointer { masks in
      for word in 0..<words where state[word] & masks[offset + word] != 0 { return true }
      return false
    }
  }

  private static func follow(
    _ state: UnsafeMutableBufferPointer<UInt64>,
    _ moves: PositionAutomaton.Moves,
    _ words: Int,
    into next: UnsafeMutableBufferPointer<UInt64>
  ) {
    moves.shifted.withUnsafeBufferPointer { shifted in
      var carry: UInt64 = 0
      for word in 0..<words {
        next[word] = (state[word] << 1 | carry) & shifted[word]
        carry = state[word] >> 63
      }
    }
    moves.groups.withUnsafeBufferPointer { groups in
      for group in 0..<moves.groupCount {
        let owners = 2 * group * words
        guard (0..<words).contains(where: { state[$0] & groups[owners + $0] != 0 }) else { continue }
        for word in 0..<words { next[word] |= groups[owners + words + word] }
      }
    }
  }
}
