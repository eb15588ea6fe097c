internal import JSON

/// Tokens that are cut out of the text before anything else looks at it.
struct AddedTokens: Sendable {
  /// One added token.
  struct Entry: Sendable {
    let id: Int32
    let content: String
    let isSpecial: Bool
    let isNormalized: Bool
    let stripsLeft: Bool
    let stripsRight: Bool
    let isSingleWord: Bool
  }

  /// A stretch of text or a token found in it.
  enum Piece {
    case text(Range<Int>)
    case token(Int32)
  }

  let entries: [Entry]
  private let trie: Trie
  private let specials: Set<Int32>
  private let specialContents: Set<ExactText>
  private let contents: [Int32: String]
  /// The entry of each token by its text.
  private let byContent: [[UInt8]: Int]

  init(_ part: TokenizerPart) throws(TokenizerError) {
    var entries: [Entry] = []
    for token in try part.elements() {
      let content = try token["content"].string()
      guard !content.isEmpty else { throw token["content"].wrong("an added token cannot be empty") }
      let id = try token["id"].count()
      guard id < Vocabulary.largestId else { throw token["id"].wrong("expected an id below \(Vocabulary.largestId)") }
      entries.append(
        Entry(
          id: Int32(id),
          content: content,
          isSpecial: try token["special"].bool(false),
          isNormalized: try token["normalized"].bool(false),
          stripsLeft: try token["lstrip"].bool(false),
          stripsRight: try token["rstrip"].bool(false),
          isSingleWord: try token["single_word"].bool(false)
        )
      )
    }
    self.init(entries)
  }

  /// - Parameter look: what a token's text looks like where it is searched, if not as it is written.
  init(_ entries: [Entry], as look: (String) -> [UInt8] = { Array($0.utf8) }) {
    self.entries = entries
    specials = Set(entries.filter(\.isSpecial).map(\.id))
    specialContents = Set(entries.filter(\.isSpecial).map { ExactText($0.content) })
    contents = Dictionary(entries.map { ($0.id, $0.content) }, uniquingKeysWith: { $1 })
    var trie = Trie()
    // Of several that look alike the first is found.
    for (place, entry) in entries.enumerated().reversed() {
      let text = look(entry.content)
      if !text.isEmpty { trie.set(text, Int32(place)) }
    }
    self.trie = trie
    byContent = Dictionary(
      entries.enumerated().map { (Array($1.content.utf8), $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The tokens that are looked for after (`true`) or before (`false`) normalisation; the former as they are normalised.
  func selecting(normalized: Bool, by normalizer: Normalizer?) -> AddedTokens {
    let selected = entries.filter { $0.isNormalized == normalized }
    guard normalized, let normalizer else { return AddedTokens(selected) }
    return AddedTokens(selected) { normalizer.apply(Array($0.utf8)) }
  }

  func isSpecial(_ id: Int32) -> Bool { specials.contains(id) }

  func isSpecial(_ content: String) -> Bool { specialContents.contains(ExactText(content)) }

  /// A token's text as it is written.
  func content(of id: Int32) -> String? { contents[id] }

  /// The id of a token by its text.
  func id(of content: String) -> Int32? { byContent[Array(content.utf8)].map { entries[$0].id } }

  /// Cuts the tokens out, leftmost first and the longest of those; special ones stay text if asked.
  ///
  /// As in the reference, the text of a find that is not taken (special ones that stay text, tokens that must stand alone
  /// and do not) is passed over whole.
  func split(_ bytes: [UInt8], specialsAsText: Bool) -> [Piece] {
    guard !entries.isEmpty else { return bytes.isEmpty ? [] : [.text(0..<bytes.count)] }
    return ScalarText.reading(bytes) { text in
      var pieces: [Piece] = []
      var textStart = 0
      var at = 0
      while at < text.count {
        var found: (end: Int, entry: Entry)?
        if trie.begins(with: text.bytes[at]) {
          trie.forEachPrefix(of: text.bytes, from: at) { end, place in found = (end, entries[Int(place)]) }
        }
        guard let (find, entry) = found else {
          at += 1
          continue
        }
        let begin = at
        at = find
        if specialsAsText && entry.isSpecial || entry.isSingleWord && !Self.standsAlone(text, begin, find) { continue }
        var start = begin
        var end = find
        if entry.stripsLeft {
          while start > textStart, Self.isSpace(text, text.before(start)) { start = text.before(start) }
        }
        if entry.stripsRight { while end < text.count, Self.isSpace(text, end) { end += text.length(end) } }
        // White space that the token before took is not taken again; of a token of white space nothing may be left.
        if entry.stripsLeft { start = max(start, textStart) }
        if start > textStart { pieces.append(.text(textStart..<start)) }
        if start < end { pieces.append(.token(entry.id)) }
        textStart = end
      }
      if textStart < text.count { pieces.append(.text(textStart..<text.count)) }
      return pieces
    }
  }

  private static func isSpace(_ text: ScalarText, _ at: Int) -> Bool {
    text.bits(text.scalar(at).value) & ScalarBits.space != 0
  }

  private static func standsAlone(_ text: ScalarText, _ start: Int, _ end: Int) -> Bool {
    func isWord(_ at: Int) -> Bool {
      let value = text.scalar(at).value
      return ScalarBits.isPlainWord(value, text.bits(value))
    }
    return (start == 0 || !isWord(text.before(start))) && (end == text.count || !isWord(end))
  }
}
