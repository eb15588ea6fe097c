internal import JSON

/// Byte-pair encoding of one piece into ids: the lowest-ranked pair of neighbours is merged until none is left.
struct BPE: Sendable {
  /// What the model is made of.
  struct Options: Sendable {
    var unknown: Int32?
    var fusesUnknown = false
    var hasByteFallback = false
    var ignoresMerges = false
    /// Stands before every character of a piece but the first.
    var prefix: [UInt8] = []
    /// Stands behind the last character of a piece.
    var suffix: [UInt8] = []
  }

  let vocabulary: Vocabulary
  let options: Options
  private let merges: MergeTable
  /// The symbol of each byte where pieces are read as bytes of the byte alphabet.
  private let byteSymbols: [Symbol]?
  private let asciiSymbols: [Int32]
  private let fallback: [Int32?]
  /// Words begin with this character and no merge goes across their start, so that they can be merged one by one; no character may be
  /// lost, as its neighbours would meet.
  private let wordMark: [UInt8]?

  /// What a character becomes at first.
  private enum Symbol {
    case token(Int32)
    case bytes([Int32])
    case unknown
  }

  /// Reads the `model` part.
  /// - Parameter readsBytes: whether pieces are bytes that stand for characters of the byte alphabet.
  init(_ part: TokenizerPart, readsBytes: Bool) throws(TokenizerError) {
    let dropout = part["dropout"].value
    guard dropout.isNull || dropout.double == 0 else {
      throw part["dropout"].wrong("is not supported, as encoding would be random; expected null")
    }
    let vocabulary = try Vocabulary(part["vocab"])
    var options = Options()
    options.prefix = Array(
      (part["continuing_subword_prefix"].value.isNull ? "" : try part["continuing_subword_prefix"].string()).utf8
    )
    options.suffix = Array(
      (part["end_of_word_suffix"].value.isNull ? "" : try part["end_of_word_suffix"].string()).utf8
    )
    options.unknown = try part.unknownToken(in: vocabulary)
    options.fusesUnknown = try part["fuse_unk"].bool(false)
    options.hasByteFallback = try part["byte_fallback"].bool(false)
    options.ignoresMerges = try part["ignore_merges"].bool(false)
    let merges = try MergeTable(part["merges"], vocabulary, prefix: options.prefix)
    self.init(vocabulary: vocabulary, merges: merges, options: options, readsBytes: readsBytes)
  }

  /// Whether pieces can be read as bytes: what stands before or behind characters needs the characters.
  static func canReadBytes(_ part: TokenizerPart) -> Bool {
    ["continuing_subword_prefix", "end_of_word_suffix"].allSatisfy { part[$0].value.isNull || part[$0].value == "" }
  }

  init(vocabulary: Vocabulary, merges: MergeTable, options: Options, readsBytes: Bool) {
    self.vocabulary = vocabulary
    self.options = options
    self.merges = merges
    let fallback = options.hasByteFallback ? (0..<256).map { vocabulary.id(byteToken(UInt8($0))) } : []
    self.fallback = fallback
    byteSymbols = readsBytes ? ByteAlphabet().texts.map { Self.symbol(of: $0, vocabulary, fallback) } : nil
    asciiSymbols = (0..<0x80).map { vocabulary.id([UInt8($0)]) ?? -1 }
    // U+2581 of SentencePiece; with parts added to characters or whole pieces looked up
    // its place in a piece matters.
    let mark: [UInt8] = [0xE2, 0x96, 0x81]
    let losesNothing = options.unknown != nil || fallback.count(where: { $0 != nil }) == 256
    let isPlain =
      losesNothing && !readsBytes && !options.ignoresMerges && options.prefix.isEmpty && options.suffix.isEmpty
      && vocabulary.id(mark) != nil
    wordMark = isPlain && !merges.crosses(mark, vocabulary) ? mark : nil
  }

  /// A character's symbol: its token, else the tokens of its bytes if the vocabulary has them all.
  private static func symbol(of text: [UInt8], _ vocabulary: Vocabulary, _ fallback: [Int32?]) -> Symbol {
    if let id = vocabulary.id(text) { return .token(id) }
    guard !fallback.isEmpty else { return .unknown }
    let ids = text.compactMap { fallback[Int($0)] }
    return ids.count == text.count ? .bytes(ids) : .unknown
  }

