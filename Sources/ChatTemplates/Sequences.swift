/// Filters over lists, dictionaries and strings taken as lists.
enum Sequences {
  static func apply(_ name: String, _ input: Value, _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> Value
  {
    // These filters do not look at what is false, so that `none` passes for an empty list.
    let isLenient = ["map", "select", "reject", "selectattr", "rejectattr"].contains(name) && !input.isTrue
    let items = isLenient ? [] : try input.elements()
    try interpreter.step(items.count)
    switch name {
    case "list": return .list(items)
    case "first": return items.first ?? .undefined("No first item, sequence was empty.")
    case "last": return items.last ?? .undefined("No last item, sequence was empty.")
    case "join":
      let attribute = given.value(1, "attribute")
      let texts = try mapped(items) { item throws(TemplateError) in
        try attribute.map { path throws(TemplateError) in try dotted(item, path, interpreter) } ?? item
      }
      return .string(texts.map(\.text).joined(separator: given.value(0, "d")?.text ?? ""))
    case "reverse":
      if case .string(let text) = input {
        return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
      }
      return .list(items.reversed())
    case "sum":
      let attribute = given.value(0, "attribute")
      var sum = given.value(1, "start") ?? .int(0)
      for item in items {
        let value = try attribute.map { path throws(TemplateError) in try dotted(item, path, interpreter) } ?? item
        sum = try Arithmetic.apply("+", sum, value, interpreter)
      }
      return sum
    case "min", "max":
      let folds = !(given.value(0, "case_sensitive")?.isTrue ?? false)
      let path = given.value(1, "attribute")
      var best: (key: Value, item: Value)?
      for item in items {
        let plain = try path.map { path throws(TemplateError) in try dotted(item, path, interpreter) } ?? item
        let key = folds ? folded(plain) : plain
        if let best, try !(name == "min" ? key.isLess(than: best.key) : best.key.isLess(than: key)) { continue }
        best = (key, item)
      }
      return best?.item ?? .undefined("No aggregated item, sequence was empty.")
    case "unique":
      let folds = !(given.value(0, "case_sensitive")?.isTrue ?? false)
      var kept: [Value] = []
      var keys: [Value] = []
      for item in items {
        let key = folds ? folded(item) : item
        try key.requireHashable()
        if !keys.contains(where: { $0.equals(key) }) {
          keys.append(key)
          kept.append(item)
        }
      }
      return .list(kept)
    case "sort": return .list(try sorted(items, given, interpreter))
    case "dictsort":
      guard case .dict(let dict) = input else { throw TemplateError(.type, "dictsort needs a mapping") }
      let byValue = given.value(1, "by")?.string == "value"
      let folds = !(given.value(0, "case_sensitive")?.isTrue ?? false)
      let keyed = dict.pairs.map { pair in
        let key = byValue ? pair.value : pair.key
        return (folds ? folded(key) : key, Value.tuple([pair.key, pair.value]))
      }
      let order = try stableSort(keyed)
      return .list(given.value(2, "reverse")?.isTrue ?? false ? order.reversed() : order)
    case "batch", "slice": return try grouped(name, items, given, interpreter)
    case "groupby":
      let path = given.value(0, "attribute") ?? .string("")
      var groups: [(key: Value, items: [Value])] = []
      for item in items {
        let key = try dotted(item, path, interpreter)
        if let at = groups.firstIndex(where: { $0.key.equals(key) }) {
          groups[at].items.append(item)
        } else {
          groups.append((key, [item]))
        }
      }
      return .list(try stableSort(groups.map { ($0.key, .tuple([$0.key, .list($0.items)])) }))
    case "map": return .list(try map(items, given, interpreter))
    default: return .list(try chosen(name, items, given, interpreter))
    }
  }

  private static func mapped(_ items: [Value], _ change: (Value) throws(TemplateError) -> Value) throws(TemplateError)
    -> [Value]
  {
    var out: [Value] = []
    for item in items { out.append(try change(item)) }
    return out
  }

  private static func folded(_ value: Value) -> Value {
    value.string.map { .string($0.lowercased()) } ?? value
  }

  /// An attribute by a dotted path or an index.
  private static func dotted(_ item: Value, _ path: Value, _ interpreter: Interpreter) throws(TemplateError) -> Value {
    guard let text = path.string else { return try interpreter.item(item, path) }
    var value = item
    for part in text.split(separator: ".") {
      value = try interpreter.item(value, Int(part).map { .int($0) } ?? .string(String(part)))
    }
    return value
  }

  private static func map(_ items: [Value], _ given: Arguments, _ interpreter: Interpreter) throws(TemplateError)
    -> [Value]
  {
    if let path = given.named.first(where: { $0.name == "attribute" })?.value {
      let standard = given.named.first { $0.name == "default" }?.value
      return try mapped(items) { item throws(TemplateError) in
        let value = try dotted(item, path, interpreter)
        return value.isUndefined ? standard ?? value : value
      }
    }
    guard let filter = given.positional.first?.string, Filters.names.contains(filter) else {
      throw TemplateError(.runtime, "No filter named '\(given.positional.first?.text ?? "")'.")
    }
    let rest = Arguments(positional: Array(given.positional.dropFirst()), named: given.named)
    return try mapped(items) { item throws(TemplateError) in try Filters.apply(filter, item, rest, interpreter) }
  }

  /// `select`, `reject`, `selectattr`, `rejectattr`.
  private static func chosen(_ name: String, _ items: [Value], _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> [Value]
  {
    let byAttribute = name.hasSuffix("attr")
    let wanted = name.hasPrefix("select")
    var rest = given.positional
    let path: Value? = byAttribute && !rest.isEmpty ? rest.removeFirst() : nil
    let test: String? = rest.isEmpty ? nil : rest.removeFirst().text
    if let test, !ValueTests.names.contains(test) { throw TemplateError(.runtime, "No test named '\(test)'.") }
    var kept: [Value] = []
    for item in items {
      let value = try path.map { path throws(TemplateError) in try dotted(item, path, interpreter) } ?? item
      let holds = try test.map { test throws(TemplateError) in
        try ValueTests.apply(test, value, Arguments(positional: rest, named: given.named))
      }
      if holds ?? value.isTrue == wanted { kept.append(item) }
    }
    return kept
  }

  private static func sorted(_ items: [Value], _ given: Arguments, _ interpreter: Interpreter) throws(TemplateError)
    -> [Value]
  {
    let folds = !(given.value(1, "case_sensitive")?.isTrue ?? false)
    let path = given.value(2, "attribute")
    var keyed: [(Value, Value)] = []
    for item in items {
      let key = try path.map { path throws(TemplateError) in try dotted(item, path, interpreter) } ?? item
      keyed.append((folds ? folded(key) : key, item))
    }
    if given.value(0, "reverse")?.isTrue ?? false {
      // Python keeps equal elements in their order when it sorts in reverse.
      return try stableSort(keyed.reversed()).reversed()
    }
    return try stableSort(keyed)
  }

  /// Merge sort by key: stable, and able to throw on keys that cannot be compared.
  private static func stableSort(_ keyed: [(Value, Value)]) throws(TemplateError) -> [Value] {
    try merged(keyed).map(\.1)
  }

  private static func merged(_ keyed: [(Value, Value)]) throws(TemplateError) -> [(Value, Value)] {
    guard keyed.count > 1 else { return keyed }
    let left = try merged(Array(keyed[..<(keyed.count / 2)]))
    let right = try merged(Array(keyed[(keyed.count / 2)...]))
    var out: [(Value, Value)] = []
    var i = 0
    var j = 0
    while i < left.count, j < right.count {
      if try right[j].0.isLess(than: left[i].0) {
        out.append(right[j])
        j += 1
      } else {
        out.append(left[i])
        i += 1
      }
    }
    return out + left[i...] + right[j...]
  }

  private static func grouped(_ name: String, _ items: [Value], _ given: Arguments, _ interpreter: Interpreter)
    throws(TemplateError) -> Value
  {
    guard let count = given.positional.first?.int, count > 0 else {
      throw TemplateError(.type, "\(name) needs a positive count")
    }
    let fill = given.value(1, "fill_with")
    // As many groups, or fillings of the last one.
    if name == "slice" || fill != nil { try interpreter.step(count) }
    var groups: [[Value]] = []
    if name == "batch" {
      for start in stride(from: 0, to: items.count, by: count) {
        groups.append(Array(items[start..<min(items.count, start + count)]))
      }
      if let fill, let last = groups.last {
        groups[groups.count - 1] += Array(repeating: fill, count: count - last.count)
      }
    } else {
      var at = 0
      for slice in 0..<count {
        let size = items.count / count + (slice < items.count % count ? 1 : 0)
        var group = Array(items[at..<(at + size)])
        at += size
        if let fill, slice >= items.count % count { group.append(fill) }
        groups.append(group)
      }
    }
    return .list(groups.map { .list($0) })
  }
}

/// The tests `value is name(…)`.
enum ValueTests {
  static let names: Set<String> = [
    "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "even", "false", "filter", "float", "ge", "gt",
    "greaterthan", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number",
    "odd", "sameas", "sequence", "string", "test", "true", "undefined", "upper", "==", "!=", "<", "<=", ">", ">=",
  ]

  static func apply(_ name: String, _ value: Value, _ given: Arguments) throws(TemplateError) -> Bool {
    let other = given.positional.first ?? .undefined("the test '\(name)' needs an argument")
    switch name {
    case "defined": return !value.isUndefined
    case "undefined": return value.isUndefined
    case "none": if case .none = value { return true } else { return false }
    case "boolean": if case .bool = value { return true } else { return false }
    case "true": if case .bool(true) = value { return true } else { return false }
    case "false": if case .bool(false) = value { return true } else { return false }
    case "string": return value.string != nil
    case "integer": if case .int = value { return true } else { return false }
    case "float": if case .double = value { return true } else { return false }
    case "number": return value.number != nil
    case "mapping": if case .dict = value { return true } else { return false }
    // Jinja's undefined can be called, if only to say that it is undefined.
    case "callable":
      switch value {
      case .function, .undefined: return true
      default: return false
      }
    case "sequence":
      switch value {
      case .list, .tuple, .dict, .string, .undefined: return true
      default: return false
      }
    case "iterable":
      switch value {
      case .list, .tuple, .dict, .string, .undefined, .loop: return true
      default: return false
      }
    case "odd", "even", "divisibleby":
      if case .double(let number) = value, let divisor = name == "divisibleby" ? other.number : 2 {
        guard divisor != 0 else { throw TemplateError(.division, "float modulo") }
        let rest = number.truncatingRemainder(dividingBy: divisor)
        return name == "odd" ? (rest < 0 ? rest + 2 : rest) == 1 : rest == 0
      }
      guard let number = value.int else { throw TemplateError(.type, "expected a whole number, not \(value.typeName)") }
      guard name == "divisibleby" else { return (number % 2 == 0) == (name == "even") }
      // The remainder of the smallest number by -1 does not fit, though it is 0.
      if other.int == -1 { return true }
      guard let divisor = other.int, divisor != 0 else { throw TemplateError(.division, "modulo by zero") }
      return number % divisor == 0
    case "eq", "equalto", "==": return value.equals(other)
    case "sameas": return value.typeName == other.typeName && value.equals(other)
    case "ne", "!=": return !value.equals(other)
    case "lt", "lessthan", "<": return try value.isLess(than: other)
    case "gt", "greaterthan", ">": return try other.isLess(than: value)
    case "le", "<=": return try value.isAtMost(other)
    case "ge", ">=": return try other.isAtMost(value)
    case "in": return try other.contains(value)
    case "lower": return value.text == value.text.lowercased() && value.text != value.text.uppercased()
    case "upper": return value.text == value.text.uppercased() && value.text != value.text.lowercased()
    case "filter": return Filters.names.contains(value.text)
    default: return names.contains(value.text)
    }
  }
}
