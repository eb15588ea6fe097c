/// Index in Unicode scalars of the first occurrence of a part.
func find(_ part: String, in text: String, from: Int = 0) -> Int? {
  let source = Array(text.unicodeScalars)
  let wanted = Array(part.unicodeScalars)
  guard wanted.count <= source.count else { return nil }
  guard from <= source.count - wanted.count else { return nil }
  return (from...(source.count - wanted.count)).first { start in
    wanted.indices.allSatisfy { source[start + $0] == wanted[$0] }
  }
}

/// Index in Unicode scalars of the last occurrence of a part.
func findLast(_ part: String, in text: String) -> Int? {
  let source = Array(text.unicodeScalars)
  let wanted = Array(part.unicodeScalars)
  guard wanted.count <= source.count else { return nil }
  return (0...(source.count - wanted.count)).last { start in
    wanted.indices.allSatisfy { source[start + $0] == wanted[$0] }
  }
}

/// Splits at every occurrence of a separator, at most `limit` times.
func split(_ text: String, by separator: String, limit: Int = .max) -> [String] {
  var parts: [String] = []
  let source = Array(text.unicodeScalars)
  let wanted = Array(separator.unicodeScalars)
  var start = 0
  var at = 0
  func part(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: source[range])
    return String(view)
  }
  while parts.count < limit, at + wanted.count <= source.count {
    if wanted.indices.allSatisfy({ source[at + $0] == wanted[$0] }) {
      parts.append(part(start..<at))
      at += wanted.count
      start = at
    } else {
      at += 1
    }
  }
  return parts + [part(start..<source.count)]
}

/// The methods of strings, dictionaries and lists that templates may call; what would change a value is forbidden.
enum Methods {
  static func method(_ name: String, of base: Value) -> Function? {
    switch base {
    case .string(let text): (string(name, text) ?? moreString(name, text)).map(withArgumentCount)
    case .dict(let dict): self.dict(name, dict)
    case .list(let items), .tuple(let items): list(name, items)
    default: nil
    }
  }

  private static func forbidden(_ name: String, _ type: String) -> Function {
    Function(name: name) { _, _ throws(TemplateError) in
      throw TemplateError(.security, "access to attribute '\(name)' of '\(type)' object is unsafe.")
    }
  }

  /// The most arguments that methods of strings take.
  private static let mostArguments = [
    "upper": 0, "lower": 0, "title": 0, "capitalize": 0, "swapcase": 0, "casefold": 0, "isdigit": 0, "isalpha": 0,
    "isspace": 0, "islower": 0, "isupper": 0, "isalnum": 0, "isnumeric": 0, "strip": 1, "lstrip": 1, "rstrip": 1,
    "startswith": 1, "endswith": 1, "find": 1, "rfind": 1, "index": 1, "rindex": 1, "count": 1, "isdecimal": 0,
    "isascii": 0, "isprintable": 0, "isidentifier": 0, "istitle": 0, "join": 1, "removeprefix": 1,
    "removesuffix": 1, "partition": 1, "rpartition": 1, "splitlines": 1, "zfill": 1, "split": 2, "rsplit": 2,
    "center": 2, "ljust": 2, "rjust": 2, "replace": 3,
  ]

  private static func withArgumentCount(_ function: Function) -> Function {
    guard let most = mostArguments[function.name] else { return function }
    return Function(name: function.name) { arguments, interpreter throws(TemplateError) in
      let given = arguments.positional.count + arguments.named.count
      guard given <= most else {
        throw TemplateError(.type, "str.\(function.name)() takes at most \(most) argument(s) (\(given) given)")
      }
      return try function.call(arguments, interpreter)
    }
  }

  static func made(_ name: String, _ run: @escaping (Arguments) throws(TemplateError) -> Value) -> Function {
    Function(name: name) { arguments, interpreter throws(TemplateError) in
      let value = try run(arguments)
      if case .string(let text) = value { _ = try interpreter.made(text) }
      return value
    }
  }

  private static func dict(_ name: String, _ dict: Dict) -> Function? {
    switch name {
    case "items": made(name) { _ in .list(dict.pairs.map { .tuple([$0.key, $0.value]) }) }
    case "keys": made(name) { _ in .list(dict.pairs.map(\.key)) }
    case "values": made(name) { _ in .list(dict.pairs.map(\.value)) }
    case "copy": made(name) { _ in .dict(dict) }
    case "get":
      made(name) { arguments throws(TemplateError) in
        guard let key = arguments.positional.first else {
          throw TemplateError(.type, "get expected at least 1 argument")
        }
        try key.requireHashable()
        return dict[key] ?? arguments.value(1, "default") ?? .none
      }
    case "pop", "popitem", "update", "clear", "setdefault": forbidden(name, "dict")
    default: nil
    }
  }

  private static func list(_ name: String, _ items: [Value]) -> Function? {
    switch name {
    case "index":
      made(name) { arguments throws(TemplateError) in
        guard let wanted = arguments.positional.first, let at = items.firstIndex(where: { $0.equals(wanted) }) else {
          throw TemplateError(.value, "the element is not in the list")
        }
        return .int(at)
      }
    case "count": made(name) { arguments in .int(items.count { $0.equals(arguments.positional.first ?? .none) }) }
    case "copy": made(name) { _ in .list(items) }
    case "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse": forbidden(name, "list")
    default: nil
    }
  }

