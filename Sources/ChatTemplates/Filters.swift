/// The filters `value | name(…)`.
enum Filters {
  static let names: Set<String> = [
    "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "first",
    "float",
    "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map",
    "max", "min", "reject",
    "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice", "sort", "string",
    "striptags", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "urlencode", "wordcount", "wordwrap",
  ]

  static func apply(_ name: String, _ input: Value, _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> Value
  {
    if let text = input.string { try interpreter.step(text: text) }
    let result = try value(name, input, given, interpreter)
    if case .string(let text) = result { _ = try interpreter.made(text) }
    return result
  }

  private static func value(_ name: String, _ input: Value, _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> Value
  {
    switch name {
    case "default", "d":
      let standard = given.value(0, "default_value") ?? .string("")
      let boolean = given.value(1, "boolean")?.isTrue ?? false
      return input.isUndefined || boolean && !input.isTrue ? standard : input
    case "tojson": return .string(try PythonJSON.text(input, given))
    case "trim":
      return .string(Methods.trimmed(input.text, given.value(0, "chars")?.string, left: true, right: true))
    case "upper": return .string(input.text.uppercased())
    case "lower": return .string(input.text.lowercased())
    case "title": return .string(wordTitle(input.text))
    case "capitalize": return .string(capitalized(input.text))
    case "string", "safe": return .string(input.text)
    case "center", "striptags", "urlencode", "wordwrap":
      return try TextFilters.apply(name, input, given, interpreter)
    case "e", "escape", "forceescape": return .string(escaped(input.text))
    case "replace":
      let old = given.value(0, "old")?.text ?? ""
      return .string(replaced(input.text, old, given.value(1, "new")?.text ?? "", given.value(2, "count")?.int))
    case "indent": return .string(indented(input.text, given))
    case "truncate": return .string(truncated(input.text, given))
    case "wordcount":
      return .int(input.text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).count)
    case "format": return try Arithmetic.apply("%", input, .tuple(given.positional), interpreter)
    case "int", "float", "abs", "round": return try number(name, input, given, interpreter)
    case "length", "count": return .int(try length(input))
    case "items":
      if input.isUndefined { return .list([]) }
      guard case .dict(let dict) = input else { throw TemplateError(.type, "Can only get item pairs from a mapping.") }
      return .list(dict.pairs.map { .tuple([$0.key, $0.value]) })
    case "attr":
      let name = given.positional.first?.text ?? ""
      // Attributes alone, not the items that `value.name` falls back to.
      if case .dict(let dict) = input, dict[.string(name)] != nil, Methods.method(name, of: input) == nil {
        return .undefined("'dict object' has no attribute '\(name)'")
      }
      return try interpreter.attribute(input, name)
    default: return try Sequences.apply(name, input, given, interpreter)
    }
  }

  private static func length(_ input: Value) throws(TemplateError) -> Int {
    if case .string(let text) = input { return text.unicodeScalars.count }
    switch input {
    case .list, .tuple, .dict, .undefined: return try input.elements().count
    default: throw TemplateError(.type, "object of type '\(input.typeName)' has no len()")
    }
  }

  private static func number(_ name: String, _ input: Value, _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> Value
  {
    if name == "int" || name == "float", case .undefined(let what) = input { throw TemplateError(.undefined, what) }
    switch name {
    case "int":
      let standard = given.value(0, "default") ?? .int(0)
      if let whole = input.int { return .int(whole) }
      if let text = input.string, let whole = TextFilters.whole(text, base: given.value(1, "base")?.int ?? 10) {
        return .int(whole)
      }
      let real = input.number ?? input.string.flatMap { Double(Methods.trimmed($0, nil, left: true, right: true)) }
      guard let real, real.isFinite, abs(real) < 9e18 else { return standard }
      return .int(Int(real))
    case "float":
      if let real = input.number { return .double(real) }
      let text = Methods.trimmed(input.string ?? "", nil, left: true, right: true)
      return Double(text).map { .double($0) } ?? given.value(0, "default") ?? .double(0)
    case "abs":
      if let whole = input.int {
        return whole < 0 ? try Arithmetic.apply("-", .int(0), .int(whole), interpreter) : .int(whole)
      }
      guard let real = input.number else {
        throw TemplateError(.type, "bad operand type for abs(): '\(input.typeName)'")
      }
      return .double(abs(real))
    default:
      guard let real = input.number else { throw TemplateError(.type, "type \(input.typeName) cannot be rounded") }
      let precision = min(15, max(-15, given.value(0, "precision")?.int ?? 0))
      var scale = 1.0
      for _ in 0..<abs(precision) { scale *= 10 }
      if precision < 0 { scale = 1 / scale }
      let method = given.value(1, "method")?.string ?? "common"
      if method == "common", let whole = input.int {
        // Whole numbers stay whole.
        guard precision < 0 else { return .int(whole) }
        let rounded = (Double(whole) * scale).rounded(.toNearestOrEven) / scale
        return Int(exactly: rounded).map { .int($0) } ?? .double(rounded)
      }
      switch method {
      case "ceil": return .double((real * scale).rounded(.up) / scale)
      case "floor": return .double((real * scale).rounded(.down) / scale)
      default: return .double((real * scale).rounded(.toNearestOrEven) / scale)
      }
    }
  }

  /// The first scalar in title case: the sharp s becomes `Ss`.
  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
  }

  static func title(_ text: String) -> String {
    var out = ""
    var isInside = false
    for scalar in text.unicodeScalars {
      let isLetter = scalar.properties.isAlphabetic
      out += isLetter ? (isInside ? String(scalar).lowercased() : String(scalar).uppercased()) : String(scalar)
      isInside = isLetter
    }
    return out
  }

  /// The filter, unlike the method, takes only blanks, hyphens and brackets for ends of words.
  private static func wordTitle(_ text: String) -> String {
    var out = ""
    var isInside = false
    for scalar in text.unicodeScalars {
      out += isInside ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
      isInside = !(scalar.properties.isWhitespace || "-({[<".unicodeScalars.contains(scalar))
    }
    return out
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&#34;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  static func replaced(_ text: String, _ old: String, _ new: String, _ count: Int?) -> String {
    guard !old.isEmpty else {
      let limit = count.map { $0 < 0 ? .max : $0 } ?? .max
      let parts = text.unicodeScalars.enumerated().map { ($0.offset < limit ? new : "") + String($0.element) }
      return parts.joined() + (parts.count < limit ? new : "")
    }
    if let count, count >= 0 { return split(text, by: old, limit: count).joined(separator: new) }
    return split(text, by: old).joined(separator: new)
  }

  private static func indented(_ text: String, _ given: Arguments) -> String {
    let width = given.value(0, "width")
    let pad = width?.string ?? String(repeating: " ", count: max(0, min(1000, width?.int ?? 4)))
    let indentsFirst = given.value(1, "first")?.isTrue ?? false
    let indentsBlank = given.value(2, "blank")?.isTrue ?? false
    let lines = split(text, by: "\n")
    return lines.enumerated().map { at, line in
      (at == 0 ? indentsFirst : !line.isEmpty || indentsBlank) ? pad + line : line
    }.joined(separator: "\n")
  }

  private static func truncated(_ text: String, _ given: Arguments) -> String {
    let length = given.value(0, "length")?.int ?? 255
    let killsWords = given.value(1, "killwords")?.isTrue ?? false
    let end = given.value(2, "end")?.text ?? "..."
    let leeway = given.value(3, "leeway")?.int ?? 5
    let scalars = Array(text.unicodeScalars)
    let most = length.addingReportingOverflow(leeway)
    guard !most.overflow, scalars.count > most.partialValue, length >= 0 else { return text }
    var kept = Array(scalars.prefix(max(0, length - end.unicodeScalars.count)))
    if !killsWords, let space = kept.lastIndex(of: " ") { kept = Array(kept[..<space]) }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: kept)
    return String(view) + end
  }
}

