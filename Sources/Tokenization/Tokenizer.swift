internal import Hashing
internal import JSON

/// A tokenizer as described by a Hugging Face `tokenizer.json`: text to ids and back, exactly as the reference does it.
public struct Tokenizer: Sendable {
  /// SHA-256 of the file.
  public let contentHash: String
  /// One more than the largest id.
  public let vocabularySize: Int

  private let normalizer: Normalizer?
  private let preTokenizer: PreTokenizer?
  private let byteAlphabet: ByteAlphabet?
  private let model: BPE
  private let decoder: Decoder?
  private let rawTokens: AddedTokens
  private let normalizedTokens: AddedTokens
  private let added: AddedTokens
  private let addedTexts: [Int32: String]
  private let prefix: [Int32]
  private let suffix: [Int32]

  /// Reads `tokenizer.json` of a checkpoint folder.
  public init(folder: String) throws(TokenizerError) { try self.init(file: "\(folder)/tokenizer.json") }

  /// Reads a `tokenizer.json`.
  public init(file: String) throws(TokenizerError) {
    let bytes: [UInt8]
    let document: JSONDocument
    do {
      bytes = try FileBytes.read(file)
      document = try JSONDocument.parse(bytes, name: file)
    } catch { throw .unreadable(error) }
    let root = TokenizerPart(document)
    guard root.value.object != nil else { throw root.wrong("expected an object, found \(root.value.typeName)") }
    contentHash = SHA256.hex(bytes)
    normalizer = try Normalizer(root["normalizer"])
    preTokenizer = try PreTokenizer(root["pre_tokenizer"])
    byteAlphabet = preTokenizer?.isByteLevel == true ? ByteAlphabet() : nil
    model = try BPE(root["model"], byteAlphabet: byteAlphabet)
    decoder = try Decoder(root["decoder"])
    added = try AddedTokens(root["added_tokens"])
    rawTokens = added.selecting(normalized: false)
    normalizedTokens = added.selecting(normalized: true)
    addedTexts = Dictionary(added.entries.map { ($0.id, $0.content) }, uniquingKeysWith: { $1 })
    vocabularySize = max(model.tokens.count, (added.entries.map { Int($0.id) }.max() ?? -1) + 1)
    (prefix, suffix) = try Self.template(root["post_processor"])
  }

  /// The ids of a text.
  /// - Parameters:
  ///   - addSpecialTokens: whether the post-processor adds its tokens (BOS).
  ///   - specialsAsText: whether special tokens written in the text are plain text; for text nobody should steer with.
  public func encode(_ text: String, addSpecialTokens: Bool = false, specialsAsText: Bool = false) -> [Int32] {
    var ids: [Int32] = addSpecialTokens ? prefix : []
    var isFirst = true
    for piece in rawTokens.split(text[...], specialsAsText: specialsAsText) {
      switch piece {
      case .token(let id): ids.append(id)
      case .text(let part):
        let normalized = normalizer?.apply(String(part)) ?? String(part)
        for piece in normalizedTokens.split(normalized[...], specialsAsText: specialsAsText) {
          switch piece {
          case .token(let id): ids.append(id)
          case .text(let part): encodePlain(String(part), isFirst: isFirst, into: &ids)
          }
          isFirst = false
        }
      }
      isFirst = false
    }
    if addSpecialTokens { ids.append(contentsOf: suffix) }
    return ids
  }

  /// A mark for ``shielding(_:with:)`` that none of the texts contains, if there is one: a noncharacter.
  public static func mark(for texts: [String]) -> Unicode.Scalar? {
    (0xFDD0...0xFDEF).compactMap { Unicode.Scalar($0 as UInt32) }.first { mark in
      !texts.contains { $0.unicodeScalars.contains(mark) }
    }
  }

