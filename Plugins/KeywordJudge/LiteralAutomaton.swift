/// Finds all occurrences of many literal texts in one pass (Aho and Corasick 1975).
struct LiteralAutomaton: Sendable {
  private let letterCase: LetterCase
  private let classCount: Int
  private let ascii: [UInt16]
  /// Classes of the letters above ASCII that occur in the literals.
  private let others: [Unicode.Scalar: UInt16]
  /// State after (state, class), states in rows; 0 is the root.
  private let table: [Int32]
  /// For each state, which literals end there: `ends[firstEnd[s]..<firstEnd[s + 1]]`.
  private let firstEnd: [Int32]
  private let ends: [Int32]
  private let lengths: [Int]

  /// The table of a list takes at most 64 MB.
  private static let maximumCells = 1 << 24
  /// Literals that end at one character (`a`, `aa`, `aaa` …): each of them is heard of, at every character at worst.
  private static let maximumEnds = 200

  /// Makes the automaton of literals that are not empty; occurrences name them by their place in the list.
  /// - Throws: ``PatternError`` when the table would be too large.
  init(_ literals: [String], letterCase: LetterCase) throws(PatternError) {
    self.letterCase = letterCase
    let texts = literals.map { $0.unicodeScalars.map(letterCase.representative) }
    lengths = texts.map(\.count)
    // Class 0 is of all characters that no literal has.
    var classOf: [Unicode.Scalar: UInt16] = [:]
    for scalar in texts.joined() where classOf[scalar] == nil {
      guard classOf.count < 60_000 else { throw PatternError(problem: "the phrases together have too many letters") }
      classOf[scalar] = UInt16(classOf.count + 1)
    }
    classCount = classOf.count + 1
    let states = texts.reduce(1) { $0 + $1.count }
    guard states <= Self.maximumCells / classCount else {
      throw PatternError(problem: "the phrases together are too long: \(states) characters")
    }
    ascii = (0..<UInt8(0x80)).map { classOf[letterCase.representative(Unicode.Scalar($0))] ?? 0 }
    others = classOf

    var table = [Int32](repeating: -1, count: classCount)
    var own: [[Int32]] = [[]]
    for (index, text) in texts.enumerated() {
      var state = 0
      for scalar in text {
        let cell = state * classCount + Int(classOf[scalar] ?? 0)
        if table[cell] < 0 {
          table[cell] = Int32(own.count)
          own.append([])
          table += [Int32](repeating: -1, count: classCount)
        }
        state = Int(table[cell])
      }
      own[state].append(Int32(index))
    }
    // Breadth first, so that the shorter suffix of a state is finished before the state is.
    var suffix = [Int](repeating: 0, count: own.count)
    var queue = [0]
    var at = 0
    while at < queue.count {
      let state = queue[at]
      at += 1
      for kind in 0..<classCount {
        let cell = state * classCount + kind
        let fallback = state == 0 ? 0 : Int(table[suffix[state] * classCount + kind])
        guard table[cell] >= 0 else {
          table[cell] = Int32(fallback)
          continue
        }
        let next = Int(table[cell])
        suffix[next] = fallback
        own[next] += own[fallback]
        guard own[next].count <= Self.maximumEnds else {
          throw PatternError(problem: "more than \(Self.maximumEnds) phrases end alike; leave out the longer ones")
        }
        queue.append(next)
      }
    }
    self.table = table
    firstEnd = own.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int32($1.count)) }
    ends = own.flatMap(\.self)
  }

  /// Every occurrence, in the order of their ends; `visit` hears which literal and where.
  func occurrences(in text: [Unicode.Scalar], _ visit: (Int, Range<Int>) -> Void) {
    table.withUnsafeBufferPointer { table in
      ascii.withUnsafeBufferPointer { ascii in
        firstEnd.withUnsafeBufferPointer { firstEnd in
          var state = 0
          for at in text.indices {
            let scalar = text[at]
            let kind = scalar.value < 0x80 ? ascii[Int(scalar.value)] : others[letterCase.representative(scalar)] ?? 0
            state = Int(table[state * classCount + Int(kind)])
            var index = Int(firstEnd[state])
            let stop = Int(firstEnd[state + 1])
            while index < stop {
              let literal = Int(ends[index])
              visit(literal, (at + 1 - lengths[literal])..<(at + 1))
              index += 1
            }
          }
        }
      }
    }
  }
}
