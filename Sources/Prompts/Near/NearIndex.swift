/// Finds all texts that are near to one: none is missed, unlike with hashed sketches.
///
/// Shingles are ranked from rare to frequent. Two sets whose Jaccard index reaches t share one of the first
/// n − ⌈t·n⌉ + 1 shingles of each (prefix filter: Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma, Srikant 2007), so that only
/// texts that share a rare shingle are compared, and each of those in full.
struct NearIndex {
  private let threshold: Double
  private let ranks: [UInt64: Int32]
  /// Ranks of each text, in order.
  private let sets: [[Int32]]
  /// The texts that have a rank in their prefix.
  private var postings: [Int32: [Int32]] = [:]

  /// Indexes texts by their shingles.
  init(_ shingles: [[UInt64]], threshold: Double) {
    self.threshold = threshold
    var counts: [UInt64: Int] = [:]
    for set in shingles { for piece in set { counts[piece, default: 0] += 1 } }
    let ordered = counts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    let ranks = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($0.element.key, Int32($0.offset)) })
    self.ranks = ranks
    sets = shingles.map { set in set.compactMap { ranks[$0] }.sorted() }
    for (index, set) in sets.enumerated() {
      for rank in set.prefix(prefixLength(set.count)) { postings[rank, default: []].append(Int32(index)) }
    }
  }

  /// The indexed texts near to one, each with its likeness, in order of the index.
  /// - Parameter isWanted: which of them are looked at.
  func matches(_ shingles: [UInt64], _ isWanted: (Int) -> Bool = { _ in true }) -> [(index: Int, likeness: Double)] {
    // Shingles that no indexed text has are the rarest of all; they come first and match nothing.
    let known = shingles.compactMap { ranks[$0] }.sorted()
    let unknown = shingles.count - known.count
    return found(known, count: shingles.count, prefix: prefixLength(shingles.count) - unknown, isWanted)
  }

  /// The indexed texts near to one of them, itself left out.
  func neighbours(of text: Int, _ isWanted: (Int) -> Bool) -> [(index: Int, likeness: Double)] {
    let set = sets[text]
    return found(set, count: set.count, prefix: prefixLength(set.count)) { $0 != text && isWanted($0) }
  }

  private func found(
    _ set: [Int32],
    count: Int,
    prefix: Int,
    _ isWanted: (Int) -> Bool
  ) -> [(index: Int, likeness: Double)] {
    guard prefix > 0 else { return [] }
    var seen: Set<Int32> = []
    var found: [(index: Int, likeness: Double)] = []
    for rank in set.prefix(prefix) {
      for other in postings[rank] ?? [] where seen.insert(other).inserted {
        let size = sets[Int(other)].count
        // The larger of two sets cannot be larger than the smaller by more than the threshold allows.
        guard Double(min(size, count)) >= threshold * Double(max(size, count)) - 1e-9, isWanted(Int(other)) else {
          continue
        }
        let least = Int((threshold / (1 + threshold) * Double(count + size) - 1e-9).rounded(.up))
        guard let shared = Self.shared(set, sets[Int(other)], least: least) else { continue }
        let likeness = Double(shared) / Double(count + size - shared)
        if likeness >= threshold { found.append((Int(other), likeness)) }
      }
    }
    return found.sorted { $0.index < $1.index }
  }

  private func prefixLength(_ count: Int) -> Int {
    // The share is rounded up with a grain of salt: a prefix too long costs time, one too short would miss a pair.
    count == 0 ? 0 : count - Int((threshold * Double(count) - 1e-9).rounded(.up)) + 1
  }

  /// How many ranks two sets share; nil as soon as `least` can no longer be reached.
  private static func shared(_ left: [Int32], _ right: [Int32], least: Int) -> Int? {
    var (at, other, count) = (0, 0, 0)
    while at < left.count, other < right.count {
      let (one, two) = (left[at], right[other])
      if one == two { count += 1 }
      if one <= two { at += 1 }
      if two <= one { other += 1 }
      if count + min(left.count - at, right.count - other) < least { return nil }
    }
    return count
  }
}
