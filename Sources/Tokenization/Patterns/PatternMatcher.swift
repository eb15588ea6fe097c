/// Runs a pattern over one text.
///
/// The fast way goes through runs in one step and tries their ends from the last back. On text that was made to fool it
/// this could take quadratic time or worse; so when the steps pass a multiple of the length, the matcher goes on with the
/// plain nodes, where a state is a node and an offset, and remembers which of them failed: each is tried once.
struct PatternMatcher {
  private let pattern: SplitPattern
  private let text: ScalarText
  private var stack: [Choice] = []
  private var steps = 0
  private let limit: Int
  private var isPlain = false
  /// States that failed, as offset × nodes + node.
  private var failed: Set<Int> = []
  /// States inside a look-ahead from which it succeeded.
  private var succeeded: Set<Int> = []
  /// The last run of each possessive node, so that no run is measured from each of its places.
  private var runs: [Int: (start: Int, end: Int)] = [:]

  private struct Choice {
    var node: Int
    var at: Int
    /// A greedy run may give back down to here; a lazy one take up to `-2 - least`; -1 is a plain alternative.
    var least: Int
    /// The set of a lazy run.
    var set = 0
  }

  init(_ pattern: SplitPattern, _ text: ScalarText) {
    self.pattern = pattern
    self.text = text
    limit = 40 * text.count + 20_000
  }

  /// The matches from left to right, as the reference finds them: an empty one right behind the last is left out.
  mutating func all(_ body: (Range<Int>) -> Void) {
    var from = 0
    var lastEnd: Int?
    while from <= text.count {
      var at = from
      var found = end(from: at)
      while found == nil, at < text.count {
        at += text.length(at)
        found = end(from: at)
      }
      guard let end = found else { return }
      if end == at, lastEnd == end {
        from = from < text.count ? from + text.length(from) : from + 1
        continue
      }
      body(at..<end)
      from = end
      lastEnd = end
    }
  }

  /// The end of the match that begins at an offset, or nil.
  mutating func end(from at: Int) -> Int? {
    if !isPlain {
      if let found = run(pattern.start, at) { return found < 0 ? nil : found }
      isPlain = true
    }
    return plain(pattern.plainStart, at, isLook: false)
  }

  /// The end, -1 for no match, nil when the steps are used up.
  private mutating func run(_ start: Int, _ from: Int) -> Int? {
    let base = stack.count
    var node = start
    var at = from
    while true {
      steps += 1
      var isFine = true
      switch pattern.nodes[node] {
      case .accept:
        stack.removeLast(stack.count - base)
        return at
      case .one(let set, let next):
        let length = at < text.count ? pattern.sets[set].length(in: text, at: at) : 0
        at += length
        node = next
        isFine = length > 0
      case .run(let set, let least, let most, let taking, let next):
        guard let end = take(set, at, least) else {
          isFine = false
          break
        }
        at = end
        node = next
        switch taking {
        case .lazy:
          if most > least {
            stack.append(Choice(node: next, at: end, least: -2 - min(most - least, 1 << 40), set: set))
          }
        case .greedy, .possessive:
          let last = takeAll(set, at, most == .max ? .max : most - least)
          steps += (last - end) >> 2
          if taking == .greedy, last > end { stack.append(Choice(node: next, at: last, least: end)) }
          at = last
        }
      case .split(let first, let second):
        stack.append(Choice(node: second, at: at, least: -1))
        node = first
      case .look(let start, let isNegative, let next):
        guard let found = run(start, at) else { return giveUp(base) }
        isFine = (found < 0) == isNegative
        node = next
      case .lookBehind(let start, let length, let isNegative, let next):
        var isThere = false
        if let begin = back(length, from: at) {
          guard let found = run(start, begin) else { return giveUp(base) }
          isThere = found >= 0
        }
        isFine = isThere != isNegative
        node = next
      case .anchor(let anchor, let next):
        isFine = holds(anchor, at)
        node = next
      }
      if isFine { continue }
      guard steps < limit else { return giveUp(base) }
      guard stack.count > base else { return -1 }
      (node, at) = retry(base)
      if node < 0 { return -1 }
    }
  }

  private mutating func giveUp(_ base: Int) -> Int? {
    stack.removeLast(stack.count - base)
    return nil
  }

