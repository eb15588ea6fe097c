internal import JSON

/// A step of the normaliser: text (valid UTF-8) to text.
indirect enum Normalizer: Sendable {
  case form(NormalForm)
  case lowercase
  case prepend([UInt8])
  case replace(Replacement)
  case strip(left: Bool, right: Bool)
  case stripAccents
  case nmt
  case byteLevel(ByteAlphabet)
  case charsmap(Charsmap)
  case bert(BertCleaning)
  case sequence([Normalizer])

  static let types = [
    "Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace", "Strip", "StripAccents", "Nmt",
    "Precompiled", "BertNormalizer", "ByteLevel",
  ]

  /// Reads the `normalizer` part; `null` is none.
  static func read(_ part: TokenizerPart) throws(TokenizerError) -> Normalizer? {
    if part.value.isNull { return nil }
    switch try part.type(of: types, what: "normalizer") {
    case "NFC": return .form(NormalForm(isCompatible: false, composes: true))
    case "NFD": return .form(NormalForm(isCompatible: false, composes: false))
    case "NFKC": return .form(NormalForm(isCompatible: true, composes: true))
    case "NFKD": return .form(NormalForm(isCompatible: true, composes: false))
    case "Lowercase": return .lowercase
    case "Prepend": return .prepend(Array(try part["prepend"].string().utf8))
    case "Replace": return .replace(try Replacement(part))
    case "Strip":
      return .strip(left: try part["strip_left"].bool(true), right: try part["strip_right"].bool(true))
    case "StripAccents": return .stripAccents
    case "Nmt": return .nmt
    case "ByteLevel": return .byteLevel(ByteAlphabet())
    case "Precompiled":
      // An empty map is what files hold that have none.
      guard !part["precompiled_charsmap"].value.isNull, part["precompiled_charsmap"].value != "" else { return nil }
      return .charsmap(try Charsmap(part["precompiled_charsmap"]))
    case "BertNormalizer": return .bert(try BertCleaning(part))
    default:
      var steps: [Normalizer] = []
      for step in try part.steps("normalizers") { if let step = try read(step) { steps.append(step) } }
      return .sequence(steps)
    }
  }

  /// How many bytes this puts before a text that does not come from it.
  var prefixLength: Int {
    switch self {
    case .prepend(let prefix): prefix.count
    case .sequence(let steps): steps.reduce(0) { $0 + $1.prefixLength }
    default: 0
    }
  }

  /// Whether this may drop the start of a text.
  private var mayDrop: Bool {
    switch self {
    case .strip, .stripAccents, .nmt, .charsmap, .bert: true
    case .replace(let replacement): replacement.isRemoval
    case .sequence(let steps): steps.contains(where: \.mayDrop)
    default: false
    }
  }

  /// The last offset in a normalised text that still counts as the start of the source; -1 where the first character was
  /// dropped, as the reference then takes what follows for no start.
  func startLimit(of source: [UInt8], normalized: [UInt8]) -> Int {
    guard mayDrop, let lead = source.first else { return prefixLength }
    let rest = Array(source.dropFirst(lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4))
    return apply(rest) == normalized ? -1 : prefixLength
  }

  func apply(_ text: [UInt8]) -> [UInt8] {
    switch self {
    case .form(let form): form.apply(text)
    case .lowercase: Self.lowercased(text)
    case .prepend(let prefix): text.isEmpty ? text : prefix + text
    case .replace(let replacement): replacement.apply(text)
    case .strip(let left, let right): Self.strip(text, left: left, right: right)
    case .stripAccents: Self.mapped(text) { _, bits in bits & ScalarBits.mark != 0 ? .drop : .keep }
    case .nmt: Self.mapped(text) { value, _ in Self.nmt(value) }
    case .byteLevel(let alphabet): alphabet.text(of: text)
    case .charsmap(let map): map.apply(text)
    case .bert(let cleaning): cleaning.apply(text)
    case .sequence(let steps): steps.reduce(text) { $1.apply($0) }
    }
  }

  private static func strip(_ bytes: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    ScalarText.reading(bytes) { text in
      func isSpace(_ at: Int) -> Bool { text.bits(text.scalar(at).value) & ScalarBits.space != 0 }
      var start = 0
      var end = text.count
      if left { while start < end, isSpace(start) { start += text.length(start) } }
      if right { while end > start, isSpace(text.before(end)) { end = text.before(end) } }
      return start == 0 && end == bytes.count ? bytes : Array(bytes[start..<end])
    }
  }

  /// What becomes of a scalar.
  enum Fate { case keep, drop, space }

  /// A text with each scalar kept, dropped or made a space.
  static func mapped(_ bytes: [UInt8], _ fate: (UInt32, UInt64) -> Fate) -> [UInt8] {
    ScalarText.reading(bytes) { text in
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count)
      var at = 0
      while at < text.count {
        let (value, length) = text.scalar(at)
        switch fate(value, text.bits(value)) {
        case .keep: for place in at..<at + length { out.append(text.bytes[place]) }
        case .drop: break
        case .space: out.append(0x20)
        }
        at += length
      }
      return out
    }
  }

  /// A text with every scalar in its lower case, each by itself.
  static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    ScalarText.reading(bytes) { text in
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count)
      var at = 0
      while at < text.count {
        let (value, length) = text.scalar(at)
        if value < 0x80 {
          out.append((0x41...0x5A).contains(value) ? text.bytes[at] | 0x20 : text.bytes[at])
        } else if let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased {
          out.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        } else {
          for place in at..<at + length { out.append(text.bytes[place]) }
        }
        at += length
      }
      return out
    }
  }

  /// The rule of SentencePiece's `nmt` normalisation.
  private static func nmt(_ value: UInt32) -> Fate {
    switch value {
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: .drop
    case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: .space
    default: .keep
    }
  }
}

