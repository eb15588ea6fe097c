internal import JSON

/// A file of prompts, one a line.
enum PromptLines {
  /// Reads all lines, or the first `count`.
  ///
  /// An empty or a repeated line is refused: it is a mistake, and it would give one prompt the weight of two.
  static func read(_ path: String, count: Int? = nil) throws(JSONError) -> [String] {
    guard let text = String(validating: try FileBytes.read(path), as: UTF8.self) else {
      throw JSONError(file: path, "is not UTF-8 text; expected one prompt a line")
    }
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    if lines.last == "" { lines.removeLast() }
    guard !lines.isEmpty else { throw JSONError(file: path, "is empty; expected one prompt a line") }
    var first: [ExactText: Int] = [:]
    for (index, line) in lines.enumerated() {
      func fail(_ problem: String) -> JSONError {
        JSONError(at: SourcePlace(file: path, line: index + 1, column: 1), problem)
      }
      guard line.contains(where: { !$0.isWhitespace }) else { throw fail("the line is empty; expected a prompt") }
      if let earlier = first.updateValue(index + 1, forKey: ExactText(line)) {
        throw fail("the prompt of line \(earlier) again; remove one of them")
      }
    }
    guard let count else { return lines }
    guard count <= lines.count else {
      throw JSONError(file: path, "holds \(lines.count) prompts, fewer than the \(count) asked for")
    }
    return Array(lines.prefix(count))
  }
}