/// Python's `json.dumps` as chat templates call it.
enum PythonJSON {
  static func text(_ value: Value, _ given: Arguments) throws(TemplateError) -> String {
    let indent: String? =
      switch given.value(0, "indent") {
      case .int(let width)?: String(repeating: " ", count: max(0, min(64, width)))
      case .string(let text)?: text
      default: nil
      }
    var separators = (item: indent == nil ? ", " : ",", key: ": ")
    if let pair = given.named.first(where: { $0.name == "separators" })?.value, let parts = try? pair.elements(),
      parts.count == 2
    {
      separators = (parts[0].text, parts[1].text)
    }
    let sorts = given.named.first { $0.name == "sort_keys" }?.value.isTrue ?? false
    let ascii = given.named.first { $0.name == "ensure_ascii" }?.value.isTrue ?? false
    var out = ""
    try write(value, into: &out, Style(indent: indent, separators: separators, sorts: sorts, ascii: ascii), depth: 0)
    return out
  }

  private struct Style {
    let indent: String?
    let separators: (item: String, key: String)
    let sorts: Bool
    let ascii: Bool
  }

  private static func write(_ value: Value, into out: inout String, _ style: Style, depth: Int) throws(TemplateError) {
    func newline(_ depth: Int) -> String { style.indent.map { "\n" + String(repeating: $0, count: depth) } ?? "" }
    switch value {
    case .none: out += "null"
    case .bool(let truth): out += truth ? "true" : "false"
    case .int(let number): out += String(number)
    case .double(let number): out += Value.python(number)
    case .string(let text): quote(text, into: &out, ascii: style.ascii)
    case .list(let items), .tuple(let items):
      if items.isEmpty {
        out += "[]"
        return
      }
      out += "["
      for (at, item) in items.enumerated() {
        if at > 0 { out += style.separators.item }
        out += newline(depth + 1)
        try write(item, into: &out, style, depth: depth + 1)
      }
      out += newline(depth) + "]"
    case .dict(let dict):
      if dict.pairs.isEmpty {
        out += "{}"
        return
      }
      let pairs =
        style.sorts ? dict.pairs.sorted { $0.key.text.utf8.lexicographicallyPrecedes($1.key.text.utf8) } : dict.pairs
      out += "{"
      for (at, pair) in pairs.enumerated() {
        if at > 0 { out += style.separators.item }
        out += newline(depth + 1)
        quote(pair.key.string ?? keyText(pair.key), into: &out, ascii: style.ascii)
        out += style.separators.key
        try write(pair.value, into: &out, style, depth: depth + 1)
      }
      out += newline(depth) + "}"
    default: throw TemplateError(.type, "Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private static func keyText(_ key: Value) -> String {
    switch key {
    case .none: "null"
    case .bool(let truth): truth ? "true" : "false"
    default: key.text
    }
  }

  private static func quote(_ text: String, into out: inout String, ascii: Bool) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{8}": out += "\\b"
      case "\u{C}": out += "\\f"
      case _ where scalar.value < 0x20 || ascii && scalar.value > 0x7E:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
