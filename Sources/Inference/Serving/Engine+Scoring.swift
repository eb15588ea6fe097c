extension Engine {
  /// Natural log-probability of each choice as the continuation of each prefix: [prefix][choice], the sum over its tokens.
  public func score(_ prefixes: [LaneTokens], choices: [[Int32]]) throws -> [[Double]] {
    try scoreContinuations(prefixes, choices: choices).map(\.logProbabilities)
  }

  /// The probability of each choice as the continuation of each prefix, and what none of them gets.
  ///
  /// What prefixes have in common is computed once, and so is what choices have in common; neither changes a bit. Where the
  /// rotary embedding depends on the length of a sequence (LongRoPE), that of the prefix counts.
  /// - Throws: ``EngineError``, or `CancellationError` between two steps.
  public func scoreContinuations(_ prefixes: [LaneTokens], choices: [[Int32]]) throws -> [ContinuationScores] {
    for prefix in prefixes {
      try check(prefix.tokens, prefix.lane)
      for choice in choices { try check(prefix.tokens + choice, prefix.lane) }
    }
    let trie = ChoiceTrie(choices)
    let chains = trie.chains
    let shared = try sharePrefixes(prefixes)
    var scores: [ContinuationScores] = []
    while scores.count < prefixes.count {
      let start = scores.count
      let group = nextGroup(prefixes[start...], trie.depth)
      let caches = group.map { SequenceCache(model, positions: $0.tokens.count + trie.depth) }
      var found = group.map { _ in TrieScore(trie) }
      var rest: [Feed] = []
      for (item, (prefix, cache)) in zip(group, caches).enumerated() {
        let done = shared.copy(into: cache, of: start + item)
        rest.append(Feed(prefix.lane, Array(prefix.tokens[done...]), from: done, of: prefix.tokens.count, into: cache))
      }
      try feed(rest, logitsFrom: { $0.count - 1 }) { item, _, logits in found[item].take(logits, at: 0) }
      for chain in chains {
        let tokens = chain.map { trie.nodes[$0].token }
        let depth = trie.nodes[chain[0]].depth
        let branches = zip(group, caches).map {
          Feed($0.lane, tokens, from: $0.tokens.count + depth - 1, of: $0.tokens.count, into: $1)
        }
        try feed(branches, logitsFrom: { _ in 0 }) { item, offset, logits in
          found[item].take(logits, at: chain[offset])
        }
      }
      scores += found.map(\.scores)
    }
    return scores
  }

  /// As many of the prefixes, from the first on, as the limits allow at once.
  private func nextGroup(_ prefixes: ArraySlice<LaneTokens>, _ longestChoice: Int) -> [LaneTokens] {
    var bytes = 0
    let group = prefixes.prefix(limits.sequences).prefix { prefix in
      bytes += SequenceCache.bytes(model, positions: prefix.tokens.count + longestChoice)
      return bytes <= limits.cacheBytes
    }
    return Array(group.isEmpty ? prefixes.prefix(1) : group)
  }

  /// Feeds sequences into their caches in steps of bounded size; `use` gets (sequence, offset in it, logits) in order.
  func feed(
    _ sequences: [Feed],
    logitsFrom: ([Int32]) -> Int,
    use: (Int, Int, UnsafeBufferPointer<Float>) -> Void
  ) throws {
    var rows: [StepRow] = []
    var asked: [(Int, Int)] = []
    func flush() throws {
      try Task.checkCancellation()
      guard !rows.isEmpty else { return }
      let logits = executor.step(rows)
      let size = model.vocabularySize
      for (order, place) in asked.enumerated() {
        use(place.0, place.1, UnsafeBufferPointer(rebasing: logits[(order * size)..<((order + 1) * size)]))
      }
      rows.removeAll(keepingCapacity: true)
      asked.removeAll(keepingCapacity: true)
    }
    for (item, sequence) in sequences.enumerated() {
      let from = logitsFrom(sequence.tokens)
      for (offset, token) in sequence.tokens.enumerated() {
        if rows.count == limits.rows { try flush() }
        rows.append(
          StepRow(
            cache: sequence.cache,
            position: sequence.start + offset,
            token: token,
            lane: sequence.lane,
            wantsLogits: offset >= from,
            sequenceLength: sequence.length
          )
        )
        if offset >= from { asked.append((item, offset)) }
      }
    }
    try flush()
  }
}

/// Tokens to be written into a cache from a position on.
struct Feed {
  let lane: EditLane
  let tokens: [Int32]
  let start: Int
  /// Tokens of the sequence that decides on the rotary embedding.
  let length: Int
  let cache: SequenceCache

  init(_ lane: EditLane, _ tokens: [Int32], from start: Int, of length: Int, into cache: SequenceCache) {
    self.lane = lane
    self.tokens = tokens
    self.start = start
    self.length = length
    self.cache = cache
  }
}
