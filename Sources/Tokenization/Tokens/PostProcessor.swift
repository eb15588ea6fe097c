internal import JSON

/// What the post-processor makes of the ids of a single text: tokens before, between and behind them.
struct PostProcessor: Sendable {
  /// A part of the result.
  private enum Part: Sendable {
    case tokens([Int32])
    case text
  }

  private let parts: [Part]

  static let types = ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", "Sequence"]

  private init(_ parts: [Part]) { self.parts = parts }

  /// Puts these tokens around a text.
  init(before: [Int32], after: [Int32]) { parts = [.tokens(before), .text, .tokens(after)] }

  /// Reads the `post_processor` part; `null` leaves a text as it is.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    guard !part.value.isNull else {
      self.init([.text])
      return
    }
    switch try part.type(of: Self.types, what: "post-processor") {
    case "Sequence":
      // Each takes what the one before it made.
      var made = [Part.text]
      for step in try part.steps("processors") {
        made = try PostProcessor(step).parts.flatMap { if case .text = $0 { made } else { [$0] } }
      }
      self.init(made)
    case "TemplateProcessing": self.init(try Self.template(part))
    case "BertProcessing", "RobertaProcessing":
      self.init([.tokens([try Self.id(part["cls"])]), .text, .tokens([try Self.id(part["sep"])])])
    // What is left of the byte-level one concerns offsets alone.
    default: self.init([.text])
    }
  }

  private static func template(_ part: TokenizerPart) throws(TokenizerError) -> [Part] {
    var parts: [Part] = []
    for step in try part["single"].elements() {
      if step["Sequence"].value.object != nil {
        let id = step["Sequence"]["id"].value
        guard id.isNull || id == "A" else {
          throw step["Sequence"]["id"].wrong("a template for a single text can only hold the sequence \"A\"")
        }
        parts.append(.text)
        continue
      }
      let name = try step["SpecialToken"]["id"].string()
      let token = part["special_tokens"][name]
      guard token.value.object != nil else {
        throw step["SpecialToken"]["id"].wrong("\"\(name)\" is not among the special_tokens of the template")
      }
      var ids: [Int32] = []
      for id in try token["ids"].elements() { ids.append(try Self.id(id)) }
      parts.append(.tokens(ids))
    }
    return parts
  }

  /// An id, or the second of a token and its id.
  private static func id(_ part: TokenizerPart) throws(TokenizerError) -> Int32 {
    let number = part.value.array == nil ? part : part.element(1)
    let id = try number.count()
    guard id < Vocabulary.largestId else { throw number.wrong("expected an id below \(Vocabulary.largestId)") }
    return Int32(id)
  }

  /// The ids with the tokens that belong to them.
  func apply(_ ids: [Int32]) -> [Int32] {
    parts.flatMap { if case .tokens(let tokens) = $0 { tokens } else { ids } }
  }
}
