internal import JSON

/// The pre-tokeniser `Split`: cuts a text at the matches of a pattern.
struct SplitStep: Sendable {
  /// What becomes of a match.
  enum Behavior: String, Sendable, CaseIterable {
    /// It is a piece of its own.
    case isolated = "Isolated"
    /// It is dropped.
    case removed = "Removed"
    /// It ends the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// It begins the piece after it.
    case mergedWithNext = "MergedWithNext"
    /// Neighbouring matches are one piece.
    case contiguous = "Contiguous"
  }

  private let pattern: SplitPattern
  private let behavior: Behavior
  private let isInverted: Bool

  /// Reads the step.
  init(_ part: TokenizerPart) throws(TokenizerError) {
    let word = try part["behavior"].string()
    guard let behavior = Behavior(rawValue: word) else {
      let known = Behavior.allCases.map(\.rawValue).joined(separator: ", ")
      throw part["behavior"].wrong("\"\(word)\" is not one of \(known)")
    }
    self.behavior = behavior
    isInverted = try part["invert"].bool(false)
    let source = part["pattern"]
    let text: String
    let place: TokenizerPart
    if let regex = source["Regex"].value.string {
      text = regex
      place = source["Regex"]
    } else {
      text = Self.escaped(try literal(source))
      place = source["String"]
    }
    do { pattern = try SplitPattern(text) } catch { throw place.wrong(error.text) }
  }

  /// A literal text as a pattern.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      #"\|()[]{}?*+.^$-"#.unicodeScalars.contains(scalar) ? "\\\(scalar)" : String(scalar)
    }.joined()
  }

  /// Splits a piece; only `Removed` loses anything.
  func apply(_ view: Substring.UnicodeScalarView) -> [Substring.UnicodeScalarView] {
    let text = ClassifiedText(view)
    var stretches: [(end: Int, isMatch: Bool)] = []
    var at = 0
    var start = 0
    while at < text.count {
      guard let end = pattern.end(from: at, in: text), end > at else {
        at += 1
        continue
      }
      if start < at { stretches.append((at, isInverted)) }
      stretches.append((end, !isInverted))
      at = end
      start = end
    }
    if start < text.count { stretches.append((text.count, isInverted)) }
    return Self.slices(of: view, at: pieces(stretches))
  }

  /// The pieces that stretches make, as lengths with whether they are kept.
  private func pieces(_ stretches: [(end: Int, isMatch: Bool)]) -> [(end: Int, isKept: Bool)] {
    var pieces: [(end: Int, isKept: Bool)] = []
    var lastIsMatch: Bool?
    for (end, isMatch) in stretches {
      let joins =
        switch behavior {
        case .isolated, .removed: false
        case .mergedWithPrevious: isMatch && lastIsMatch == false
        case .mergedWithNext: !isMatch && lastIsMatch == true
        case .contiguous: isMatch && lastIsMatch == true
        }
      if joins { pieces.removeLast() }
      pieces.append((end, behavior != .removed || !isMatch))
      lastIsMatch = isMatch
    }
    return pieces
  }

  private static func slices(of view: Substring.UnicodeScalarView, at pieces: [(end: Int, isKept: Bool)])
    -> [Substring.UnicodeScalarView]
  {
    var slices: [Substring.UnicodeScalarView] = []
    slices.reserveCapacity(pieces.count)
    var index = view.startIndex
    var count = 0
    for (end, isKept) in pieces {
      let next = view.index(index, offsetBy: end - count)
      if isKept { slices.append(view[index..<next]) }
      index = next
      count = end
    }
    return slices
  }
}
