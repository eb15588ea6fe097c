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
    case text(Substring)
    case token(Int32)
  }

  let entries: [Entry]
  private let byFirstByte: [UInt8: [(entry: Entry, bytes: [UInt8])]]
  private let specials: Set<Int32>

  init(_ part: TokenizerPart) throws(TokenizerError) {
    var entries: [Entry] = []
    for token in try part.elements() {
      let content = try token["content"].string()
      guard !content.isEmpty else { throw token["content"].wrong("an added token cannot be empty") }
      entries.append(
        Entry(
          id: Int32(try token["id"].count()),
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

  private init(_ entries: [Entry]) {
    self.entries = entries
    specials = Set(entries.filter(\.isSpecial).map(\.id))
    // The longest of several that start alike wins.
    byFirstByte = Dictionary(grouping: entries.map { ($0, Array($0.content.utf8)) }) { $0.1[0] }
      .mapValues { $0.sorted { $0.1.count > $1.1.count }.map { (entry: $0.0, bytes: $0.1) } }
  }

  /// The tokens that are looked for after (`true`) or before (`false`) normalisation.
  func selecting(normalized: Bool) -> AddedTokens { AddedTokens(entries.filter { $0.isNormalized == normalized }) }

  func isSpecial(_ id: Int32) -> Bool { specials.contains(id) }

  /// Cuts the tokens out, leftmost first and the longest of those; special ones stay text if asked.
  func split(_ text: Substring, specialsAsText: Bool) -> [Piece] {
    guard !entries.isEmpty else { return text.isEmpty ? [] : [.text(text)] }
    var pieces: [Piece] = []
    let bytes = Array(text.utf8)
    let utf8 = text.utf8
    var textStart = 0
    var at = 0
    func slice(_ range: Range<Int>) -> Substring {
      text[
        utf8.index(
          text.startIndex,
          offsetBy: range.lowerBound
        )..<utf8.index(text.startIndex, offsetBy: range.upperBound)
      ]
    }
    while at < bytes.count {
      guard let candidates = byFirstByte[bytes[at]],
        let found = candidates.first(where: {
          !(specialsAsText && $0.entry.isSpecial) && bytes[at...].starts(with: $0.bytes)
            && (!$0.entry.isSingleWord || Self.standsAlone(bytes, at, at + $0.bytes.count))
        })
      else {
        at += 1
        continue
      }
      var start = at
      var end = at + found.bytes.count
      if found.entry.stripsLeft { while start > textStart, Self.isSpace(bytes[start - 1]) { start -= 1 } }
      if found.entry.stripsRight { while end < bytes.count, Self.isSpace(bytes[end]) { end += 1 } }
      if start > textStart { pieces.append(.text(slice(textStart..<start))) }
      pieces.append(.token(found.entry.id))
      at = end
      textStart = end
    }
    if textStart < bytes.count { pieces.append(.text(slice(textStart..<bytes.count))) }
    return pieces
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func standsAlone(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    func isWord(_ byte: UInt8) -> Bool {
      byte >= 0x80 || byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte)
    }
    return (start == 0 || !isWord(bytes[start - 1])) && (end == bytes.count || !isWord(bytes[end]))
  }
}
