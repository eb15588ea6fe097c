internal import Hashing
internal import JSON

/// A tokenizer as described by a Hugging Face `tokenizer.json`: text to ids and back, exactly as the reference does it.
///
/// The file's `truncation` and `padding` are left out of account: they say how a batch was once cut and filled, and
/// whoever encodes here wants the whole text and no filling.
public struct Tokenizer: Sendable {
  /// SHA-256 of the file, or of the tables that the tokenizer was made of.
  public let contentHash: String
  /// One more than the largest id.
  public let vocabularySize: Int

  private let normalizer: Normalizer?
  private let steps: [PreTokenizer]
  /// What byte-level steps rewrite pieces in; none leaves the bytes to the model.
  private let alphabet: ByteAlphabet?
  /// Whether a step treats the start of the whole text in its own way.
  private let asksForStart: Bool
  private let model: TokenModel
  private let decoder: Decoder?
  private let postProcessor: PostProcessor
  private let rawTokens: AddedTokens
  private let normalizedTokens: AddedTokens
  let added: AddedTokens
  /// The texts of added tokens in decoded text: those that are normalised appear so.
  private let addedTexts: [Int32: String]

  /// Reads `tokenizer.json` of a checkpoint folder.
  public init(folder: String) throws(TokenizerError) { try self.init(file: "\(folder)/tokenizer.json") }

  /// Reads a `tokenizer.json`.
  public init(file: String) throws(TokenizerError) {
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(file) } catch { throw .unreadable(error) }
    try self.init(bytes: bytes, name: file)
  }

  /// Reads the bytes of a `tokenizer.json`; `name` stands in errors.
  public init(bytes: [UInt8], name: String) throws(TokenizerError) {
    let document: JSONDocument
    let nulls = NullKeys(bytes)
    do { document = try JSONDocument.parse(nulls.bytes, name: name) } catch { throw .unreadable(error) }
    let root = TokenizerPart(document, nulls)
    guard root.value.object != nil else { throw root.wrong("expected an object, found \(root.value.typeName)") }
    let normalizer = try Normalizer.read(root["normalizer"])
    let preTokenizer = try PreTokenizer.read(root["pre_tokenizer"])
    let steps = preTokenizer?.flat ?? []
    // Rewriting every piece in the byte alphabet is only worth it where someone looks at the letters.
    let isBPE = try TokenModel.type(of: root["model"]) == "BPE"
    let readsBytes =
      isBPE && BPE.canReadBytes(root["model"]) && steps.last?.isByteLevel == true
      && steps.count(where: \.isByteLevel) == 1
    let model = try TokenModel(root["model"], readsBytes: readsBytes)
    self.init(
      Parts(
        contentHash: SHA256.hex(bytes),
        normalizer: normalizer,
        steps: steps,
        readsBytes: readsBytes,
        model: model,
        decoder: try Decoder.read(root["decoder"]),
        postProcessor: try PostProcessor(root["post_processor"]),
        added: try AddedTokens(root["added_tokens"])
      )
    )
  }

  /// What a tokenizer is made of.
  struct Parts {
    let contentHash: String
    let normalizer: Normalizer?
    let steps: [PreTokenizer]
    /// Whether the model takes the last step's bytes as they are.
    let readsBytes: Bool
    let model: TokenModel
    let decoder: Decoder?
    let postProcessor: PostProcessor
    let added: AddedTokens
  }

  init(_ parts: Parts) {
    contentHash = parts.contentHash
    normalizer = parts.normalizer
    steps = parts.steps
    asksForStart = parts.steps.contains { if case .metaspace(let step) = $0 { step.asksForStart } else { false } }
    alphabet = parts.readsBytes ? nil : ByteAlphabet()
    model = parts.model
    decoder = parts.decoder
    postProcessor = parts.postProcessor
    added = parts.added
    rawTokens = added.selecting(normalized: false, by: parts.normalizer)
    normalizedTokens = added.selecting(normalized: true, by: parts.normalizer)
    addedTexts = Dictionary(
      added.entries.map { entry in
        guard entry.isNormalized, let normalizer = parts.normalizer else { return (entry.id, entry.content) }
        return (entry.id, String(decoding: normalizer.apply(Array(entry.content.utf8)), as: UTF8.self))
      },
      uniquingKeysWith: { $1 }
    )
    vocabularySize = max(model.vocabulary.idCount, (added.entries.map { Int($0.id) }.max() ?? -1) + 1)
  }

  /// The ids of a text.
  /// - Parameters:
  ///   - addSpecialTokens: whether the post-processor adds its tokens (BOS).
  ///   - specialsAsText: whether special tokens written in the text are plain text; for text nobody should steer with.
  public func encode(_ text: String, addSpecialTokens: Bool = false, specialsAsText: Bool = false) -> [Int32] {
    let ids = encode(Array(text.utf8), specialsAsText: specialsAsText) { $0 }
    return addSpecialTokens ? postProcessor.apply(ids) : ids
  }

  /// The ids of UTF-8; `clear` is done to every stretch that is no token.
  func encode(_ source: [UInt8], specialsAsText: Bool, clear: ([UInt8]) -> [UInt8]) -> [Int32] {
    var ids: [Int32] = []
    var room = MergeRoom()
    for piece in rawTokens.split(source, specialsAsText: specialsAsText) {
      switch piece {
      case .token(let id): ids.append(id)
      case .text(let range):
        let text = range.count == source.count ? source : Array(source[range])
        let normalized = normalizer?.apply(text) ?? text
        // Only one step asks where the text starts.
        let limit =
          range.lowerBound == 0 && asksForStart ? normalizer?.startLimit(of: text, normalized: normalized) ?? 0 : -1
        for piece in normalizedTokens.split(normalized, specialsAsText: specialsAsText) {
          switch piece {
          case .token(let id): ids.append(id)
          case .text(let range):
            let text = clear(range.count == normalized.count ? normalized : Array(normalized[range]))
            encodePlain(Pieces(text, startLimit: limit - range.lowerBound), &room, into: &ids)
          }
        }
      }
    }
    return ids
  }

  private func encodePlain(_ pieces: Pieces, _ room: inout MergeRoom, into ids: inout [Int32]) {
    var pieces = pieces
    for step in steps { step.apply(&pieces, alphabet: alphabet) }
    pieces.bytes.withUnsafeBufferPointer { bytes in
      for range in pieces.ranges { model.encode(UnsafeBufferPointer(rebasing: bytes[range]), &room, into: &ids) }
    }
  }

  /// The text of ids.
  /// - Throws: ``TokenizerError/unknownId(_:vocabularySize:)`` for an id that no token has.
  public func decode(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool) throws(TokenizerError) -> String {
    var tokens: [String] = []
    for id in ids {
      guard let token = token(id) else { throw .unknownId(Int(id), vocabularySize: vocabularySize) }
      // By its text, as the reference does: a special token that the normaliser changes is not left out.
      if skipSpecialTokens, added.isSpecial(token) { continue }
      tokens.append(token)
    }
    guard let decoder else { return tokens.joined(separator: " ") }
    return decoder.apply(tokens).joined()
  }

  /// The text of an id as the vocabulary writes it.
  public func token(_ id: Int32) -> String? { addedTexts[id] ?? model.vocabulary.token(id) }

  /// The id of a token, added tokens first.
  public func id(of token: String) -> Int32? { added.id(of: token) ?? model.vocabulary.id(Array(token.utf8)) }

  /// Whether the id is a special token.
  public func isSpecial(_ id: Int32) -> Bool { added.isSpecial(id) }
}
