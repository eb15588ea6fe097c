internal import JSON

/// Byte-pair encoding of one piece into ids: the lowest-ranked pair of neighbours is merged until none is left.
struct BPE: Sendable {
  private struct Merge: Sendable {
    let rank: Int32
    let result: Int32
  }

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
  private let merges: [UInt64: Merge]
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
    -> [UInt64: Merge]
  {
    let list = try part.elements()
    var merges = [UInt64: Merge](minimumCapacity: list.count)
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
      let key = pairKey(left, right)
      // A later equal pair would never be reached by rank order.
      if merges[key] == nil { merges[key] = Merge(rank: Int32(rank), result: result) }
    }
    return merges
  }

  private static func pairKey(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
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
        if let merge = merges[Self.pairKey(symbols[at], symbols[at + 1])], merge.rank < best?.rank ?? .max {
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
    var next = Array(1...end)
    var previous = Array(-1..<(end - 1))
    var alive = [Bool](repeating: true, count: end)
    var heap = Heap()
    func push(_ at: Int) {
      guard at >= 0, next[at] < end else { return }
      if let merge = merges[Self.pairKey(symbols[at], symbols[next[at]])] {
        heap.push(
          Candidate(rank: merge.rank, at: at, left: symbols[at], right: symbols[next[at]], result: merge.result)
        )
      }
    }
    for at in 0..<end { push(at) }
    while let candidate = heap.pop() {
      let at = candidate.at
      // Stale candidates name symbols that have been merged since.
      guard alive[at], symbols[at] == candidate.left, next[at] < end, symbols[next[at]] == candidate.right else {
        continue
      }
      let gone = next[at]
      alive[gone] = false
      symbols[at] = candidate.result
      next[at] = next[gone]
      if next[at] < end { previous[next[at]] = at }
      push(previous[at])
      push(at)
    }
    symbols = symbols.indices.filter { alive[$0] }.map { symbols[$0] }
  }
}

/// A pair that could be merged.
private struct Candidate: Comparable {
  let rank: Int32
  let at: Int
  let left: Int32
  let right: Int32
  let result: Int32

  static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.at) < (b.rank, b.at) }
}

/// A binary min-heap.
private struct Heap {
  private var items: [Candidate] = []

  mutating func push(_ item: Candidate) {
    items.append(item)
    var at = items.count - 1
    while at > 0, items[at] < items[(at - 1) / 2] {
      items.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  mutating func pop() -> Candidate? {
    guard let first = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return first }
    items[0] = last
    var at = 0
    while true {
      let left = 2 * at + 1
      guard left < items.count else { return first }
      let child = left + 1 < items.count && items[left + 1] < items[left] ? left + 1 : left
      guard items[child] < items[at] else { return first }
      items.swapAt(at, child)
      at = child
    }
  }
}
