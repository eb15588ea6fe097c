/// Which part of what a model was given and wrote counts as its answer.
public enum AnswerExtraction: String, Sendable, CaseIterable {
  /// What it generated, without its thoughts.
  case generated
  /// As the code of arXiv 2510.02768 does it: prompt and generated text together, without special tokens, cut behind the
  /// first line that is `assistant`. Where the template writes no such line the answer begins with the prompt, and thoughts
  /// are part of every answer.
  case paperEcho = "paper-echo"

  /// Cuts a decoded conversation as `paper-echo` does: what follows the first line that is `assistant` in any case, white
  /// space around it aside; all of it where there is none. White space at both ends goes.
  /// - Returns: the text, and whether no line was found, so that the prompt is still in it.
  static func echoCut(_ text: String) -> (text: String, hasPrompt: Bool) {
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    while start < scalars.endIndex {
      let end = scalars[start...].firstIndex(of: "\n") ?? scalars.endIndex
      let line = scalars[start..<end].trimmed
      let next = end < scalars.endIndex ? scalars.index(after: end) : end
      if String(line).lowercased() == "assistant" { return (String(scalars[next...].trimmed), false) }
      start = next
    }
    return (String(scalars[...].trimmed), true)
  }
}

extension Substring.UnicodeScalarView {
  /// Without the white space at both ends.
  var trimmed: Substring.UnicodeScalarView {
    var rest = withoutLeadingSpace
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return rest
  }

  /// Without the white space at its start.
  var withoutLeadingSpace: Substring.UnicodeScalarView { drop { $0.properties.isWhitespace } }
}