  static func argument(_ arguments: Arguments, _ at: Int, _ name: String) throws(TemplateError) -> String {
    guard let value = arguments.value(at, name), let text = value.string else {
      throw TemplateError(.type, "expected a string argument '\(name)'")
    }
    return text
  }

  private static func string(_ name: String, _ text: String) -> Function? {
    switch name {
    case "strip", "lstrip", "rstrip":
      made(name) { arguments in
        .string(trimmed(text, arguments.value(0, "chars")?.string, left: name != "rstrip", right: name != "lstrip"))
      }
    case "upper": made(name) { _ in .string(text.uppercased()) }
    case "lower": made(name) { _ in .string(text.lowercased()) }
    case "title": made(name) { _ in .string(Filters.title(text)) }
    case "capitalize": made(name) { _ in .string(Filters.capitalized(text)) }
    case "startswith", "endswith":
      made(name) { arguments throws(TemplateError) in
        let given = arguments.positional.first ?? .none
        let options: [Value] = if case .tuple(let items) = given { items } else { [given] }
        return .bool(
          options.contains { option in
            guard let part = option.string else { return false }
            let scalars = text.unicodeScalars
            return name == "startswith"
              ? scalars.starts(with: part.unicodeScalars)
              : scalars.reversed().starts(with: part.unicodeScalars.reversed())
          }
        )
      }
    case "find", "rfind":
      made(name) { arguments throws(TemplateError) in
        let part = try argument(arguments, 0, "sub")
        return .int((name == "find" ? find(part, in: text) : findLast(part, in: text)) ?? -1)
      }
    case "count":
      made(name) { arguments throws(TemplateError) in
        let part = try argument(arguments, 0, "sub")
        return .int(part.isEmpty ? text.unicodeScalars.count + 1 : split(text, by: part).count - 1)
      }
    case "replace":
      made(name) { arguments throws(TemplateError) in
        .string(
          Filters.replaced(
            text,
            try argument(arguments, 0, "old"),
            try argument(arguments, 1, "new"),
            arguments.value(2, "count")?.int
          )
        )
      }
    case "split", "rsplit":
      made(name) { arguments throws(TemplateError) in
        .list(try pieces(text, arguments, fromRight: name == "rsplit").map { .string($0) })
      }
    case "join":
      made(name) { arguments throws(TemplateError) in
        var parts: [String] = []
        for (at, item) in try (arguments.positional.first ?? .list([])).elements().enumerated() {
          guard let part = item.string else {
            throw TemplateError(.type, "sequence item \(at): expected str instance, \(item.typeName) found")
          }
          parts.append(part)
        }
        return .string(parts.joined(separator: text))
      }
    case "format":
      Function(name: name) { arguments, interpreter throws(TemplateError) in
        .string(try interpreter.made(try formatted(text, arguments)))
      }
    default: nil
    }
  }

  static func trimmed(_ text: String, _ characters: String?, left: Bool, right: Bool) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.properties.isWhitespace }
    var scalars = text.unicodeScalars[...]
    if left { while let first = scalars.first, goes(first) { scalars.removeFirst() } }
    if right { while let last = scalars.last, goes(last) { scalars.removeLast() } }
    return String(scalars)
  }

  private static func pieces(_ text: String, _ arguments: Arguments, fromRight: Bool) throws(TemplateError) -> [String]
  {
    let limit = arguments.value(1, "maxsplit")?.int ?? -1
    guard let separator = arguments.value(0, "sep")?.string else {
      return words(text, limit: limit < 0 ? .max : limit, fromRight: fromRight)
    }
    guard !separator.isEmpty else { throw TemplateError(.value, "empty separator") }
    guard limit >= 0 else { return split(text, by: separator) }
    guard fromRight else { return split(text, by: separator, limit: limit) }
    let all = split(text, by: separator)
    let kept = max(0, all.count - 1 - limit)
    return [all[...kept].joined(separator: separator)] + all[(kept + 1)...]
  }

  /// `"{} of {name}".format(…)`, without conversions.
  private static func formatted(_ text: String, _ arguments: Arguments) throws(TemplateError) -> String {
    var out = ""
    var field: String?
    var next = 0
    var scalars = text.unicodeScalars.makeIterator()
    var held = scalars.next()
    while let scalar = held {
      held = scalars.next()
      if let name = field {
        guard scalar == "}" else {
          field = name + String(scalar)
          continue
        }
        let key = name.isEmpty ? String(next) : name
        if name.isEmpty { next += 1 }
        let found = Int(key).flatMap { $0 < arguments.positional.count ? arguments.positional[$0] : nil }
        guard let value = found ?? arguments.named.first(where: { $0.name == key })?.value else {
          throw TemplateError(.value, "no argument for the field {\(name)}")
        }
        out += value.text
        field = nil
      } else if (scalar == "{" || scalar == "}") && held == scalar {
        out.unicodeScalars.append(scalar)
        held = scalars.next()
      } else if scalar == "{" {
        field = ""
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
