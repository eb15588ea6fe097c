/// The tokenizer of a GGUF file as plain data, checked for contradictions and not yet made into a tokenizer.
public struct GGUFVocabulary: Sendable, Equatable {
  /// What a token is, by the numbers of the format.
  public enum TokenType: Int64, Sendable {
    /// Text.
    case normal = 1
    /// The unknown token.
    case unknown = 2
    /// Special: never written by users.
    case control = 3
    /// Added: recognised whole in a text.
    case userDefined = 4
    /// Padding of the table.
    case unused = 5
    /// One raw byte, `<0x0A>`.
    case byte = 6
  }

  /// `tokenizer.ggml.model`: `gpt2` (byte-level BPE), `llama` (SentencePiece BPE with byte fallback), `t5` (Unigram) …
  public let model: String
  /// `tokenizer.ggml.pre`: the name of the pre-tokenizer, if it is told.
  public let pre: String?
  /// Tokens by id.
  public let tokens: [String]
  /// One for each token, or empty.
  public let scores: [Float]
  /// One for each token, or empty.
  public let types: [TokenType]
  /// Pairs of tokens with a space between, in the order of their rank; or empty.
  public let merges: [String]
  /// Ids of special tokens by the word before `_token_id` (`bos`, `eos`, `eot`, `unknown`, `padding` …).
  public let specialIDs: [String: Int]
  /// Whether encoding puts the BOS token first; nil where the file does not say.
  public let addsBOS: Bool?
  /// Whether encoding puts the EOS token last; nil where the file does not say.
  public let addsEOS: Bool?
  /// Whether a space is put before the text; nil where the file does not say.
  public let addsSpacePrefix: Bool?
  /// The chat template, if there is one.
  public let chatTemplate: String?

  /// Reads the vocabulary of a file; nil where it has none.
  public init?(_ file: GGUFFile) throws(TensorError) {
    guard let model = try file.text("tokenizer.ggml.model"), model != "none" else { return nil }
    func bad(_ key: String, _ problem: String) -> TensorError {
      .badMetadata(file: file.path, key: "tokenizer.ggml.\(key)", problem: problem)
    }
    guard case .strings(let tokens)? = file.value("tokenizer.ggml.tokens"), !tokens.isEmpty else {
      throw bad("tokens", "expected an array of texts")
    }
    func count(_ key: String, _ count: Int) throws(TensorError) {
      guard count == tokens.count else { throw bad(key, "has \(count) entries for \(tokens.count) tokens") }
    }
    var scores: [Float] = []
    if let value = file.value("tokenizer.ggml.scores") {
      guard case .numbers(let numbers) = value else { throw bad("scores", "expected numbers, found \(value.typeName)") }
      try count("scores", numbers.count)
      scores = numbers.map { Float($0) }
    }
    var types: [TokenType] = []
    if let value = file.value("tokenizer.ggml.token_type") {
      guard case .integers(let numbers) = value else {
        throw bad("token_type", "expected whole numbers, found \(value.typeName)")
      }
      try count("token_type", numbers.count)
      for (at, number) in numbers.enumerated() {
        guard let type = TokenType(rawValue: number) else { throw bad("token_type", "token \(at) has type \(number)") }
        types.append(type)
      }
    }
    var merges: [String] = []
    if let value = file.value("tokenizer.ggml.merges"), value != .integers([]) {
      guard case .strings(let texts) = value else { throw bad("merges", "expected texts, found \(value.typeName)") }
      merges = texts
    }
    var specialIDs: [String: Int] = [:]
    for (key, _) in file.metadata where key.hasPrefix("tokenizer.ggml.") && key.hasSuffix("_token_id") {
      let word = String(key.dropFirst("tokenizer.ggml.".count).dropLast("_token_id".count))
      specialIDs[word] = try file.integer(key, 0...(tokens.count - 1))
    }
    self.model = model
    self.tokens = tokens
    self.scores = scores
    self.types = types
    self.merges = merges
    self.specialIDs = specialIDs
    pre = try file.text("tokenizer.ggml.pre")
    addsBOS = try file.flag("tokenizer.ggml.add_bos_token")
    addsEOS = try file.flag("tokenizer.ggml.add_eos_token")
    addsSpacePrefix = try file.flag("tokenizer.ggml.add_space_prefix")
    chatTemplate = try file.text("tokenizer.chat_template")
  }

  /// Ids that end an answer: end of sequence, of turn and of message.
  public var stopIDs: [Int] { ["eos", "eot", "eom"].compactMap { specialIDs[$0] } }
}
