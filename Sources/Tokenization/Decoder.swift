internal import JSON

/// A step of the decoder: token texts to token texts; what is left is joined.
indirect enum Decoder: Sendable {
  case byteLevel(ByteAlphabet)
  case replace(String, with: String)
  case byteFallback
  case fuse
  case strip(Unicode.Scalar, start: Int, stop: Int)
  case metaspace(replacement: String, strips: Bool)
  case sequence([Decoder])

  static let types = ["Sequence", "ByteLevel", "Replace", "ByteFallback", "Fuse", "Strip", "Metaspace"]

  /// Reads the `decoder` part; `null` is none.
  init?(_ part: TokenizerPart) throws(TokenizerError) {
    if part.value.isNull { return nil }
    switch try part.type(of: Self.types, what: "decoder") {
    case "ByteLevel": self = .byteLevel(ByteAlphabet())
    case "Replace": self = .replace(try literal(part["pattern"]), with: try part["content"].string())
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Strip":
      guard let scalar = try part["content"].string().unicodeScalars.first else {
        throw part["content"].wrong("expected one character")
      }
      self = .strip(scalar, start: try part["start"].count(), stop: try part["stop"].count())
    case "Metaspace":
      let scheme = part["prepend_scheme"].value.string ?? "always"
      self = .metaspace(replacement: try part["replacement"].string(), strips: scheme != "never")
    default:
      var steps: [Decoder] = []
      for step in try part["decoders"].elements() { if let step = try Decoder(step) { steps.append(step) } }
      self = .sequence(steps)
    }
  }

  func apply(_ tokens: [String]) -> [String] {
    switch self {
    case .byteLevel(let alphabet): [String(decoding: tokens.flatMap { alphabet.bytes(of: $0) }, as: UTF8.self)]
    case .replace(let old, let new): tokens.map { replaceScalars(old, with: new, in: $0) }
    case .byteFallback: Self.joinBytes(tokens)
    case .fuse: [tokens.joined()]
    case .strip(let scalar, let start, let stop): tokens.map { Self.strip($0, scalar, start, stop) }
    case .metaspace(let replacement, let strips):
      tokens.enumerated().map { at, token in
        let text = replaceScalars(replacement, with: " ", in: token)
        return at == 0 && strips && text.unicodeScalars.first == " " ? String(text.unicodeScalars.dropFirst()) : text
      }
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
      if bytes.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">"),
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
}
