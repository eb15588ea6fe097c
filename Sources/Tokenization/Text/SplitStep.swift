internal import JSON

/// A splitter by a pattern or by a property of characters, with what becomes of its finds.
struct SplitStep: Sendable {
  /// What is looked for.
  enum Finder: Sendable {
    case pattern(SplitPattern)
    /// Every single scalar with one of these bits, or of ASCII punctuation if asked.
    case scalars(bits: UInt64, withPunctuation: Bool)
    /// This scalar.
    case scalar(UInt32)
    /// `\w+|[^\w\s]+`, the words and what else is no white space; not these but what is between them is the find.
    case words
  }

  private let finder: Finder
  private let behavior: SplitBehavior
  private let isInverted: Bool

  init(_ finder: Finder, _ behavior: SplitBehavior, isInverted: Bool = false) {
    self.finder = finder
    self.behavior = behavior
    self.isInverted = isInverted
  }

  /// Reads the step `Split`.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    self.init(
      .pattern(try SplitPattern(part["pattern"])),
      try SplitBehavior(part["behavior"]),
      isInverted: try part["invert"].bool(false)
    )
  }

  /// Splits pieces; only `Removed` loses anything.
  func apply(_ pieces: inout Pieces) {
    var collector = SplitBehavior.Collector(behavior)
    ScalarText.reading(pieces.bytes) { text in
      for range in pieces.ranges {
        collector.begin()
        stretches(text, range) { collector.add($0, isFind: $1 != isInverted) }
      }
    }
    pieces.ranges = collector.finish()
  }

  /// Calls back with what is found in a piece and what lies between.
  private func stretches(_ whole: ScalarText, _ range: Range<Int>, _ body: (Range<Int>, Bool) -> Void) {
    var last = range.lowerBound
    func found(_ find: Range<Int>) {
      if last < find.lowerBound { body(last..<find.lowerBound, false) }
      body(find, true)
      last = find.upperBound
    }
    switch finder {
    case .pattern(let pattern):
      ScalarText.reading(UnsafeBufferPointer(rebasing: whole.bytes[range])) { piece in
        var matcher = PatternMatcher(pattern, piece)
        matcher.all { found($0.lowerBound + range.lowerBound..<$0.upperBound + range.lowerBound) }
      }
    case .scalar(let wanted):
      Self.each(whole, range) { value, find in if value == wanted { found(find) } }
    case .scalars(let bits, let withPunctuation):
      Self.each(whole, range) { value, find in
        if whole.bits(value) & bits != 0 || withPunctuation && Self.isASCIIPunctuation(value) { found(find) }
      }
    case .words:
      // Each run of words or of other marks; the lines between them are the white space.
      var run = range.lowerBound..<range.lowerBound
      var runKind = 0
      Self.each(whole, range) { value, at in
        let bits = whole.bits(value)
        let isWord = ScalarBits.isPlainWord(value, bits)
        let kind = isWord ? 1 : bits & ScalarBits.space != 0 ? 0 : 2
        if kind != runKind {
          if runKind != 0 { found(run) }
          run = at
          runKind = kind
        } else {
          run = run.lowerBound..<at.upperBound
        }
      }
      if runKind != 0 { found(run) }
    }
    if last < range.upperBound { body(last..<range.upperBound, false) }
  }

  @inline(__always)
  private static func each(_ text: ScalarText, _ range: Range<Int>, _ body: (UInt32, Range<Int>) -> Void) {
    var at = range.lowerBound
    while at < range.upperBound {
      let (value, length) = text.scalar(at)
      body(value, at..<at + length)
      at += length
    }
  }

  private static func isASCIIPunctuation(_ value: UInt32) -> Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}

extension SplitPattern {
  /// Reads a `pattern`: `{"Regex": "…"}` or `{"String": "…"}`.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    let isRegex = part["Regex"].value.string != nil
    let place = isRegex ? part["Regex"] : part["String"]
    guard let source = place.value.string else {
      throw part.wrong("expected {\"Regex\": \"…\"} or {\"String\": \"…\"}")
    }
    do { self = try SplitPattern(isRegex ? source : Self.literal(source)) } catch { throw place.wrong(error.text) }
  }
}
