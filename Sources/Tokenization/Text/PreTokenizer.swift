internal import JSON

/// A step of the pre-tokenizer: pieces to smaller pieces.
indirect enum PreTokenizer: Sendable {
  case byteLevel(addsSpace: Bool, splits: Bool)
  case metaspace(Metaspace)
  case split(SplitStep)
  case scripts
  case fixedLength(Int)
  case sequence([PreTokenizer])

  static let types = [
    "Sequence", "ByteLevel", "Split", "Metaspace", "Digits", "Punctuation", "Whitespace", "WhitespaceSplit",
    "BertPreTokenizer", "CharDelimiterSplit", "UnicodeScripts", "FixedLength",
  ]

  /// Reads the `pre_tokenizer` part; `null` is none.
  static func read(_ part: TokenizerPart) throws(TokenizerError) -> PreTokenizer? {
    if part.value.isNull { return nil }
    let whitespace = SplitStep(.scalars(bits: ScalarBits.space, withPunctuation: false), .removed)
    let punctuation = SplitStep.Finder.scalars(bits: ScalarBits.punctuation, withPunctuation: true)
    switch try part.type(of: types, what: "pre-tokenizer") {
    case "ByteLevel":
      return .byteLevel(
        addsSpace: try part["add_prefix_space"].bool(true),
        splits: try part["use_regex"].bool(true)
      )
    case "Digits":
      let isSingle = try part["individual_digits"].bool(false)
      return .split(
        SplitStep(.scalars(bits: ScalarBits.number, withPunctuation: false), isSingle ? .isolated : .contiguous)
      )
    case "Metaspace": return .metaspace(try Metaspace(part))
    case "Split": return .split(try SplitStep(part))
    case "Punctuation":
      return .split(SplitStep(punctuation, try SplitBehavior(part["behavior"], standard: .isolated)))
    case "Whitespace": return .split(SplitStep(.words, .removed, isInverted: true))
    case "WhitespaceSplit": return .split(whitespace)
    case "BertPreTokenizer": return .sequence([.split(whitespace), .split(SplitStep(punctuation, .isolated))])
    case "CharDelimiterSplit": return .split(SplitStep(.scalar(try part["delimiter"].scalar().value), .removed))
    case "UnicodeScripts": return .scripts
    case "FixedLength":
      let length = part["length"].value.isNull ? 5 : try part["length"].count()
      guard length > 0 else { throw part["length"].wrong("expected a length from 1") }
      return .fixedLength(length)
    default:
      var steps: [PreTokenizer] = []
      for step in try part.steps("pretokenizers") { if let step = try read(step) { steps.append(step) } }
      return .sequence(steps)
    }
  }

  /// The steps one after the other.
  var flat: [PreTokenizer] { if case .sequence(let steps) = self { steps.flatMap(\.flat) } else { [self] } }

  /// Whether this rewrites the text in the byte alphabet.
  var isByteLevel: Bool { if case .byteLevel = self { true } else { false } }

  /// Cuts pieces further.
  /// - Parameter alphabet: what byte-level steps rewrite the text in; none leaves the bytes to the model.
  func apply(_ pieces: inout Pieces, alphabet: ByteAlphabet?) {
    switch self {
    case .sequence(let steps): for step in steps { step.apply(&pieces, alphabet: alphabet) }
    case .byteLevel(let addsSpace, let splits):
      if addsSpace, pieces.ranges.contains(where: { pieces.bytes[$0.lowerBound] != 0x20 }) {
        pieces.rewrite { piece, _, out in
          if piece.first != 0x20 { out.append(0x20) }
          out.append(contentsOf: piece)
        }
      }
      if splits { pieces.cut(WordSplitter.split) }
      if let alphabet {
        pieces.rewrite { piece, _, out in for byte in piece { out.append(contentsOf: alphabet.texts[Int(byte)]) } }
      }
    case .split(let step): step.apply(&pieces)
    case .metaspace(let step): step.apply(&pieces)
    case .scripts: Self.splitByScript(&pieces)
    case .fixedLength(let length):
      pieces.cut { text, range, body in
        var at = range.lowerBound
        var count = 0
        while at < range.upperBound {
          at += text.length(at)
          count += 1
          if count == length || at == range.upperBound {
            body(at)
            count = 0
          }
        }
      }
    }
  }

  /// Cuts where the script changes, with the kana as Han; a space has any script, and the spaces at the start of a piece
  /// are dropped, as the reference does.
  private static func splitByScript(_ pieces: inout Pieces) {
    let hani = ScriptTable.number(of: "Hani")
    let kana = [ScriptTable.number(of: "Hira"), ScriptTable.number(of: "Kana")]
    let none = -1
    func script(_ value: UInt32) -> Int {
      if value == 0x30FC { return hani ?? none }
      if value == 0x20 { return none }
      let script = ScriptTable.script(of: value)
      return kana.contains(script) ? hani ?? none : script
    }
    var ranges: [Range<Int>] = []
    ScalarText.reading(pieces.bytes) { text in
      for range in pieces.ranges {
        var last: Int?
        var start: Int?
        var at = range.lowerBound
        while at < range.upperBound {
          let (value, length) = text.scalar(at)
          let found = script(value)
          if found != none {
            if found != last {
              if let start { ranges.append(start..<at) }
              start = at
            }
            last = found
          }
          at += length
        }
        if let start { ranges.append(start..<range.upperBound) }
      }
    }
    pieces.ranges = ranges
  }
}

/// The pre-tokenizer `Metaspace`: spaces become a mark, which is put before words.
struct Metaspace: Sendable {
  private enum Scheme: String, CaseIterable { case always, first, never }

  private let mark: Unicode.Scalar
  private let scheme: Scheme
  private let splits: Bool

  init(_ part: TokenizerPart) throws(TokenizerError) {
    mark = try part["replacement"].scalar()
    splits = try part["split"].bool(true)
    let word = part["prepend_scheme"].value.isNull ? "always" : try part["prepend_scheme"].string()
    guard let scheme = Scheme(rawValue: word) else {
      throw part["prepend_scheme"].wrong("\"\(word)\" is not one of always, first, never")
    }
    // Older files say it with this key alone.
    let isOff = try !part["add_prefix_space"].bool(true)
    if isOff, scheme != .never, !part["prepend_scheme"].value.isNull {
      throw part["add_prefix_space"].wrong("false contradicts the prepend_scheme \"\(word)\"; remove one of them")
    }
    self.scheme = isOff ? .never : scheme
  }

  /// Whether the mark is only put before the start of the whole text.
  var asksForStart: Bool { scheme == .first }

  func apply(_ pieces: inout Pieces) {
    let mark = Array(String(mark).utf8)
    pieces.rewrite { piece, isStart, out in
      let start = out.count
      let prepends = scheme == .always || scheme == .first && isStart
      if prepends, piece.first != 0x20, !piece.starts(with: mark) { out.append(contentsOf: mark) }
      if mark.count == 1, mark[0] == 0x20 {
        out.append(contentsOf: piece)
      } else {
        for byte in piece { if byte == 0x20 { out.append(contentsOf: mark) } else { out.append(byte) } }
      }
      assert(out.count > start)
    }
    if splits { SplitStep(.scalar(self.mark.value), .mergedWithNext).apply(&pieces) }
  }
}