  /// Appends the ids of a piece.
  func encode(_ piece: UnsafeBufferPointer<UInt8>, _ room: inout MergeRoom, into ids: inout [Int32]) {
    guard let wordMark, piece.count > wordMark.count else { return encodeWord(piece, &room, into: &ids) }
    // A word begins at a mark behind another character.
    var start = 0
    var lastIsMark = true
    var at = 0
    while at < piece.count {
      let isMark =
        piece[at] == wordMark[0] && at + 2 < piece.count && piece[at + 1] == wordMark[1] && piece[at + 2] == wordMark[2]
      if isMark, !lastIsMark {
        encodeWord(UnsafeBufferPointer(rebasing: piece[start..<at]), &room, into: &ids)
        start = at
      }
      at += isMark ? 3 : 1
      lastIsMark = isMark
    }
    encodeWord(UnsafeBufferPointer(rebasing: piece[start...]), &room, into: &ids)
  }

  private func wholeToken(_ piece: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard byteSymbols != nil else { return vocabulary.id(piece) }
    guard piece.count <= vocabulary.longest else { return nil }
    return vocabulary.id(byteAlphabetText(of: piece))
  }

  private func byteAlphabetText(of piece: UnsafeBufferPointer<UInt8>) -> [UInt8] { Self.alphabet.text(of: piece) }

  private static let alphabet = ByteAlphabet()

  private func encodeWord(_ word: UnsafeBufferPointer<UInt8>, _ room: inout MergeRoom, into ids: inout [Int32]) {
    if let known = room.known(word) {
      ids.append(contentsOf: room.ids[known])
      return
    }
    room.symbols.removeAll(keepingCapacity: true)
    if options.ignoresMerges, let id = wholeToken(word) {
      room.symbols.append(id)
    } else {
      if let byteSymbols {
        symbols(ofBytes: word, byteSymbols, into: &room.symbols)
      } else {
        symbols(ofCharacters: word, into: &room.symbols)
      }
      merges.merge(&room)
    }
    room.remember(word)
    ids.append(contentsOf: room.symbols)
  }

  private func symbols(ofBytes word: UnsafeBufferPointer<UInt8>, _ table: [Symbol], into symbols: inout [Int32]) {
    var pending = 0
    for byte in word { add(table[Int(byte)], &pending, into: &symbols) }
    flush(&pending, into: &symbols)
  }

  private func symbols(ofCharacters word: UnsafeBufferPointer<UInt8>, into symbols: inout [Int32]) {
    var pending = 0
    let isPlain = options.prefix.isEmpty && options.suffix.isEmpty
    var at = 0
    while at < word.count {
      let lead = word[at]
      if lead < 0x80, isPlain, asciiSymbols[Int(lead)] >= 0 {
        flush(&pending, into: &symbols)
        symbols.append(asciiSymbols[Int(lead)])
        at += 1
        continue
      }
      let end = at + (lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
      if isPlain, let id = vocabulary.id(UnsafeBufferPointer(rebasing: word[at..<end])) {
        add(.token(id), &pending, into: &symbols)
      } else {
        var text = Array(word[at..<end])
        if at > 0 { text = options.prefix + text }
        if end == word.count { text += options.suffix }
        add(Self.symbol(of: text, vocabulary, fallback), &pending, into: &symbols)
      }
      at = end
    }
    flush(&pending, into: &symbols)
  }

  /// Adds a symbol. Unknown ones wait for the next known one, as in the reference: tokens of bytes overtake them.
  private func add(_ symbol: Symbol, _ pending: inout Int, into symbols: inout [Int32]) {
    switch symbol {
    case .token(let id):
      flush(&pending, into: &symbols)
      symbols.append(id)
    case .bytes(let ids): symbols.append(contentsOf: ids)
    case .unknown:
      guard let unknown = options.unknown else { return }
      if pending == 0 || options.fusesUnknown { pending = 1 } else { symbols.append(unknown) }
    }
  }

  private func flush(_ pending: inout Int, into symbols: inout [Int32]) {
    if pending > 0, let unknown = options.unknown { symbols.append(unknown) }
    pending = 0
  }
}

extension TokenizerPart {
  /// The id of `unk_token`; none where it is null or empty.
  func unknownToken(in vocabulary: Vocabulary) throws(TokenizerError) -> Int32? {
    if self["unk_token"].value.isNull { return nil }
    let token = try self["unk_token"].string()
    guard !token.isEmpty else { return nil }
    guard let id = vocabulary.id(Array(token.utf8)) else {
      throw self["unk_token"].wrong("\"\(token)\" is not in the vocabulary")
    }
    return id
  }
}
