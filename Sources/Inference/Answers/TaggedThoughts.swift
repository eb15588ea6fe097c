/// Tells thoughts between tags from the answer.
///
/// - A tag opens a thought at the start of a line of the answer. Anywhere else, between backticks and in a code block it is
///   text: the model speaks of it.
/// - A thought ends at the next closing tag that does not stand between backticks. One that closes nothing, with no opening
///   tag before it on its own, shows that the thought went on: what stands before it, back to the thought before, is a
///   thought too. So nested tags, a tag that a thought speaks of, and an opening tag that was never written need no rule of
///   their own.
/// - A thought that is not closed reaches to the end, and there is no answer after it.
/// - White space between a thought and what follows belongs to neither; a text without thoughts stays as it is.
struct TaggedThoughts {
  /// A stretch of what was generated.
  enum Piece: Equatable {
    case text(String)
    case open
    case close
  }

  private let tags: (open: String, close: String)
  private var isInside: Bool
  private var thought = ""
  private var thoughts: [String] = []
  /// Parts of the answer that thoughts interrupted.
  private var before: [String] = []
  /// The part since the last thought.
  private var part = ""
  /// Opening tags of this part that are text.
  private var spoken = 0
  /// Where the answer stands, and where it stood when this part began.
  private var (place, placeBefore) = (AnswerPlace(), AnswerPlace())
  private var hasThought: Bool

  /// Reads pieces in their order.
  /// - Parameter startsInside: whether the prompt opened a thought.
  static func split(_ pieces: [Piece], _ tags: (open: String, close: String), startsInside: Bool) -> SplitAnswer {
    var reader = TaggedThoughts(tags: tags, startsInside: startsInside)
    for (at, piece) in pieces.enumerated() {
      switch piece {
      case .text(let text): reader.take(text)
      case .open, .close:
        let next = at + 1 < pieces.count ? pieces[at + 1] : .text("")
        let isBeforeTick = if case .text(let text) = next { text.unicodeScalars.first == "`" } else { false }
        if piece == .open { reader.open() } else { reader.close(isBeforeTick) }
      }
    }
    return reader.finish()
  }

  /// Whether the end of a prompt leaves a thought open.
  static func isOpen(_ opening: String, _ tags: (open: String, close: String)) -> Bool {
    pieces(of: opening, tags).last { $0 == .open || $0 == .close } == .open
  }

  /// Cuts a text at its tags.
  static func pieces(of text: String, _ tags: (open: String, close: String)) -> [Piece] {
    let (bytes, open, close) = (Array(text.utf8), Array(tags.open.utf8), Array(tags.close.utf8))
    var pieces: [Piece] = []
    var (start, at) = (0, 0)
    func keep(to end: Int) {
      if start < end { pieces.append(.text(String(decoding: bytes[start..<end], as: UTF8.self))) }
    }
    while at < bytes.count {
      let found: (Piece, Int)? =
        if bytes[at...].starts(with: open) {
          (.open, open.count)
        } else if bytes[at...].starts(with: close) {
          (.close, close.count)
        } else {
          nil
        }
      guard let (tag, length) = found else {
        at += 1
        continue
      }
      keep(to: at)
      pieces.append(tag)
      at += length
      start = at
    }
    keep(to: bytes.count)
    return pieces
  }

  private init(tags: (open: String, close: String), startsInside: Bool) {
    self.tags = tags
    isInside = startsInside
    hasThought = startsInside
  }

  private mutating func take(_ text: String) {
    if isInside { thought += text } else { answer(text) }
  }

  private mutating func answer(_ text: String) {
    part += text
    place.take(text)
  }

  private mutating func open() {
    if isInside {
      // A model may open again what the prompt has opened.
      if !thought.allSatisfy(\.isWhitespace) { thought += tags.open }
      return
    }
    guard place.isLineStart else {
      answer(tags.open)
      spoken += 1
      return
    }
    before.append(part)
    (part, spoken, thought, isInside, hasThought) = ("", 0, "", true, true)
  }

  private mutating func close(_ isBeforeTick: Bool) {
    if isInside {
      if isBeforeTick, thought.unicodeScalars.last == "`" {
        thought += tags.close
      } else {
        endThought(thought)
      }
    } else if spoken > 0 {
      answer(tags.close)
      spoken -= 1
    } else if place.isCode || isBeforeTick && place.last == "`" {
      answer(tags.close)
    } else {
      // The thought before it went on up to here.
      place = placeBefore
      let last = thoughts.popLast().map { $0 + tags.close } ?? ""
      endThought(last + part)
    }
  }

  private mutating func endThought(_ text: String) {
    thoughts.append(text)
    placeBefore = place
    (part, spoken, thought, isInside, hasThought) = ("", 0, "", false, true)
  }

  private mutating func finish() -> SplitAnswer {
    let endsInThought = isInside
    if isInside { thoughts.append(thought) }
    guard hasThought else { return SplitAnswer(text: part, thoughts: [], endsInThought: false) }
    // The first part stands before the first thought; every other one follows a thought.
    let parts = (before + [part]).map { String($0[...].unicodeScalars.withoutLeadingSpace) }
    return SplitAnswer(text: parts.joined(), thoughts: thoughts, endsInThought: endsInThought)
  }
}

/// Where the end of a text stands, followed as the text grows: every scalar is looked at once.
private struct AnswerPlace {
  private var fences = 0
  private var ticks = 0
  /// The line's first scalars that are no white space.
  private var start = String.UnicodeScalarView()
  private(set) var last: Unicode.Scalar?

  /// Whether the line has an open code span, or a code block is open.
  var isCode: Bool { !fences.isMultiple(of: 2) || !ticks.isMultiple(of: 2) }
  /// Whether the line is blank so far, outside of code.
  var isLineStart: Bool { start.isEmpty && !isCode }

  mutating func take(_ text: String) {
    for scalar in text.unicodeScalars {
      last = scalar
      if scalar == "\n" {
        if ["```", "~~~"].contains(String(start)) { fences += 1 }
        (ticks, start) = (0, String.UnicodeScalarView())
        continue
      }
      if scalar == "`" { ticks += 1 }
      if start.count < 3, !start.isEmpty || !scalar.properties.isWhitespace { start.append(scalar) }
    }
  }
}
