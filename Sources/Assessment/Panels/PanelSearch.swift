internal import Agreement

/// Scores majorities of many subsets of judges against a reference. A judge's labels are two bits an item, "right" and "wrong",
/// and votes are added bit by bit over 64 items at once: a majority is right where more votes are right than wrong, however many
/// classes there are.
struct PanelSearch: Sendable {
  /// Judges.
  let count: Int
  /// Items with a reference label.
  let referenced: Int
  private let right: [[UInt64]]
  private let wrong: [[UInt64]]
  private let words: Int
  /// Binary digits of a count of votes.
  private let digits: Int

  /// - Parameters:
  ///   - columns: the judges' labels.
  ///   - reference: the reference labels; only its items count.
  init(_ columns: [Labels], reference: Labels) {
    let items = (0..<reference.count).filter { reference[$0] != nil }
    let words = (items.count + 63) / 64
    func plane(_ bit: (Int) -> Bool) -> [UInt64] {
      var plane = [UInt64](repeating: 0, count: words)
      for (at, item) in items.enumerated() where bit(item) { plane[at / 64] |= 1 << UInt64(at % 64) }
      return plane
    }
    count = columns.count
    referenced = items.count
    self.words = words
    digits = max(1, Int.bitWidth - columns.count.leadingZeroBitCount)
    right = columns.map { column in plane { column[$0] != nil && column[$0] == reference[$0] } }
    wrong = columns.map { column in plane { column[$0] != nil && column[$0] != reference[$0] } }
  }

  /// Items on which the majority of a subset has the reference's label; ties and silence are no label.
  func right(_ members: some Sequence<Int>) -> Int {
    var votes = Votes(self)
    for member in members { votes.add(self, member) }
    return votes.right
  }

  /// Subsets grown one judge at a time, the best next judge first; then shrunk likewise from the whole. Of equals the first
  /// judge. Each step costs one pass a judge, whatever the size of the subset.
  func grown() -> [(members: [Int], right: Int)] {
    var found: [(members: [Int], right: Int)] = []
    var votes = Votes(self)
    var members: [Int] = []
    while members.count < count {
      let rest = (0..<count).filter { !members.contains($0) }
      guard let (next, right) = Self.best(rest, { votes.right(self, with: $0) }) else { break }
      votes.add(self, next)
      members = (members + [next]).sorted()
      found.append((members, right))
    }
    while members.count > 1 {
      guard let (last, right) = Self.best(members, { votes.right(self, without: $0) }) else { break }
      votes.remove(self, last)
      members.removeAll { $0 == last }
      found.append((members, right))
    }
    return found
  }

  private static func best(_ judges: [Int], _ score: (Int) -> Int) -> (judge: Int, right: Int)? {
    var best: (judge: Int, right: Int)?
    for judge in judges {
      let right = score(judge)
      if right > best?.right ?? -1 { best = (judge, right) }
    }
    return best
  }

  /// The votes of a subset: a count of right and one of wrong ones an item, a bit plane a binary digit.
  private struct Votes {
    /// `[word][digit]`.
    private var rightCounts: [UInt64]
    private var wrongCounts: [UInt64]
    private let digits: Int
    private let words: Int

    init(_ search: PanelSearch) {
      digits = search.digits
      words = search.words
      rightCounts = [UInt64](repeating: 0, count: words * digits)
      wrongCounts = rightCounts
    }

    mutating func add(_ search: PanelSearch, _ judge: Int) { change(search, judge, Self.increment) }

    mutating func remove(_ search: PanelSearch, _ judge: Int) { change(search, judge, Self.decrement) }

    private mutating func change(
      _ search: PanelSearch,
      _ judge: Int,
      _ step: (inout UInt64, inout UInt64) -> Void
    ) {
      for word in 0..<words {
        var (first, second) = (search.right[judge][word], search.wrong[judge][word])
        for place in word * digits..<(word + 1) * digits {
          step(&rightCounts[place], &first)
          step(&wrongCounts[place], &second)
        }
      }
    }

    /// Items on which right votes are more than wrong ones.
    var right: Int {
      counted { _ in
        (0, 0)
      } _: { _, _ in
      }
    }

    /// The same with one judge more.
    func right(_ search: PanelSearch, with judge: Int) -> Int {
      counted {
        (search.right[judge][$0], search.wrong[judge][$0])
      } _: {
        Self.increment(&$0, &$1)
      }
    }

    /// The same with one of them less.
    func right(_ search: PanelSearch, without judge: Int) -> Int {
      counted {
        (search.right[judge][$0], search.wrong[judge][$0])
      } _: {
        Self.decrement(&$0, &$1)
      }
    }

    @inline(__always)
    private func counted(_ bits: (Int) -> (UInt64, UInt64), _ step: (inout UInt64, inout UInt64) -> Void) -> Int {
      var sum = 0
      for word in 0..<words {
        var (first, second) = bits(word)
        // From the lowest digit up: a higher digit that differs decides anew.
        var larger: UInt64 = 0
        for place in word * digits..<(word + 1) * digits {
          var (x, y) = (rightCounts[place], wrongCounts[place])
          step(&x, &first)
          step(&y, &second)
          larger = (x & ~y) | (larger & ~(x ^ y))
        }
        sum += larger.nonzeroBitCount
      }
      return sum
    }

    /// Adds a bit; what is left of it is the carry.
    private static func increment(_ digit: inout UInt64, _ carry: inout UInt64) {
      let sum = digit ^ carry
      carry &= digit
      digit = sum
    }

    /// Takes a bit away; what is left of it is the borrow.
    private static func decrement(_ digit: inout UInt64, _ borrow: inout UInt64) {
      let difference = digit ^ borrow
      borrow &= ~digit
      digit = difference
    }
  }
}