  /// The text with a mark inside every special token written in it, so that a chat template can carry it as plain text.
  public func shielding(_ text: String, with mark: Unicode.Scalar) -> String {
    var out = String.UnicodeScalarView()
    for piece in added.split(text[...], specialsAsText: false) {
      switch piece {
      case .text(let part): out.append(contentsOf: part.unicodeScalars)
      case .token(let id):
        for (index, scalar) in (addedTexts[id] ?? "").unicodeScalars.enumerated() {
          out.append(scalar)
          if index == 0, added.isSpecial(id) { out.append(mark) }
        }
      }
    }
    return String(out)
  }

  /// The ids of a rendered conversation: special tokens of the template are control, shielded ones are text.
  public func encode(rendered text: String, shieldedWith mark: Unicode.Scalar) -> [Int32] {
    func clear(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != mark })) }
    var ids: [Int32] = []
    var isFirst = true
    for piece in rawTokens.split(text[...], specialsAsText: false) {
      switch piece {
      case .token(let id): ids.append(id)
      case .text(let part):
        let normalized = normalizer?.apply(String(part)) ?? String(part)
        for piece in normalizedTokens.split(normalized[...], specialsAsText: false) {
          switch piece {
          case .token(let id): ids.append(id)
          case .text(let part): encodePlain(clear(String(part)), isFirst: isFirst, into: &ids)
          }
          isFirst = false
        }
      }
      isFirst = false
    }
    return ids
  }

  private func encodePlain(_ text: String, isFirst: Bool, into ids: inout [Int32]) {
    let whole = text[...].unicodeScalars
    let pieces = preTokenizer?.apply(whole, isFirst: isFirst) ?? [whole]
    for piece in pieces where !piece.isEmpty {
      model.encode(piece, word: byteAlphabet?.text(of: Substring(piece).utf8) ?? String(piece), into: &ids)
    }
  }

  /// The text of ids.
  /// - Throws: ``TokenizerError/unknownId(_:vocabularySize:)`` for an id that no token has.
  public func decode(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool) throws(TokenizerError) -> String {
    var tokens: [String] = []
    for id in ids {
      if skipSpecialTokens, added.isSpecial(id) { continue }
      guard let token = token(id) else { throw .unknownId(Int(id), vocabularySize: vocabularySize) }
      tokens.append(token)
    }
    guard let decoder else { return tokens.joined(separator: " ") }
    return decoder.apply(tokens).joined()
  }

  /// The text of an id as the vocabulary writes it.
  public func token(_ id: Int32) -> String? {
    if let text = addedTexts[id] { return text }
    return id >= 0 && Int(id) < model.tokens.count ? model.tokens[Int(id)] : nil
  }

  /// The id of a token, added tokens first.
  public func id(of token: String) -> Int32? {
    added.entries.first { $0.content.utf8.elementsEqual(token.utf8) }?.id ?? model.vocabulary[ExactText(token)]
  }

  /// Whether the id is a special token.
  public func isSpecial(_ id: Int32) -> Bool { added.isSpecial(id) }

  /// What the post-processor puts before and after a single text.
  private static func template(_ part: TokenizerPart) throws(TokenizerError) -> (before: [Int32], after: [Int32]) {
    if part.value.isNull { return ([], []) }
    switch try part.type(of: ["TemplateProcessing", "ByteLevel", "Sequence"], what: "post-processor") {
    case "Sequence":
      var all: (before: [Int32], after: [Int32]) = ([], [])
      for step in try part["processors"].elements() {
        let (before, after) = try template(step)
        all = (before + all.before, all.after + after)
      }
      return all
    case "TemplateProcessing":
      var before: [Int32] = []
      var after: [Int32] = []
      var seen = false
      for step in try part["single"].elements() {
        if step["Sequence"].value.object != nil {
          seen = true
          continue
        }
        let name = try step["SpecialToken"]["id"].string()
        for id in try part["special_tokens"][name]["ids"].elements() {
          let id = Int32(try id.count())
          if seen { after.append(id) } else { before.append(id) }
        }
      }
      return (before, after)
    default: return ([], [])
    }
  }
}
