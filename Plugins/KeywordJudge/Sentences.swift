/// Where sentences end, by signs alone: no list of abbreviations, so "Dr. Corvin" counts as an end.
///
/// A sentence ends after `.`, `!`, `?` or `…` (several count as one) with the closing quotes and brackets behind it, if
/// white space or the end of the text follows; after the full-width `。！？` always; and at every line end.
enum Sentences {
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "." || scalar == "!" || scalar == "?" || scalar == "\u{2026}"
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{3002}" || scalar == "\u{FF01}" || scalar == "\u{FF1F}" || scalar == "\u{FF61}"
  }

  private static let closers: Set<Unicode.Scalar> = [
    "'", "\"", ")", "]", "}", "*", "_", "\u{2019}", "\u{201D}", "\u{BB}", "\u{300D}", "\u{300F}",
  ]

  /// The places right after each end, ascending; stretches of white space alone are no sentences.
  static func ends(in text: ArraySlice<Unicode.Scalar>, limit: Int = .max) -> [Int] {
    var ends: [Int] = []
    var isBlank = true
    var at = text.startIndex
    while at < text.endIndex, ends.count < limit {
      let scalar = text[at]
      at += 1
      if ScalarSet.endsLine(scalar) {
        if !isBlank { ends.append(at) }
        isBlank = true
        continue
      }
      if isBlank, !scalar.properties.isWhitespace { isBlank = false }
      let endsAlways = isWide(scalar)
      guard endsAlways || isMark(scalar) else { continue }
      var end = at
      while end < text.endIndex, isMark(text[end]) || isWide(text[end]) { end += 1 }
      while end < text.endIndex, closers.contains(text[end]) { end += 1 }
      guard endsAlways || end == text.endIndex || text[end].properties.isWhitespace else { continue }
      ends.append(end)
      isBlank = true
      at = end
    }
    return ends
  }
}
