internal import JSON

/// Prompts of a text file, one a line.
enum TextRows {
  static func read(_ path: String, _ options: PromptFile.Options) throws(JSONError) -> [PromptRow] {
    var rows: [PromptRow] = []
    for (text, end) in try lines(of: path, expecting: "one prompt a line") {
      rows.append(
        PromptRow(
          text: options.keepsLineEnds ? text + end : text,
          kind: options.kind,
          place: PromptPlace(file: path, line: rows.count + 1)
        )
      )
    }
    return rows
  }

  /// Lines and what ends them; a last line end ends the file and begins no line.
  static func lines(
    of path: String,
    expecting what: String
  ) throws(JSONError) -> [(text: String, end: String)] {
    let whole = try FileBytes.read(path)
    let bytes = whole.starts(with: [0xEF, 0xBB, 0xBF]) ? whole.dropFirst(3) : whole[...]
    guard !bytes.isEmpty else { throw JSONError(file: path, "the file is empty; expected \(what)") }
    var lines: [(text: String, end: String)] = []
    var rest = bytes
    while !rest.isEmpty {
      let stop = rest.firstIndex(of: 0x0A)
      var line = rest[..<(stop ?? rest.endIndex)]
      rest = rest[(stop.map { $0 + 1 } ?? rest.endIndex)...]
      if line.last == 0x0D { line.removeLast() }
      let place = SourcePlace(file: path, line: lines.count + 1, column: 1)
      guard !line.contains(0) else { throw JSONError(at: place, "a NUL byte: this is no text file") }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw JSONError(at: place, "not UTF-8: this is no text file, or one in another encoding")
      }
      lines.append((text, stop == nil ? "" : "\n"))
    }
    return lines
  }
}
