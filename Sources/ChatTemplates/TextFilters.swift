/// Filters over texts that few templates use.
enum TextFilters {
  static func apply(_ name: String, _ input: Value, _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> Value
  {
    let text = input.text
    switch name {
    case "center":
      let width = given.value(0, "width") ?? .int(80)
      guard let method = Methods.method("center", of: .string(text)) else { return input }
      return try interpreter.call(.function(method), Arguments(positional: [width]))
    case "striptags": return .string(withoutTags(text))
    case "urlencode": return .string(try urlEncoded(input))
    default: return .string(wrapped(text, given))
    }
  }

  /// The whole number that a text writes in a base, with the prefix of the base and single underscores allowed.
  static func whole(_ text: String, base: Int) -> Int? {
    guard (2...36).contains(base) else { return nil }
    var digits = Methods.trimmed(text, nil, left: true, right: true)[...]
    var sign = ""
    if let first = digits.first, first == "-" || first == "+" {
      sign = first == "-" ? "-" : ""
      digits = digits.dropFirst()
    }
    let prefix = [2: "0b", 8: "0o", 16: "0x"][base]
    if let prefix, digits.lowercased().hasPrefix(prefix) { digits = digits.dropFirst(2) }
    let parts = digits.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ part in !part.isEmpty && part.allSatisfy { $0.isLetter || $0.isNumber } }) else {
      return nil
    }
    return Int(sign + parts.joined(), radix: base)
  }

  /// Without comments and tags, and white space as single blanks.
  private static func withoutTags(_ text: String) -> String {
    func without(_ open: String, _ close: String, _ text: String) -> String {
      var out = ""
      var rest = text[...]
      while let start = rest.firstRange(of: open), let end = rest[start.upperBound...].firstRange(of: close) {
        out += rest[..<start.lowerBound]
        rest = rest[end.upperBound...]
      }
      return out + rest
    }
    let bare = without("<", ">", without("<!--", "-->", text))
    var plain = bare.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&quot;", "\"")] {
      plain = Filters.replaced(plain, entity, character, nil)
    }
    return Filters.replaced(plain, "&amp;", "&", nil)
  }

  /// A text with its bytes escaped for a URL, or the query of a mapping or of pairs.
  private static func urlEncoded(_ input: Value) throws(TemplateError) -> String {
    func quoted(_ text: String, isQuery: Bool) -> String {
      var out = ""
      for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
          out.unicodeScalars.append(Unicode.Scalar(byte))
        case 0x2F where !isQuery: out += "/"
        case 0x20 where isQuery: out += "+"
        default:
          let digits = String(byte, radix: 16, uppercase: true)
          out += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }
      }
      return out
    }
    let pairs: [(Value, Value)]
    switch input {
    case .dict(let dict): pairs = dict.pairs.map { ($0.key, $0.value) }
    case .list(let items), .tuple(let items):
      var found: [(Value, Value)] = []
      for item in items {
        let parts = try item.elements()
        guard parts.count == 2 else { throw TemplateError(.value, "urlencode takes a text, a mapping or pairs") }
        found.append((parts[0], parts[1]))
      }
      pairs = found
    default: return quoted(input.text, isQuery: false)
    }
    return pairs.map { quoted($0.text, isQuery: true) + "=" + quoted($1.text, isQuery: true) }.joined(separator: "&")
  }

  /// Lines of at most so many characters, broken at blanks, and inside words only where one is too long.
  private static func wrapped(_ text: String, _ given: Arguments) -> String {
    let width = max(1, given.value(0, "width")?.int ?? 79)
    let breaksWords = given.value(1, "break_long_words")?.isTrue ?? true
    let join = given.value(2, "wrapstring")?.string ?? "\n"
    let lines = split(text, by: "\n")
    return lines.map { line in
      var rows: [String] = []
      var row: [Unicode.Scalar] = []
      for word in line.unicodeScalars.split(separator: " ") {
        var word = Array(word)
        if !row.isEmpty, row.count + 1 + word.count <= width {
          row += [" "] + word
          continue
        }
        if !row.isEmpty { rows.append(string(row)) }
        while breaksWords, word.count > width {
          rows.append(string(Array(word.prefix(width))))
          word = Array(word.dropFirst(width))
        }
        row = word
      }
      if !row.isEmpty { rows.append(string(row)) }
      return rows.joined(separator: join)
    }.joined(separator: join)
  }

  private static func string(_ scalars: [Unicode.Scalar]) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
