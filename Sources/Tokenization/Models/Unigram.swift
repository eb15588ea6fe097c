internal import JSON

/// The unigram model of SentencePiece: the most probable way to cut a piece into tokens (Viterbi, left to right in double
/// precision, as the reference adds the scores).
struct Unigram: Sendable {
  let vocabulary: Vocabulary
  private let scores: [Double]
  private let unknown: Int32?
  private let unknownScore: Double
  private let fallback: [Int32?]
  private let trie: Trie

  /// Reads the `model` part.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    let list = part["vocab"].value.array ?? []
    guard !list.isEmpty else { throw part["vocab"].wrong("expected a list of tokens with their scores") }
    var entries: [(text: [UInt8], score: Double)] = []
    for (at, value) in list.enumerated() {
      guard let pair = value.array, pair.count == 2, let text = pair[0].string, let score = pair[1].double else {
        throw part["vocab"].element(at).wrong("expected a token and its score: [\"a\", -1.5]")
      }
      entries.append((Array(text.utf8), score))
    }
    var unknown: Int?
    if !part["unk_id"].value.isNull {
      let id = try part["unk_id"].count()
      guard id < entries.count else { throw part["unk_id"].wrong("\(id) is not in the vocabulary of \(entries.count)") }
      unknown = id
    }
    self.init(entries, unknown: unknown, hasByteFallback: try part["byte_fallback"].bool(false))
  }

  init(_ entries: [(text: [UInt8], score: Double)], unknown: Int?, hasByteFallback: Bool) {
    var vocabulary = Vocabulary(capacity: entries.count)
    var trie = Trie()
    for (id, entry) in entries.enumerated() {
      vocabulary.add(entry.text, id: Int32(id))
      if !entry.text.isEmpty { trie.set(entry.text, Int32(id)) }
    }
    self.vocabulary = vocabulary
    self.trie = trie
    scores = entries.map(\.score)
    self.unknown = unknown.map { Int32($0) }
    // The penalty of an unknown character (`kUnkPenalty` of SentencePiece).
    unknownScore = (scores.min() ?? 0) - 10
    fallback = hasByteFallback ? (0..<256).map { vocabulary.id(byteToken(UInt8($0))) } : []
  }

  /// Appends the ids of a piece. Neighbouring unknown characters are one token; without an unknown token they are lost.
  func encode(_ piece: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    let unseen = -1
    var best = [(score: Double, start: Int, id: Int32)](repeating: (0, unseen, 0), count: piece.count + 1)
    let unknown = unknown ?? -1
    func offer(_ score: Double, _ start: Int, _ end: Int, _ id: Int32) {
      if best[end].start == unseen || score > best[end].score { best[end] = (score, start, id) }
    }
    var start = 0
    while start < piece.count {
      let lead = piece[start]
      let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      let score = best[start].score
      var hasCharacter = false
      trie.forEachPrefix(of: piece, from: start) { end, id in
        offer(scores[Int(id)] + score, start, end, id)
        if end - start == length { hasCharacter = true }
      }
      if !hasCharacter { offer(unknownScore + score, start, start + length, unknown) }
      start += length
    }
    // The cuts from the end, then their ids from the start.
    var cuts: [(range: Range<Int>, id: Int32)] = []
    var end = piece.count
    while end > 0 {
      let (_, start, id) = best[end]
      if id == unknown, let last = cuts.last, last.id == unknown {
        cuts[cuts.count - 1].range = start..<last.range.upperBound
      } else {
        cuts.append((start..<end, id))
      }
      end = start
    }
    for cut in cuts.reversed() {
      if cut.id != unknown {
        ids.append(cut.id)
      } else {
        appendUnknown(UnsafeBufferPointer(rebasing: piece[cut.range]), into: &ids)
      }
    }
  }

  private func appendUnknown(_ text: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    if let id = vocabulary.id(text) {
      ids.append(id)
      return
    }
    let bytes = fallback.isEmpty ? [] : text.compactMap { fallback[Int($0)] }
    if !fallback.isEmpty, bytes.count == text.count {
      ids.append(contentsOf: bytes)
    } else if let unknown {
      ids.append(unknown)
    }
  }
}

/// A trie over bytes; the children of a node are a list of siblings.
struct Trie: Sendable {
  private struct Node {
    var value: Int32 = -1
    var child: Int32 = -1
    var sibling: Int32 = -1
    var byte: UInt8 = 0
  }

  private var nodes: [Node] = [Node()]
  /// The children of the root by their byte, which has the most of them.
  private var first = [Int32](repeating: -1, count: 256)

  /// Sets the value of a text that is not empty; a later one replaces an earlier.
  mutating func set(_ text: [UInt8], _ value: Int32) {
    var at = 0
    for byte in text {
      if let child = child(of: at, byte) {
        at = child
        continue
      }
      let new = nodes.count
      nodes.append(Node(sibling: at == 0 ? -1 : nodes[at].child, byte: byte))
      if at == 0 { first[Int(byte)] = Int32(new) } else { nodes[at].child = Int32(new) }
      at = new
    }
    nodes[at].value = value
  }

  @inline(__always) private func child(of node: Int, _ byte: UInt8) -> Int? {
    if node == 0 { return first[Int(byte)] < 0 ? nil : Int(first[Int(byte)]) }
    var at = nodes[node].child
    while at >= 0 {
      if nodes[Int(at)].byte == byte { return Int(at) }
      at = nodes[Int(at)].sibling
    }
    return nil
  }

  /// Calls back with the end and the value of every text that stands at a place, the shortest first.
  @inline(__always)
  func forEachPrefix(of text: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (Int, Int32) -> Void) {
    var at = 0
    var place = start
    while place < text.count, let child = child(of: at, text[place]) {
      at = child
      place += 1
      if nodes[at].value >= 0 { body(place, nodes[at].value) }
    }
  }

  /// Whether a text that begins with this byte is in the trie.
  @inline(__always) func begins(with byte: UInt8) -> Bool { first[Int(byte)] >= 0 }
}
