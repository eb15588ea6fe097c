/// Lines of fixed width, counted in characters.
public enum LineLayout {
  /// At most `width` characters; what is cut off is marked with an ellipsis.
  public static func clip(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }

  /// At most `width` characters, cut in the middle: names of a kin often differ at their ends alone.
  public static func clipMiddle(_ text: String, _ width: Int) -> String {
    guard text.count > width, width > 4 else { return clip(text, width) }
    let tail = (width - 1) / 2
    return text.prefix(width - 1 - tail) + "…" + text.suffix(tail)
  }

  /// Padded on the right.
  public static func left(_ text: String, _ width: Int) -> String {
    let text = clip(text, width)
    return text + String(repeating: " ", count: width - text.count)
  }

  /// Padded on the left.
  public static func right(_ text: String, _ width: Int) -> String {
    let text = clip(text, width)
    return String(repeating: " ", count: width - text.count) + text
  }

  /// Broken between words, but not before a percent sign; the last line allowed is clipped where more follows.
  public static func wrap(_ text: String, _ width: Int, lines limit: Int) -> [String] {
    var words: [String] = []
    for word in text.split(separator: " ") {
      if word.first == "%", let number = words.popLast() {
        words.append(number + " " + word)
      } else {
        words.append(String(word))
      }
    }
    var lines: [String] = [""]
    for word in words {
      let last = lines[lines.count - 1]
      let joined = last.isEmpty ? word : last + " " + word
      if joined.count <= width || last.isEmpty || lines.count == limit {
        lines[lines.count - 1] = joined
      } else {
        lines.append(word)
      }
    }
    return lines.map { clip($0, width) }
  }

  /// The rows that fit, with a last one that says how many do not.
  public static func cut(_ rows: [String], to limit: Int, what: String) -> [String] {
    rows.count <= limit ? rows : rows.prefix(limit - 1) + ["… \(rows.count - limit + 1) more \(what) in the report"]
  }
}
