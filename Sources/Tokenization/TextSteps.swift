internal import Foundation
internal import JSON

/// A step of the normaliser: text to text.
indirect enum Normalizer: Sendable {
  case nfc, nfd, nfkc, nfkd, lowercase
  case prepend(String)
  case replace(String, with: String)
  case strip(left: Bool, right: Bool)
  case sequence([Normalizer])

  static let types = [
    "Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace", "Strip",
  ]

  /// Reads the `normalizer` part; `null` is none.
  init?(_ part: TokenizerPart) throws(TokenizerError) {
    if part.value.isNull { return nil }
    switch try part.type(of: Self.types, what: "normalizer") {
    case "NFC": self = .nfc
    case "NFD": self = .nfd
    case "NFKC": self = .nfkc
    case "NFKD": self = .nfkd
    case "Lowercase": self = .lowercase
    case "Prepend": self = .prepend(try part["prepend"].string())
    case "Replace": self = .replace(try literal(part["pattern"]), with: try part["content"].string())
    case "Strip":
      self = .strip(left: try part["strip_left"].bool(true), right: try part["strip_right"].bool(true))
    default:
      var steps: [Normalizer] = []
      for step in try part["normalizers"].elements() { if let step = try Normalizer(step) { steps.append(step) } }
      self = .sequence(steps)
    }
  }

  func apply(_ text: String) -> String {
    switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .nfd: text.decomposedStringWithCanonicalMapping
    case .nfkc: text.precomposedStringWithCompatibilityMapping
    case .nfkd: text.decomposedStringWithCompatibilityMapping
    case .lowercase: text.lowercased()
    case .prepend(let prefix): text.isEmpty ? text : prefix + text
    case .replace(let old, let new): replaceScalars(old, with: new, in: text)
    case .strip(let left, let right): strip(text, left: left, right: right)
    case .sequence(let steps): steps.reduce(text) { $1.apply($0) }
    }
  }

  private func strip(_ text: String, left: Bool, right: Bool) -> String {
    var scalars = text.unicodeScalars[...]
    if left { scalars = scalars.drop { $0.properties.isWhitespace } }
    if right { while scalars.last?.properties.isWhitespace == true { scalars.removeLast() } }
    return String(scalars)
  }
}

/// The literal text of a `pattern`.
func literal(_ part: TokenizerPart) throws(TokenizerError) -> String {
  guard let text = part["String"].value.string, !text.isEmpty else {
    throw part.wrong("only a pattern {\"String\": \"…\"} is supported here")
  }
  return text
}

/// Replaces every occurrence, comparing Unicode scalars.
func replaceScalars(_ old: String, with new: String, in text: String) -> String {
  let wanted = Array(old.utf8)
  let source = Array(text.utf8)
  var out: [UInt8] = []
  out.reserveCapacity(source.count)
  var at = 0
  while at < source.count {
    if source[at] == wanted[0], source[at...].starts(with: wanted) {
      out.append(contentsOf: new.utf8)
      at += wanted.count
    } else {
      out.append(source[at])
      at += 1
    }
  }
  return String(decoding: out, as: UTF8.self)
}

/// A step of the pre-tokeniser: a piece to pieces.
indirect enum PreTokenizer: Sendable {
  case byteLevel(addPrefixSpace: Bool, splits: Bool)
  case digits(individual: Bool)
  case metaspace(replacement: String, scheme: String, splits: Bool)
  case split(SplitStep)
  case sequence([PreTokenizer])

  static let types = ["Sequence", "ByteLevel", "Digits", "Metaspace", "Split"]

  /// Reads the `pre_tokenizer` part; `null` is none.
  init?(_ part: TokenizerPart) throws(TokenizerError) {
    if part.value.isNull { return nil }
    switch try part.type(of: Self.types, what: "pre-tokenizer") {
    case "ByteLevel":
      self = .byteLevel(
        addPrefixSpace: try part["add_prefix_space"].bool(true),
        splits: try part["use_regex"].bool(true)
      )
    case "Digits": self = .digits(individual: try part["individual_digits"].bool(false))
    case "Metaspace":
      let scheme = part["prepend_scheme"].value.isNull ? "always" : try part["prepend_scheme"].string()
      guard ["always", "first", "never"].contains(scheme) else {
        throw part["prepend_scheme"].wrong("\"\(scheme)\" is not one of always, first, never")
      }
      self = .metaspace(
        replacement: try part["replacement"].string(),
        scheme: scheme,
        splits: try part["split"].bool(true)
      )
    case "Split": self = .split(try SplitStep(part))
    default:
      var steps: [PreTokenizer] = []
      for step in try part["pretokenizers"].elements() { if let step = try PreTokenizer(step) { steps.append(step) } }
      self = .sequence(steps)
    }
  }

  /// Whether the pieces are to be read as bytes.
  var isByteLevel: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let steps): steps.contains { $0.isByteLevel }
    default: false
    }
  }

  /// Splits a text; `isFirst` tells whether it starts the whole input.
  func apply(_ text: Substring.UnicodeScalarView, isFirst: Bool) -> [Substring.UnicodeScalarView] {
    switch self {
    case .sequence(let steps):
      var pieces = [text]
      for step in steps where !step.isIdle {
        pieces = pieces.enumerated().flatMap { at, piece in step.apply(piece, isFirst: isFirst && at == 0) }
      }
      return pieces
    case .byteLevel(let addPrefixSpace, let splits):
      let text = addPrefixSpace && text.first != " " ? (" " + String(text))[...].unicodeScalars : text
      return splits ? WordSplitter.split(text) : [text]
    case .split(let step): return step.apply(text)
    case .digits(let individual): return Self.digits(text, individual: individual)
    case .metaspace(let replacement, let scheme, let splits):
      var marked = replaceScalars(" ", with: replacement, in: String(text))
      let prepends = scheme == "always" || scheme == "first" && isFirst
      if prepends, !marked.unicodeScalars.starts(with: replacement.unicodeScalars) { marked = replacement + marked }
      guard splits, let mark = replacement.unicodeScalars.first else { return [marked[...].unicodeScalars] }
      return Self.split(marked[...].unicodeScalars, before: mark)
    }
  }

  /// Whether the step leaves every piece as it is.
  private var isIdle: Bool {
    if case .byteLevel(addPrefixSpace: false, splits: false) = self { return true }
    return false
  }

  private static func digits(_ text: Substring.UnicodeScalarView, individual: Bool) -> [Substring.UnicodeScalarView] {
    func isDigit(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: true
      default: false
      }
    }
    var pieces: [Substring.UnicodeScalarView] = []
    var start = text.startIndex
    var index = start
    var lastIsDigit: Bool?
    while index < text.endIndex {
      let digit = isDigit(text[index])
      if let last = lastIsDigit, last != digit || digit && individual {
        pieces.append(text[start..<index])
        start = index
      }
      lastIsDigit = digit
      index = text.index(after: index)
    }
    if start < text.endIndex { pieces.append(text[start...]) }
    return pieces
  }

  private static func split(_ text: Substring.UnicodeScalarView, before mark: Unicode.Scalar)
    -> [Substring.UnicodeScalarView]
  {
    var pieces: [Substring.UnicodeScalarView] = []
    var start = text.startIndex
    for index in text.indices where text[index] == mark && index > start {
      pieces.append(text[start..<index])
      start = index
    }
    if start < text.endIndex { pieces.append(text[start...]) }
    return pieces
  }
}