/// The step `Replace` of normalisers and decoders.
enum Replacement: Sendable {
  case literal([UInt8], with: [UInt8])
  case pattern(SplitPattern, with: [UInt8])

  /// Reads `pattern` and `content`.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    let content = Array(try part["content"].string().utf8)
    if let text = part["pattern"]["String"].value.string, !text.isEmpty {
      self = .literal(Array(text.utf8), with: content)
    } else {
      self = .pattern(try SplitPattern(part["pattern"]), with: content)
    }
  }

  /// Whether it replaces by nothing.
  var isRemoval: Bool {
    switch self {
    case .literal(_, let new), .pattern(_, let new): new.isEmpty
    }
  }

  func apply(_ source: [UInt8]) -> [UInt8] {
    switch self {
    case .literal(let old, let new): return Self.replace(old, with: new, in: source)
    case .pattern(let pattern, let new):
      // The reference looks for nothing in an empty text.
      guard !source.isEmpty else { return source }
      return ScalarText.reading(source) { text in
        var out: [UInt8] = []
        out.reserveCapacity(source.count)
        var last = 0
        var matcher = PatternMatcher(pattern, text)
        matcher.all { match in
          out.append(contentsOf: text.bytes[last..<match.lowerBound])
          out.append(contentsOf: new)
          last = match.upperBound
        }
        out.append(contentsOf: text.bytes[last...])
        return out
      }
    }
  }

  /// Replaces every occurrence, from the left.
  static func replace(_ old: [UInt8], with new: [UInt8], in source: [UInt8]) -> [UInt8] {
    guard source.contains(old[0]) else { return source }
    var out: [UInt8] = []
    out.reserveCapacity(source.count + source.count / 2)
    source.withUnsafeBufferPointer { source in
      var at = 0
      while at < source.count {
        if source[at] == old[0], source[at...].starts(with: old) {
          out.append(contentsOf: new)
          at += old.count
        } else {
          out.append(source[at])
          at += 1
        }
      }
    }
    return out
  }
}

/// The normaliser of BERT.
struct BertCleaning: Sendable {
  private let cleansText: Bool
  private let spacesChinese: Bool
  private let stripsAccents: Bool
  private let lowercases: Bool

  /// All steps, as uncased models have them.
  init() {
    cleansText = true
    spacesChinese = true
    stripsAccents = true
    lowercases = true
  }

  init(_ part: TokenizerPart) throws(TokenizerError) {
    cleansText = try part["clean_text"].bool(true)
    spacesChinese = try part["handle_chinese_chars"].bool(true)
    lowercases = try part["lowercase"].bool(true)
    stripsAccents = try part["strip_accents"].bool(lowercases)
  }

  func apply(_ text: [UInt8]) -> [UInt8] {
    var text = text
    if cleansText {
      text = Normalizer.mapped(text) { value, bits in
        if value == 0x09 || value == 0x0A || value == 0x0D { return .space }
        if value == 0 || value == 0xFFFD || bits & ScalarBits.other != 0 { return .drop }
        return bits & ScalarBits.space != 0 ? .space : .keep
      }
    }
    if spacesChinese { text = Self.spaced(text) }
    if stripsAccents {
      text = NormalForm(isCompatible: false, composes: false).apply(text)
      text = Normalizer.mapped(text) { _, bits in bits & ScalarBits.nonspacingMark != 0 ? .drop : .keep }
    }
    return lowercases ? Normalizer.lowercased(text) : text
  }

  /// Puts a space before and after every Chinese character.
  private static func spaced(_ bytes: [UInt8]) -> [UInt8] {
    ScalarText.reading(bytes) { text in
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count)
      var at = 0
      while at < text.count {
        let (value, length) = text.scalar(at)
        let isChinese = isChinese(value)
        if isChinese { out.append(0x20) }
        for place in at..<at + length { out.append(text.bytes[place]) }
        if isChinese { out.append(0x20) }
        at += length
      }
      return out
    }
  }

  /// The blocks that the reference names; one of them begins later than Unicode's.
  private static func isChinese(_ value: UInt32) -> Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
