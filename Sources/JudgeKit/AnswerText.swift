/// An answer as scalars, with the ways in which parsers look for words in it. Every pass is linear in the answer.
struct AnswerText {
  let scalars: [Unicode.Scalar]

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// What models put around a word.
  private static let markup: Set<Unicode.Scalar> = Set("*_-`'\"“”‘’.!,;()[]#>".unicodeScalars)
  /// What joins the two halves of a word: hyphens in their many forms and the underscore.
  private static let joiners: Set<Unicode.Scalar> = Set(
    "-_\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}".unicodeScalars
  )

  /// The lines with a word in them, each without the white space and markup at its ends.
  var lines: [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    for at in 0...scalars.count where at == scalars.count || Self.endsLine(scalars[at]) {
      let line = bare(start..<at)
      if !line.isEmpty { lines.append(line) }
      start = at + 1
    }
    return lines
  }

  private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// A stretch without the white space and markup at its ends.
  func bare(_ range: Range<Int>) -> Range<Int> {
    func goes(_ at: Int) -> Bool { scalars[at].properties.isWhitespace || Self.markup.contains(scalars[at]) }
    var (start, end) = (range.lowerBound, range.upperBound)
    // A sign or a point before a digit belongs to the number.
    func isSign(_ at: Int) -> Bool {
      "-.".unicodeScalars.contains(scalars[at]) && at + 1 < end && ("0"..."9").contains(scalars[at + 1])
    }
    while start < end, goes(start), !isSign(start) { start += 1 }
    while end > start, goes(end - 1) { end -= 1 }
    return start..<end
  }

  /// The text of a stretch.
  func text(_ range: Range<Int>) -> String {
    var out = String.UnicodeScalarView()
    out.append(contentsOf: scalars[range])
    return String(out)
  }

  /// A stretch in lower case, with one `-` for whatever joins two words.
  func folded(_ range: Range<Int>) -> String {
    var joined = String.UnicodeScalarView()
    for scalar in text(range).lowercased().unicodeScalars {
      let joins = scalar.properties.isWhitespace || "-_\u{2010}\u{2011}\u{2013}".unicodeScalars.contains(scalar)
      if !joins { joined.append(scalar) } else if joined.last != "-" { joined.append("-") }
    }
    return String(joined)
  }

  /// The same folding of a word.
  static func folded(word: String) -> String {
    let text = AnswerText(word)
    return text.folded(text.bare(0..<text.scalars.count))
  }

  /// Where each occurrence of a text ends.
  func ends(of text: String) -> [Int] {
    let wanted = Array(text.unicodeScalars)
    guard scalars.count >= wanted.count, let first = wanted.first else { return [] }
    return (0...(scalars.count - wanted.count)).compactMap { at in
      scalars[at] == first && scalars[at..<(at + wanted.count)].elementsEqual(wanted) ? at + wanted.count : nil
    }
  }

  /// A label where it stands.
  struct Occurrence {
    let word: String
    let outcome: Outcome
    let range: Range<Int>
  }

  /// The label that stands at a place as a whole word, in the letters declared; the longest, so that no label is found inside
  /// another. What joins the parts of a label may be any hyphen, an underscore or a space.
  func label(at place: Int, _ words: LabelWords) -> Occurrence? {
    guard !isJoined(before: place) else { return nil }
    var best: Occurrence?
    for entry in words.entries {
      guard let end = end(of: entry.word, at: place), !isJoined(after: end) else { continue }
      if end - place > best?.range.count ?? 0 {
        best = Occurrence(word: entry.word, outcome: entry.outcome, range: place..<end)
      }
    }
    return best
  }

  /// Every label in the text, from the left, none inside another.
  func labels(_ words: LabelWords) -> [Occurrence] {
    var found: [Occurrence] = []
    var at = 0
    while at < scalars.count {
      if let label = label(at: at, words) {
        found.append(label)
        at = label.range.upperBound
      } else {
        at += 1
      }
    }
    return found
  }

  private func end(of word: String, at place: Int) -> Int? {
    var at = place
    for scalar in word.unicodeScalars {
      guard at < scalars.count else { return nil }
      let isJoint = Self.joiners.contains(scalar) && (Self.joiners.contains(scalars[at]) || scalars[at] == " ")
      guard scalars[at] == scalar || isJoint else { return nil }
      at += 1
    }
    return at
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private func isJoined(before place: Int) -> Bool {
    guard place > 0 else { return false }
    if Self.isWord(scalars[place - 1]) { return true }
    return Self.joiners.contains(scalars[place - 1]) && place > 1 && Self.isWord(scalars[place - 2])
  }

  private func isJoined(after end: Int) -> Bool {
    guard end < scalars.count else { return false }
    if Self.isWord(scalars[end]) { return true }
    return Self.joiners.contains(scalars[end]) && end + 1 < scalars.count && Self.isWord(scalars[end + 1])
  }

  /// Whether one of the three words before a place denies what follows (`not a REFUSAL`), in the same sentence.
  func isDenied(at place: Int) -> Bool {
    var (at, words, letters) = (place - 1, 0, [Unicode.Scalar]())
    func denies() -> Bool {
      var word = String.UnicodeScalarView()
      word.append(contentsOf: letters.reversed())
      let text = String(word).lowercased()
      return ["not", "no", "non", "never", "neither", "nor", "without", "cannot"].contains(text)
        || text.hasSuffix("n't") || text.hasSuffix("n’t")
    }
    while at >= 0, words < 3 {
      let scalar = scalars[at]
      // `NON-REFUSAL` is one word: its first half denies nothing that follows.
      if Self.isWord(scalar) || Self.joiners.contains(scalar) || scalar == "'" || scalar == "’" {
        letters.append(scalar)
      } else {
        if !letters.isEmpty {
          if denies() { return true }
          words += 1
        }
        letters = []
        if ".!?:;\n".unicodeScalars.contains(scalar) { return false }
      }
      at -= 1
    }
    return words < 3 && !letters.isEmpty && denies()
  }
}
