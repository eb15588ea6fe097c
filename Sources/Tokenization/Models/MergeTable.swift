internal import JSON

/// The merges of a vocabulary by their pair: a flat table with open addressing, as a line of text asks it millions of
/// times and the keys need no protection against crafted collisions beyond a good mix.
struct MergeTable: Sendable {
  /// What a pair merges to, and how early.
  struct Merge: Sendable {
    let rank: Int32
    let result: Int32
  }

  private var keys: [UInt64]
  private var merges: [Merge]
  private let shift: UInt64

  /// A key that no pair of ids has, as ids are not negative.
  private static let empty = UInt64.max

  /// A table for at most that many pairs.
  init(capacity: Int) {
    var bits = 4
    while 1 << bits < capacity * 2 { bits += 1 }
    keys = [UInt64](repeating: Self.empty, count: 1 << bits)
    merges = [Merge](repeating: Merge(rank: 0, result: 0), count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  /// Reads the `merges` list: pairs as `["a", "b"]` or `"a b"`.
  /// - Parameter prefix: what continuing tokens begin with; the merged token has it once.
  init(_ part: TokenizerPart, _ vocabulary: Vocabulary, prefix: [UInt8]) throws(TokenizerError) {
    guard part.value.isNull || part.value.array != nil else {
      throw part.wrong("expected a list, found \(part.value.typeName)")
    }
    // There are hundreds of thousands: only one that is wrong gets its place.
    let list = part.value.array ?? []
    self.init(capacity: list.count)
    var rank: Int32 = 0
    for (at, value) in list.enumerated() {
      var entry: TokenizerPart { part.element(at) }
      let pair: [[UInt8]]
      if let text = value.string {
        // A line that old files begin with.
        if text.hasPrefix("#version") { continue }
        pair = Array(text.utf8).split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
      } else {
        pair = (value.array ?? []).compactMap { $0.string.map { Array($0.utf8) } }
      }
      guard pair.count == 2 else { throw entry.wrong("expected a pair of tokens: [\"a\", \"b\"] or \"a b\"") }
      guard let left = vocabulary.id(pair[0]), let right = vocabulary.id(pair[1]), pair[1].count >= prefix.count,
        let result = vocabulary.id(pair[0] + pair[1].dropFirst(prefix.count))
      else {
        let (left, right) = (String(decoding: pair[0], as: UTF8.self), String(decoding: pair[1], as: UTF8.self))
        throw entry.wrong("\"\(left)\" and \"\(right)\" or what they merge to is not in the vocabulary")
      }
      set(left, right, Merge(rank: rank, result: result))
      rank += 1
    }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The place of a key, or the free place where it belongs; the table is never more than half full.
  @inline(__always) private func place(of key: UInt64) -> Int {
    let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
    var at = Int((mixed ^ (mixed >> 32) &* 0xD6E8_FEB8_6659_FD93) >> shift)
    while keys[at] != key, keys[at] != Self.empty { at = (at + 1) & (keys.count - 1) }
    return at
  }

  /// Sets what a pair merges to; a later one takes the place of an earlier, rank and all, as in the reference.
  mutating func set(_ left: Int32, _ right: Int32, _ merge: Merge) {
    let key = Self.key(left, right)
    let at = place(of: key)
    keys[at] = key
    merges[at] = merge
  }

  /// What the pair merges to, if it does.
  @inline(__always) subscript(left: Int32, right: Int32) -> Merge? {
    let key = Self.key(left, right)
    let at = place(of: key)
    return keys[at] == key ? merges[at] : nil
  }

  /// Whether a merge joins a token that begins with a mark to one that does not end with it.
  func crosses(_ mark: [UInt8], _ vocabulary: Vocabulary) -> Bool {
    keys.contains { key in
      guard key != Self.empty, let left = vocabulary.text(Int32(truncatingIfNeeded: key >> 32)),
        let right = vocabulary.text(Int32(truncatingIfNeeded: key))
      else { return false }
      return right.starts(with: mark) && left.suffix(mark.count) != mark[...]
    }
  }

  /// Merges the symbols of the room. Short pieces are scanned; long ones go through a heap, so that no line is quadratic.
  func merge(_ room: inout MergeRoom) {
    if room.symbols.count < 2 { return }
    if room.symbols.count > 48 { mergeLong(&room.symbols) } else { mergeShort(&room.symbols, &room.pairs) }
  }

  private func mergeShort(_ symbols: inout [Int32], _ pairs: inout [Merge]) {
    let none = Merge(rank: .max, result: 0)
    pairs.removeAll(keepingCapacity: true)
    for at in 0..<(symbols.count - 1) { pairs.append(self[symbols[at], symbols[at + 1]] ?? none) }
    while !pairs.isEmpty {
      var best = 0
      for at in pairs.indices where pairs[at].rank < pairs[best].rank { best = at }
      guard pairs[best].rank < .max else { return }
      symbols[best] = pairs[best].result
      symbols.remove(at: best + 1)
      pairs.remove(at: best)
      if best < pairs.count { pairs[best] = self[symbols[best], symbols[best + 1]] ?? none }
      if best > 0 { pairs[best - 1] = self[symbols[best - 1], symbols[best]] ?? none }
    }
  }

  private func mergeLong(_ symbols: inout [Int32]) {
    let end = symbols.count
    var next = (1...end).map { Int32($0) }
    var previous = (-1..<(end - 1)).map { Int32($0) }
    // Ranks in the upper half and places in the lower: the lowest rank comes first, and of equal ones the leftmost.
    var heap = MinHeap<UInt64>(capacity: end)
    func merge(at place: Int) -> Merge? {
      let right = Int(next[place])
      return right < end ? self[symbols[place], symbols[right]] : nil
    }
    func push(_ place: Int) {
      guard place >= 0, let merge = merge(at: place) else { return }
      heap.push(UInt64(merge.rank) << 32 | UInt64(place))
    }
    for at in 0..<end { push(at) }
    while let candidate = heap.pop() {
      let at = Int(candidate & 0xFFFF_FFFF)
      // A stale candidate names a pair that is not there any more; the pair's rank tells which pair it was.
      guard symbols[at] != Self.gone, let merge = merge(at: at), UInt64(merge.rank) == candidate >> 32 else { continue }
      let right = Int(next[at])
      symbols[right] = Self.gone
      symbols[at] = merge.result
      next[at] = next[right]
      if next[at] < end { previous[Int(next[at])] = Int32(at) }
      push(Int(previous[at]))
      push(at)
    }
    symbols.removeAll { $0 == Self.gone }
  }

  /// Marks a symbol that was merged into the one before it.
  private static let gone: Int32 = -1
}

/// What the merging of one text's pieces works in, with the ids of the words met so far.
struct MergeRoom {
  var symbols: [Int32] = []
  var pairs: [MergeTable.Merge] = []
  /// The ids of known words, one after the other.
  private(set) var ids: [Int32] = []
  private var words: [(hash: UInt64, start: Int, count: Int, ids: Range<Int>)?]
  private var texts: [UInt8] = []
  private var lastHash: UInt64 = 0

  /// Longer words seldom come again.
  private static let longestWord = 48
  private static let size = 1 << 13

  init() { words = [] }

  /// Where the ids of a word are, if it is known.
  mutating func known(_ word: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    guard word.count <= Self.longestWord, !words.isEmpty else { return nil }
    lastHash = Vocabulary.hash(word)
    guard let found = words[Int(truncatingIfNeeded: lastHash) & (Self.size - 1)], found.hash == lastHash,
      found.count == word.count
    else { return nil }
    for at in 0..<word.count where texts[found.start + at] != word[at] { return nil }
    return found.ids
  }

  /// Keeps the symbols as the word's ids, in the place of whatever had the same slot.
  mutating func remember(_ word: UnsafeBufferPointer<UInt8>) {
    guard word.count <= Self.longestWord else { return }
    if words.isEmpty {
      words = Array(repeating: nil, count: Self.size)
      lastHash = Vocabulary.hash(word)
    }
    // Words that come once would fill the memory.
    if texts.count > 1 << 20 {
      texts.removeAll(keepingCapacity: true)
      ids.removeAll(keepingCapacity: true)
      words = Array(repeating: nil, count: Self.size)
    }
    let start = ids.count
    ids.append(contentsOf: symbols)
    words[Int(truncatingIfNeeded: lastHash) & (Self.size - 1)] = (lastHash, texts.count, word.count, start..<ids.count)
    texts.append(contentsOf: word)
  }
}

/// A binary min-heap.
struct MinHeap<Item: Comparable> {
  private var items: [Item] = []

  /// An empty heap with room.
  init(capacity: Int) { items.reserveCapacity(capacity) }

  /// Adds an item.
  mutating func push(_ item: Item) {
    items.append(item)
    var at = items.count - 1
    while at > 0, item < items[(at - 1) / 2] {
      items[at] = items[(at - 1) / 2]
      at = (at - 1) / 2
    }
    items[at] = item
  }

  /// Takes the least item.
  mutating func pop() -> Item? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first }
    var at = 0
    while true {
      let left = 2 * at + 1
      guard left < items.count else { break }
      let child = left + 1 < items.count && items[left + 1] < items[left] ? left + 1 : left
      guard items[child] < last else { break }
      items[at] = items[child]
      at = child
    }
    items[at] = last
    return first
  }
}
