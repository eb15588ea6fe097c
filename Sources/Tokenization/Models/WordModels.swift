internal import JSON

/// The model of BERT: the longest token that begins the rest of a word, until the word is used up.
struct WordPiece: Sendable {
  let vocabulary: Vocabulary
  private let unknown: Int32?
  private let prefix: [UInt8]
  private let mostCharacters: Int

  /// Reads the `model` part.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    vocabulary = try Vocabulary(part["vocab"])
    unknown = try part.unknownToken(in: vocabulary)
    prefix = Array(
      (part["continuing_subword_prefix"].value.isNull ? "##" : try part["continuing_subword_prefix"].string()).utf8
    )
    mostCharacters = part["max_input_chars_per_word"].value.isNull ? 100 : try part["max_input_chars_per_word"].count()
  }

  init(vocabulary: Vocabulary, unknown: Int32?, prefix: [UInt8]) {
    self.vocabulary = vocabulary
    self.unknown = unknown
    self.prefix = prefix
    mostCharacters = 100
  }

  /// Appends the ids of a word; one that cannot be cut whole is the unknown token.
  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    let before = ids.count
    var start = 0
    let characters = word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    while characters <= mostCharacters, start < word.count, let (end, id) = longest(word, start) {
      ids.append(id)
      start = end
    }
    guard start < word.count else { return }
    ids.removeLast(ids.count - before)
    if let unknown { ids.append(unknown) }
  }

  private func longest(_ word: UnsafeBufferPointer<UInt8>, _ start: Int) -> (end: Int, id: Int32)? {
    // Nothing longer than the longest token need be tried.
    var end = min(word.count, start + vocabulary.longest)
    while end < word.count, end > start, word[end] & 0xC0 == 0x80 { end -= 1 }
    while end > start {
      let text = UnsafeBufferPointer(rebasing: word[start..<end])
      if let id = start == 0 ? vocabulary.id(text) : vocabulary.id(prefix + text) { return (end, id) }
      end -= 1
      while end > start, word[end] & 0xC0 == 0x80 { end -= 1 }
    }
    return nil
  }
}

/// The model in which a word is a token or unknown.
struct WordLevel: Sendable {
  let vocabulary: Vocabulary
  private let unknown: Int32?

  /// Reads the `model` part.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    vocabulary = try Vocabulary(part["vocab"])
    unknown = try part.unknownToken(in: vocabulary)
  }

  /// Appends the id of a word.
  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    if let id = vocabulary.id(word) ?? unknown { ids.append(id) }
  }
}

/// The model of a tokenizer.
enum TokenModel: Sendable {
  case bpe(BPE)
  case unigram(Unigram)
  case wordPiece(WordPiece)
  case wordLevel(WordLevel)

  private static let types = ["BPE", "Unigram", "WordPiece", "WordLevel"]

  /// Reads the `model` part.
  /// - Parameter readsBytes: whether pieces may be bytes that stand for characters of the byte alphabet.
  init(_ part: TokenizerPart, readsBytes: Bool) throws(TokenizerError) {
    switch try Self.type(of: part) {
    case "BPE": self = .bpe(try BPE(part, readsBytes: readsBytes))
    case "Unigram": self = .unigram(try Unigram(part))
    case "WordPiece": self = .wordPiece(try WordPiece(part))
    default: self = .wordLevel(try WordLevel(part))
    }
  }

  /// The word under `type`; older files leave it out, and the other keys tell.
  static func type(of part: TokenizerPart) throws(TokenizerError) -> String {
    if part["type"].value.isNull, part["vocab"].value.object != nil, part["merges"].value.array != nil { return "BPE" }
    return try part.type(of: types, what: "model type")
  }

  var vocabulary: Vocabulary {
    switch self {
    case .bpe(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    case .wordPiece(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    }
  }

  /// Appends the ids of a piece.
  func encode(_ piece: UnsafeBufferPointer<UInt8>, _ room: inout MergeRoom, into ids: inout [Int32]) {
    switch self {
    case .bpe(let model): model.encode(piece, &room, into: &ids)
    case .unigram(let model): model.encode(piece, into: &ids)
    case .wordPiece(let model): model.encode(piece, into: &ids)
    case .wordLevel(let model): model.encode(piece, into: &ids)
    }
  }
}
