/// Beginnings that sequences of one call have in common, computed once for each edit.
///
/// Keys and values of a position depend on the tokens up to it and on the edit, and no bit of them on what else is computed
/// in the same step; so a copy is as good as computing them anew.
struct SharedPrefixes {
  /// One beginning: its keys and values and its length in tokens.
  struct Entry {
    let cache: SequenceCache
    let length: Int
  }

  private let entries: [Entry?]

  /// - Parameter entries: the beginning of each sequence, in their order; nil where nothing is shared.
  init(_ entries: [Entry?]) { self.entries = entries }

  /// Writes what is shared into an empty cache of a sequence; returns how many tokens are done.
  func copy(into cache: SequenceCache, of sequence: Int) -> Int {
    guard let entry = entries[sequence] else { return 0 }
    cache.copyBeginning(of: entry.cache, length: entry.length)
    return entry.length
  }

  /// Shorter ones are not worth a step of their own.
  static let leastTokens = 16

  /// Sequences under one edit with what all of them begin with.
  struct Group {
    var members: [Int]
    let lane: EditLane
    var tokens: [Int32]
    /// Length of one of the sequences; all are of one regime.
    let length: Int
  }

  /// Groups the sequences; the last token of each is never shared, as its logits are wanted.
  /// - Parameter regime: sequences of lengths with different numbers share nothing, as their keys are turned differently.
  static func groups(_ sequences: [LaneTokens], regime: (Int) -> Int = { _ in 0 }) -> [Group] {
    var groups: [Group] = []
    for (index, sequence) in sequences.enumerated() {
      let (tokens, length) = (sequence.tokens.dropLast(), sequence.tokens.count)
      if let at = groups.firstIndex(where: { $0.lane == sequence.lane && regime($0.length) == regime(length) }) {
        groups[at].members.append(index)
        let common = zip(groups[at].tokens, tokens).prefix { $0 == $1 }.count
        groups[at].tokens.removeLast(groups[at].tokens.count - common)
      } else {
        groups.append(Group(members: [index], lane: sequence.lane, tokens: Array(tokens), length: length))
      }
    }
    return groups.filter { $0.members.count > 1 && $0.tokens.count >= leastTokens }
  }
}

extension Engine {
  /// Computes what the sequences have in common; nothing where it would take more than a quarter of the caches' bytes.
  func sharePrefixes(_ sequences: [LaneTokens]) throws -> SharedPrefixes {
    var entries = [SharedPrefixes.Entry?](repeating: nil, count: sequences.count)
    guard limits.sharesPrefixes else { return SharedPrefixes(entries) }
    var left = limits.cacheBytes / 4
    for group in SharedPrefixes.groups(sequences, regime: model.ropeRegime) {
      let bytes = SequenceCache.bytes(model, positions: group.tokens.count)
      guard bytes <= left else { continue }
      left -= bytes
      let cache = SequenceCache(model, positions: group.tokens.count)
      let beginning = Feed(group.lane, group.tokens, from: 0, of: group.length, into: cache)
      try feed([beginning], logitsFrom: { $0.count }) { _, _, _ in }
      for member in group.members { entries[member] = SharedPrefixes.Entry(cache: cache, length: group.tokens.count) }
    }
    return SharedPrefixes(entries)
  }
}
