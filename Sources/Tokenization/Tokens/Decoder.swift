internal import JSON

/// A step of the decoder: token texts to token texts; what is left is joined.
indirect enum Decoder: Sendable {
  case byteLevel(ByteAlphabet)
  case replace(Replacement)
  case byteFallback
  case fuse
  case strip(Unicode.Scalar, start: Int, stop: Int)
  case metaspace(Unicode.Scalar, strips: Bool)
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  case suffix(Replacement, last: Replacement)
  case ctc(pad: Replacement, space: Replacement, cleansUp: Bool)
  case sequence([Decoder])

  static let types = [
    "Sequence", "ByteLevel", "Replace", "ByteFallback", "Fuse", "Strip", "Metaspace", "WordPiece", "BPEDecoder", "CTC",
  ]

  /// Reads the `decoder` part; `null` is none.
  static func read(_ part: TokenizerPart) throws(TokenizerError) -> Decoder? {
    if part.value.isNull { return nil }
    switch try part.type(of: types, what: "decoder") {
    case "ByteLevel": return .byteLevel(ByteAlphabet())
    case "Replace": return .replace(try Replacement(part))
    case "ByteFallback": return .byteFallback
    case "Fuse": return .fuse
    case "Strip":
      return .strip(
        try part["content"].scalar(),
        start: try part["start"].count(),
        stop: try part["stop"].count()
      )
    case "Metaspace":
      let scheme = part["prepend_scheme"].value.isNull ? "always" : try part["prepend_scheme"].string()
      let isOff = try !part["add_prefix_space"].bool(true)
      return .metaspace(try part["replacement"].scalar(), strips: scheme != "never" && !isOff)
    case "WordPiece":
      let prefix = part["prefix"].value.isNull ? "##" : try part["prefix"].string()
      return .wordPiece(prefix: Array(prefix.utf8), cleansUp: try part["cleanup"].bool(true))
    case "BPEDecoder":
      let suffix = part["suffix"].value.isNull ? "</w>" : try part["suffix"].string()
      return .suffix(try part.replacement(of: suffix, with: " "), last: try part.replacement(of: suffix, with: ""))
    case "CTC":
      let pad = part["pad_token"].value.isNull ? "<pad>" : try part["pad_token"].string()
      let space = part["word_delimiter_token"].value.isNull ? "|" : try part["word_delimiter_token"].string()
      return .ctc(
        pad: try part.replacement(of: pad, with: ""),
        space: try part.replacement(of: space, with: " "),
        cleansUp: try part["cleanup"].bool(true)
      )
    default:
      var steps: [Decoder] = []
      for step in try part.steps("decoders") { if let step = try read(step) { steps.append(step) } }
      return .sequence(steps)
    }
  }

  func apply(_ tokens: [String]) -> [String] {
    switch self {
    case .byteLevel(let alphabet): [String(decoding: tokens.flatMap { alphabet.bytes(of: $0) }, as: UTF8.self)]
    case .replace(let replacement): tokens.map { replacement.apply($0) }
    case .byteFallback: Self.joinBytes(tokens)
    case .fuse: [tokens.joined()]
    case .strip(let scalar, let start, let stop): tokens.map { Self.strip($0, scalar, start, stop) }
    case .metaspace(let mark, let strips):
      tokens.enumerated().map { at, token in
        var text = String.UnicodeScalarView()
        for scalar in token.unicodeScalars {
          // The marks of the first token stand for no space at all.
          if scalar != mark { text.append(scalar) } else if at > 0 || !strips { text.append(" ") }
        }
        return String(text)
      }
    case .wordPiece(let prefix, let cleansUp):
      tokens.enumerated().map { at, token in
        var text = token
        if at > 0 {
          text =
            token.utf8.starts(with: prefix)
            ? String(decoding: token.utf8.dropFirst(prefix.count), as: UTF8.self) : " " + token
        }
        return cleansUp ? Self.cleanedUp(text) : text
      }
    case .suffix(let between, let last):
      tokens.enumerated().map { at, token in (at == tokens.count - 1 ? last : between).apply(token) }
    case .ctc(let pad, let space, let cleansUp): Self.collapse(tokens, pad, space, cleansUp)
    case .sequence(let steps): steps.reduce(tokens) { $1.apply($0) }
    }
  }

  private static func strip(_ text: String, _ scalar: Unicode.Scalar, _ start: Int, _ stop: Int) -> String {
    var scalars = text.unicodeScalars[...]
    var left = start
    while left > 0, scalars.first == scalar {
      scalars.removeFirst()
      left -= 1
    }
    left = stop
    while left > 0, scalars.last == scalar {
      scalars.removeLast()
      left -= 1
    }
    return String(scalars)
  }

  /// Joins runs of `<0x0A>` tokens to characters; a run that is no UTF-8 gives one U+FFFD a byte.
  private static func joinBytes(_ tokens: [String]) -> [String] {
    var out: [String] = []
    var run: [UInt8] = []
    func flush() {
      guard !run.isEmpty else { return }
      if let text = String(validating: run, as: UTF8.self) {
        out.append(text)
      } else {
        out.append(contentsOf: repeatElement("\u{FFFD}", count: run.count))
      }
      run.removeAll()
    }
    for token in tokens {
      let bytes = Array(token.utf8)
      if bytes.count == 6, bytes[..<3] == [0x3C, 0x30, 0x78], bytes[5] == 0x3E,
        let byte = UInt8(String(decoding: bytes[3..<5], as: UTF8.self), radix: 16)
      {
        run.append(byte)
      } else {
        flush()
        out.append(token)
      }
    }
    flush()
    return out
  }

  /// One of each run of equal tokens, without the pads.
  private static func collapse(_ tokens: [String], _ pad: Replacement, _ space: Replacement, _ cleansUp: Bool)
    -> [String]
  {
    var out: [String] = []
    var last: String?
    for token in tokens {
      defer { last = token }
      if let last, last.utf8.elementsEqual(token.utf8) { continue }
      var text = pad.apply(token)
      if cleansUp { text = space.apply(cleanedUp(text)) }
      if !text.isEmpty { out.append(text) }
    }
    return out
  }

  /// English without the spaces that a word tokenizer puts in, one change after the other.
  private static func cleanedUp(_ text: String) -> String {
    let changes = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
      (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    var bytes = Array(text.utf8)
    guard bytes.contains(0x20) else { return text }
    for (old, new) in changes { bytes = Replacement.replace(Array(old.utf8), with: Array(new.utf8), in: bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Replacement {
  /// A text with the replacement done.
  func apply(_ text: String) -> String { String(decoding: apply(Array(text.utf8)), as: UTF8.self) }
}

extension TokenizerPart {
  /// The replacement of a literal text, which must not be empty.
  fileprivate func replacement(of text: String, with new: String) throws(TokenizerError) -> Replacement {
    guard !text.isEmpty else { throw wrong("an empty text to replace is not supported") }
    return .literal(Array(text.utf8), with: Array(new.utf8))
  }
}