  /// The next thing to try; a node below 0 when there is none.
  private mutating func retry(_ base: Int) -> (node: Int, at: Int) {
    while stack.count > base {
      let last = stack.count - 1
      let choice = stack[last]
      if choice.least == -1 {
        stack.removeLast()
        return (choice.node, choice.at)
      }
      if choice.least >= 0 {
        let at = text.before(choice.at)
        if at <= choice.least { stack.removeLast() } else { stack[last].at = at }
        return (choice.node, at)
      }
      let length = choice.at < text.count ? pattern.sets[choice.set].length(in: text, at: choice.at) : 0
      let more = -2 - choice.least - 1
      if length == 0 || more == 0 {
        stack.removeLast()
      } else {
        stack[last].at += length
        stack[last].least = -2 - more
      }
      if length > 0 { return (choice.node, choice.at + length) }
    }
    return (-1, 0)
  }

  /// Exactly so many scalars of a set.
  private func take(_ set: Int, _ start: Int, _ count: Int) -> Int? {
    var at = start
    for _ in 0..<count {
      let length = at < text.count ? pattern.sets[set].length(in: text, at: at) : 0
      if length == 0 { return nil }
      at += length
    }
    return at
  }

  /// As many scalars of a set as there are, at most so many.
  private func takeAll(_ set: Int, _ start: Int, _ most: Int) -> Int {
    var at = start
    var left = most
    while left > 0, at < text.count {
      let length = pattern.sets[set].length(in: text, at: at)
      if length == 0 { break }
      at += length
      left -= 1
    }
    return at
  }

  private func back(_ count: Int, from at: Int) -> Int? {
    var at = at
    for _ in 0..<count {
      if at == 0 { return nil }
      at = text.before(at)
    }
    return at
  }

  private func holds(_ anchor: SplitPattern.Anchor, _ at: Int) -> Bool {
    func isLineEnd(_ at: Int) -> Bool { text.bytes[at] == 0x0A }
    func isWord(_ at: Int) -> Bool { pattern.wordSet.length(in: text, at: at) > 0 }
    let isEnd = at == text.count
    switch anchor {
    case .textStart: return at == 0
    case .textEnd: return isEnd
    case .textEndOrLast: return isEnd || at == text.count - 1 && isLineEnd(at)
    case .lineStart: return at == 0 || !isEnd && isLineEnd(at - 1)
    case .lineEnd: return isEnd || isLineEnd(at)
    case .wordBoundary, .noWordBoundary:
      let isBoundary = (at > 0 && isWord(text.before(at))) != (!isEnd && isWord(at))
      return isBoundary == (anchor == .wordBoundary)
    }
  }

  /// The end of the match, by the plain nodes; each state is tried once.
  private mutating func plain(_ start: Int, _ from: Int, isLook: Bool) -> Int? {
    let base = stack.count
    defer { stack.removeLast(stack.count - base) }
    let size = pattern.plainNodes.count
    var node = start
    var at = from
    while true {
      var isFine = true
      switch pattern.plainNodes[node] {
      case .accept:
        if isLook {
          for choice in stack[base...] where choice.least == 1 { succeeded.insert(choice.at * size + choice.node) }
        }
        return at
      case .one(let set, let next):
        let length = at < text.count ? pattern.sets[set].length(in: text, at: at) : 0
        at += length
        node = next
        isFine = length > 0
      case .run(let set, let least, let most, _, let next):
        let key = node
        if let known = runs[key], most == .max, at >= known.start, at < known.end, least <= 1 {
          at = known.end
        } else if let end = take(set, at, least) {
          let last = takeAll(set, end, most == .max ? .max : most - least)
          if most == .max { runs[key] = (at, last) }
          at = last
        } else {
          isFine = false
        }
        node = next
      case .split(let first, let second):
        let state = at * size + node
        if isLook, succeeded.contains(state) { return at }
        if failed.contains(state) {
          isFine = false
        } else {
          // The mark below the alternative stays until both have failed.
          stack.append(Choice(node: node, at: at, least: 1))
          stack.append(Choice(node: second, at: at, least: -1))
          node = first
        }
      case .look(let start, let isNegative, let next):
        isFine = (plain(start, at, isLook: true) == nil) == isNegative
        node = next
      case .lookBehind(let start, let length, let isNegative, let next):
        let isThere = back(length, from: at).map { plain(start, $0, isLook: true) != nil } ?? false
        isFine = isThere != isNegative
        node = next
      case .anchor(let anchor, let next):
        isFine = holds(anchor, at)
        node = next
      }
      if isFine { continue }
      var next: Choice?
      while next == nil, stack.count > base {
        let choice = stack.removeLast()
        if choice.least == 1 { failed.insert(choice.at * size + choice.node) } else { next = choice }
      }
      guard let next else { return nil }
      node = next.node
      at = next.at
    }
  }
}
