internal import JSON

/// Byte-pair encoding of one piece into ids: the lowest-ranked pair of neighbours is merged until none is left.
struct BPE: Sendable {
  /// What the first symbols of a piece are.
  enum Alphabet: Sendable {
    /// One for each UTF-8 byte.
    case bytes([Int32?])
    /// One for each character.
    case characters
  }

  let vocabulary: [ExactText: Int32]
  /// Texts by id; nil where the vocabulary has a hole.
  let tokens: [String?]
  private let merges: MergeTable
  private let alphabet: Alphabet
  private let unknown: Int32?
  private let fusesUnknown: Bool
  private let byteFallback: [Int32?]?
  private let ignoresMerges: Bool

  /// Reads the `model` part.
  init(_ part: TokenizerPart, byteAlphabet: ByteAlphabet?) throws(TokenizerError) {
    _ = try part.type(of: ["BPE"], what: "model type")
    for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
      let value = part[key].value
      let isOff = value.isNull || value == "" || value.double == 0
      guard isOff else { throw part[key].wrong("is not supported; expected null") }
    }
    guard let entries = part["vocab"].value.object else { throw part["vocab"].wrong("expected an object of ids") }
    var vocabulary = [ExactText: Int32](minimumCapacity: entries.members.count)
    var tokens = [String?](repeating: nil, count: entries.members.count)
    for (token, value) in entries.members {
      guard let id = value.integer, id >= 0, id < 1 << 24 else {
        throw part["vocab"][token].wrong("expected an id from 0")
      }
      if id >= tokens.count { tokens.append(contentsOf: repeatElement(nil, count: id + 1 - tokens.count)) }
      guard tokens[id] == nil else {
        throw part["vocab"][token].wrong("id \(id) belongs to \"\(tokens[id] ?? "")\" too")
      }
      tokens[id] = token
      vocabulary[ExactText(token)] = Int32(id)
    }
    self.vocabulary = vocabulary
    self.tokens = tokens
    merges = try Self.merges(part["merges"], vocabulary)
    if let byteAlphabet {
      alphabet = .bytes(byteAlphabet.scalars.map { vocabulary[ExactText(String($0))] })
    } else {
      alphabet = .characters
    }
    let unknownToken = part["unk_token"].value.string
    unknown = unknownToken.flatMap { vocabulary[ExactText($0)] }
    if let unknownToken, unknown == nil {
      throw part["unk_token"].wrong("\"\(unknownToken)\" is not in the vocabulary")
    }
    fusesUnknown = try part["fuse_unk"].bool(false)
    byteFallback =
      try part["byte_fallback"].bool(false)
      ? (0..<256).map { vocabulary[ExactText(Self.byteToken(UInt8($0)))] } : nil
    ignoresMerges = try part["ignore_merges"].bool(false)
  }

  /// `<0x0A>`: how byte-fallback vocabularies write a byte.
  static func byteToken(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
  }

  private static func merges(_ part: TokenizerPart, _ vocabulary: [ExactText: Int32]) throws(TokenizerError)
    -> MergeTable
  {
    let list = try part.elements()
    var merges = MergeTable(capacity: list.count)
    for (rank, entry) in list.enumerated() {
      let pair: [String]
      if let text = entry.value.string {
        pair = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      } else {
        pair = (entry.value.array ?? []).compactMap(\.string)
      }
      guard pair.count == 2 else { throw entry.wrong("expected a pair of tokens: [\"a\", \"b\"] or \"a b\"") }
      guard let left = vocabulary[ExactText(pair[0])], let right = vocabulary[ExactText(pair[1])],
        let result = vocabulary[ExactText(pair[0] + pair[1])]
      else { throw entry.wrong("\"\(pair[0])\" and \"\(pair[1])\" or what they merge to is not in the vocabulary") }
      // A later equal pair would never be reached by rank order.
      merges.add(left, right, MergeTable.Merge(rank: Int32(rank), result: result))
    }
    return merges
  }

  /// Appends the ids of a piece; `word` is its text in the vocabulary's alphabet.
  func encode(_ piece: Substring.UnicodeScalarView, word: @autoclosure () -> String, into ids: inout [Int32]) {
    if ignoresMerges, let id = vocabulary[ExactText(word())] {
      ids.append(id)
      return
    }
    var symbols: [Int32] = []
    switch alphabet {
    case .bytes(let table):
      for byte in Substring(piece).utf8 { if let id = table[Int(byte)] ?? unknown { symbols.append(id) } }
    case .characters:
      var lastUnknown = false
      for scalar in piece {
        if let id = vocabulary[ExactText(String(scalar))] {
          symbols.append(id)
          lastUnknown = false
        } else if let fallback = bytes(of: scalar) {
          symbols.append(contentsOf: fallback)
          lastUnknown = false
        } else if let unknown {
          if !(fusesUnknown && lastUnknown) { symbols.append(unknown) }
          lastUnknown = true
        }
      }
    }
    merge(&symbols)
    ids.append(contentsOf: symbols)
  }

  /// The byte tokens of a character, if the vocabulary has them all.
  private func bytes(of scalar: Unicode.Scalar) -> [Int32]? {
    guard let byteFallback else { return nil }
    let ids = String(scalar).utf8.compactMap { byteFallback[Int($0)] }
    return ids.count == String(scalar).utf8.count ? ids : nil
  }

  /// Short pieces are scanned; long ones go through a heap, so that no line is quadratic.
  private func merge(_ symbols: inout [Int32]) {
    if symbols.count > 48 { return mergeLong(&symbols) }
    while symbols.count > 1 {
      var best: (rank: Int32, at: Int, result: Int32)?
      for at in 0..<(symbols.count - 1) {
        if let merge = merges[symbols[at], symbols[at + 1]], merge.rank < best?.rank ?? .max {
          best = (merge.rank, at, merge.result)
        }
      }
      guard let best else { return }
      symbols[best.at] = best.result
      symbols.remove(at: best.at + 1)
    }
  }

  private func mergeLong(_ symbols: inout [Int32]) {
    let end = symbols.count
    var next = (1...end).map { Int32($0) }
    var previous = (-1..<(end - 1)).map { Int32($0) }
    // Ranks in the upper half and places in the lower: the lowest rank comes first, and of equal ones the leftmost.
    var heap = MinHeap<UInt64>(capacity: end)
    func merge(at place: Int) -> MergeTable.Merge? {
      let right = Int(next[place])
      return right < end ? merges[symbols[place], symbols[right]] : nil
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
