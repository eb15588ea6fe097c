internal import JSON

extension RecordReader {
  /// Reads one JSON object a line.
  func readObjects(_ chunks: FileChunks, _ take: (Record) throws -> Void) throws {
    let keys = columns.map(\.name)
    var seen: Set<String> = []
    var line = 0
    var rest: [UInt8] = []
    func end() throws {
      line += 1
      if line & 1023 == 0 { try Task.checkCancellation() }
      defer { rest.removeAll(keepingCapacity: true) }
      guard let document = document(rest, line, keys, &seen) else { return }
      extent.rows += 1
      object = (document, line)
      try take(Record(line: line, fields: UnsafeBufferPointer(fields), reader: self))
    }
    while let bytes = try chunks.next() {
      var start = 0
      while let lineEnd = bytes[start...].firstIndex(of: 0x0A) {
        rest.append(contentsOf: bytes[start..<lineEnd])
        try end()
        start = lineEnd + 1
      }
      rest.append(contentsOf: bytes[start...])
      if rest.count > CSVReader.rowLimit {
        throw JSONError(at: SourcePlace(file: file, line: line + 1, column: 1), "a line of more than 64 MB")
      }
    }
    if !rest.isEmpty { try end() }
    if extent.rows == 0, problems.count == 0 {
      throw JSONError(file: file, "the file is empty; expected one JSON object a line")
    }
    for (at, column) in columns.enumerated() where column.isDeclared && !columns[..<at].contains(column) {
      if !seen.contains(column.name) {
        let hint = Spelling.hint(for: column.name, among: seen.sorted())
        problems.add(JSONError(file: file, "no line has the key \"\(column.name)\"\(hint)"))
      }
    }
  }

  /// The object of a line, with its texts in `fields`; nil for an empty line or where a problem was noted.
  private func document(_ bytes: [UInt8], _ line: Int, _ keys: [String], _ seen: inout Set<String>) -> JSONDocument? {
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
    func place(_ column: Int) -> SourcePlace { SourcePlace(file: file, line: line, column: column) }
    if let offset = bytes.withUnsafeBytes(UTF8Check.firstInvalid) {
      let before = String(decoding: bytes[..<offset], as: UTF8.self)
      problems.add(Self.encodingError(place(before.unicodeScalars.count + 1)))
      return nil
    }
    let document: JSONDocument
    do { document = try JSONDocument.parse(bytes, name: file) } catch {
      problems.add(place(error.place?.column ?? 1), error.problem)
      return nil
    }
    guard let object = document.root.object else {
      problems.add(place(1), "expected an object, found \(document.root.typeName)")
      return nil
    }
    for key in object.keys where seen.insert(key).inserted && !keys.contains(key) && extent.unused.count < 20 {
      extent.unused.append(key)
    }
    scratch.removeAll()
    scratched.removeAll(keepingCapacity: true)
    var isReadable = true
    for (column, key) in keys.enumerated() {
      fields[column] = UnsafeRawBufferPointer(start: nil, count: 0)
      guard let value = object[key], !value.isNull else { continue }
      var text = Self.text(value)
      let problem: String? =
        if let text { text.utf8.contains(0) ? "the character NUL, which no text may hold" : nil } else {
          "expected a text or a number, found \(value.typeName)"
        }
      if let problem {
        problems.add(place(document.place(of: .root.key(key)).column), "\(key): \(problem)")
        isReadable = false
      }
      let start = scratch.count
      text?.withUTF8 { scratch.append(UnsafeRawBufferPointer($0)) }
      scratched.append((column, start..<scratch.count))
    }
    settleScratch()
    return isReadable ? document : nil
  }

  /// A number as it would stand in a table.
  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): Int64(exactly: number).map { String($0) } ?? String(number)
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
