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

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The place of a key, or the free place where it belongs; the table is never more than half full.
  private func place(of key: UInt64) -> Int {
    let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
    var at = Int((mixed ^ (mixed >> 32) &* 0xD6E8_FEB8_6659_FD93) >> shift)
    while keys[at] != key, keys[at] != Self.empty { at = (at + 1) & (keys.count - 1) }
    return at
  }

  /// Adds a merge; an earlier one of the same pair stays.
  mutating func add(_ left: Int32, _ right: Int32, _ merge: Merge) {
    let key = Self.key(left, right)
    let at = place(of: key)
    guard keys[at] == Self.empty else { return }
    keys[at] = key
    merges[at] = merge
  }

  /// What the pair merges to, if it does.
  subscript(left: Int32, right: Int32) -> Merge? {
    let key = Self.key(left, right)
    let at = place(of: key)
    return keys[at] == key ? merges[at] : nil
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
