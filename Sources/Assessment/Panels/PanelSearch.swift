internal import Agreement

/// Scores majorities of many subsets of judges against a reference: labels as one bit plane a judge, votes added bit by bit.
struct PanelSearch {
  private let votes: [[UInt64]]
  private let given: [[UInt64]]
  private let truth: [UInt64]
  private let referenced: Int

  /// - Parameters:
  ///   - columns: the judges' labels.
  ///   - reference: the reference labels; only its items count.
  ///   - positive: the code counted as 1; every other label is 0.
  init(_ columns: [Labels], reference: Labels, positive: Int) {
    let items = (0..<reference.count).filter { reference[$0] != nil }
    referenced = items.count
    func plane(_ bit: (Int) -> Bool) -> [UInt64] {
      var words = [UInt64](repeating: 0, count: (items.count + 63) / 64)
      for (at, item) in items.enumerated() where bit(item) { words[at / 64] |= 1 << UInt64(at % 64) }
      return words
    }
    votes = columns.map { column in plane { column[$0] == positive } }
    given = columns.map { column in plane { column[$0] != nil } }
    truth = plane { reference[$0] == positive }
  }

  /// The majority of a subset (bits of `mask`) against the reference; ties and silence are no label.
  func score(_ mask: Int) -> PanelScore {
    let members = votes.indices.filter { mask & (1 << $0) != 0 }
    var (right, labelled) = (0, 0)
    for word in truth.indices {
      var yes = BitCounter()
      var no = BitCounter()
      for member in members {
        yes.add(votes[member][word])
        no.add(given[member][word] & ~votes[member][word])
      }
      let more = BitCounter.greater(yes, no)
      let less = BitCounter.greater(no, yes)
      let correct = (more & truth[word]) | (less & ~truth[word])
      // Lanes past the last item hold a vote of nobody, so they are neither more nor less.
      right += correct.nonzeroBitCount
      labelled += (more | less).nonzeroBitCount
    }
    return PanelScore(referenced: referenced, labelled: labelled, right: right)
  }

  /// Subsets grown one judge at a time, the best next judge first; then shrunk likewise from the whole.
  static func grown(_ count: Int, score: (Int) -> PanelScore) -> [Int] {
    var masks: [Int] = []
    var mask = 0
    while mask != (1 << count) - 1 {
      let next = (0..<count).filter { mask & (1 << $0) == 0 }.map { mask | (1 << $0) }
      mask = next.min { isBetter($0, $1, score: score) } ?? mask
      masks.append(mask)
    }
    while mask.nonzeroBitCount > 1 {
      let next = (0..<count).filter { mask & (1 << $0) != 0 }.map { mask & ~(1 << $0) }
      mask = next.min { isBetter($0, $1, score: score) } ?? mask
      masks.append(mask)
    }
    return masks
  }

  private static func isBetter(_ first: Int, _ second: Int, score: (Int) -> PanelScore) -> Bool {
    let (a, b) = (score(first).right, score(second).right)
    return a != b ? a > b : first < second
  }
}

/// Sixty-four counters of up to 255, one bit plane a binary digit.
private struct BitCounter {
  private var planes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

  mutating func add(_ bits: UInt64) {
    var carry = bits
    func step(_ plane: inout UInt64) {
      let sum = plane ^ carry
      carry &= plane
      plane = sum
    }
    step(&planes.0)
    step(&planes.1)
    step(&planes.2)
    step(&planes.3)
    step(&planes.4)
    step(&planes.5)
    step(&planes.6)
    step(&planes.7)
  }

  /// Lanes in which the first counter is larger.
  static func greater(_ a: BitCounter, _ b: BitCounter) -> UInt64 {
    var (decided, larger): (UInt64, UInt64) = (0, 0)
    for (x, y) in [
      (a.planes.7, b.planes.7), (a.planes.6, b.planes.6), (a.planes.5, b.planes.5), (a.planes.4, b.planes.4),
      (a.planes.3, b.planes.3), (a.planes.2, b.planes.2), (a.planes.1, b.planes.1), (a.planes.0, b.planes.0),
    ] {
      let differs = (x ^ y) & ~decided
      larger |= differs & x
      decided |= differs
    }
    return larger
  }
}
