extension Interpreter {
  /// The value of an expression; `filtered` is the input of a filter that has none of its own.
  func evaluate(_ expression: Expression, _ scope: Scope, filtered: Value? = nil) throws(TemplateError) -> Value {
    try step()
    do {
      return try nested { () throws(TemplateError) in try value(expression, scope, filtered) }
    } catch { throw located(error, expression.place) }
  }

  private func value(_ expression: Expression, _ scope: Scope, _ filtered: Value?) throws(TemplateError) -> Value {
    switch expression.form {
    case .literal(let literal): return Value(literal)
    case .name(let name): return scope[name] ?? .undefined("'\(name)' is undefined")
    case .list(let items): return .list(try evaluate(items, scope))
    case .tuple(let items): return .tuple(try evaluate(items, scope))
    case .dict(let pairs):
      var dict = Dict()
      for (key, value) in pairs {
        let key = try evaluate(key, scope)
        try key.requireHashable()
        dict[key] = try evaluate(value, scope)
      }
      return .dict(dict)
    case .attribute(let base, let name): return try attribute(try evaluate(base, scope), name)
    case .item(let base, let key): return try item(try evaluate(base, scope), try evaluate(key, scope))
    case .slice(let base, let start, let stop, let step):
      func bound(_ part: Expression?) throws(TemplateError) -> Int? {
        guard let part else { return nil }
        let value = try evaluate(part, scope)
        if case .none = value { return nil }
        guard let number = value.int else {
          throw TemplateError(.type, "slice indices must be integers or None")
        }
        return number
      }
      return try sliced(try evaluate(base, scope), try bound(start), try bound(stop), try bound(step))
    case .call(let callee, let arguments):
      return try call(try evaluate(callee, scope), try evaluate(arguments, scope))
    case .filter(let input, let name, let arguments):
      guard Filters.names.contains(name) else { throw TemplateError(.runtime, "No filter named '\(name)' found.") }
      let input: Value =
        if let input { try evaluate(input, scope, filtered: filtered) } else { filtered ?? .string("") }
      return try Filters.apply(name, input, try evaluate(arguments, scope), self)
    case .test(let input, let name, let arguments):
      guard ValueTests.names.contains(name) else { throw TemplateError(.runtime, "No test named '\(name)' found.") }
      return .bool(try ValueTests.apply(name, try evaluate(input, scope), try evaluate(arguments, scope)))
    case .negative(let inner):
      let value = try evaluate(inner, scope)
      if let number = value.int { return try Arithmetic.apply("-", .int(0), .int(number), self) }
      if case .double(let number) = value { return .double(-number) }
      throw misfit("bad operand type for unary -: '\(value.typeName)'", [value])
    case .positive(let inner):
      let value = try evaluate(inner, scope)
      guard value.number != nil else { throw misfit("bad operand type for unary +: '\(value.typeName)'", [value]) }
      return value
    case .not(let inner): return .bool(!(try evaluate(inner, scope).isTrue))
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? try evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return value.isTrue ? value : try evaluate(right, scope)
    case .arithmetic(let left, let sign, let right):
      return try Arithmetic.apply(sign, try evaluate(left, scope), try evaluate(right, scope), self)
    case .concat(let parts):
      var text = ""
      for part in parts { text += try evaluate(part, scope).text }
      return .string(try made(text))
    case .compare(let left, let operations):
      var left = try evaluate(left, scope)
      for (sign, right) in operations {
        let right = try evaluate(right, scope)
        if let text = right.string { try step(text: text) }
        guard try compare(left, sign, right) else { return .bool(false) }
        left = right
      }
      return .bool(true)
    case .conditional(let condition, let then, let otherwise):
      if try evaluate(condition, scope).isTrue { return try evaluate(then, scope) }
      guard let otherwise else { return .undefined("the inline if-expression evaluated to false and has no else") }
      return try evaluate(otherwise, scope)
    }
  }

  private func evaluate(_ items: [Expression], _ scope: Scope) throws(TemplateError) -> [Value] {
    var values: [Value] = []
    for item in items { values.append(try evaluate(item, scope)) }
    return values
  }

  func evaluate(_ arguments: [Argument], _ scope: Scope) throws(TemplateError) -> Arguments {
    var given = Arguments()
    for argument in arguments {
      let value = try evaluate(argument.value, scope)
      switch argument.kind {
      case .positional: given.positional.append(value)
      case .named(let name): given.named.append((name, value))
      case .spread: given.positional.append(contentsOf: try value.elements())
      case .spreadNamed:
        guard case .dict(let dict) = value else { throw TemplateError(.type, "argument after ** must be a mapping") }
        for (key, value) in dict.pairs { given.named.append((key.text, value)) }
      }
    }
    return given
  }

  func misfit(_ message: String, _ values: [Value]) -> TemplateError {
    for value in values { if case .undefined(let what) = value { return TemplateError(.undefined, what) } }
    return TemplateError(.type, message)
  }

  /// Calls a value.
  func call(_ callee: Value, _ arguments: Arguments) throws(TemplateError) -> Value {
    switch callee {
    case .function(let function): return try function.call(arguments, self)
    case .loop(let loop):
      guard let recurse = loop.recurse else {
        throw TemplateError(.type, "The loop must have the 'recursive' marker to be called recursively.")
      }
      return try recurse.call(arguments, self)
    case .undefined(let what): throw TemplateError(.undefined, what)
    default: throw TemplateError(.type, "'\(callee.typeName)' object is not callable")
    }
  }

  /// `base.name`: a method or an attribute first, then an item.
  func attribute(_ base: Value, _ name: String) throws(TemplateError) -> Value {
    guard !name.hasPrefix("__") else {
      throw TemplateError(.security, "access to attribute '\(name)' of '\(base.typeName)' object is unsafe.")
    }
    switch base {
    case .undefined(let what): throw TemplateError(.undefined, what)
    case .namespace(let namespace):
      return namespace.attributes[name] ?? .undefined("'Namespace' object has no attribute '\(name)'")
    case .loop(let loop): return try loop.attribute(name)
    case .function(let function) where name == "name": return .string(function.name)
    // What `groupby` gives is a pair with names.
    case .tuple(let pair) where pair.count == 2 && (name == "grouper" || name == "list"):
      return pair[name == "list" ? 1 : 0]
    case .dict(let dict):
      if let method = Methods.method(name, of: base) { return .function(method) }
      return dict[.string(name)] ?? .undefined("'dict object' has no attribute '\(name)'")
    default:
      if let text = base.string { try step(text: text) }
      if let method = Methods.method(name, of: base) { return .function(method) }
      return .undefined("'\(base.typeName) object' has no attribute '\(name)'")
    }
  }

  /// `base[key]`: an item first, then an attribute.
  func item(_ base: Value, _ key: Value) throws(TemplateError) -> Value {
    switch base {
    case .undefined(let what): throw TemplateError(.undefined, what)
    case .dict(let dict):
      if let found = dict[key] { return found }
      if let name = key.string { return try attribute(base, name) }
      return .undefined("dict object has no element \(key.representation)")
    case .list(let items), .tuple(let items):
      guard let index = key.int else { break }
      let at = index < 0 ? items.count + index : index
      return items.indices.contains(at) ? items[at] : .undefined("list object has no element \(index)")
    case .string(let text):
      guard let index = key.int else { break }
      let scalars = Array(text.unicodeScalars)
      let at = index < 0 ? scalars.count + index : index
      return scalars.indices.contains(at)
        ? .string(String(scalars[at])) : .undefined("str object has no element \(index)")
    default: break
    }
    if let name = key.string { return try attribute(base, name) }
    return .undefined("\(base.typeName) object has no element \(key.representation)")
  }

  private func sliced(_ base: Value, _ start: Int?, _ stop: Int?, _ step: Int?) throws(TemplateError) -> Value {
    let step = step ?? 1
    guard step != 0 else { throw TemplateError(.value, "slice step cannot be zero") }
    func picked(_ count: Int) -> [Int] {
      func clamp(_ index: Int?, _ standard: Int, _ low: Int, _ high: Int) -> Int {
        guard let index else { return standard }
        return min(max(index < 0 ? index + count : index, low), high)
      }
      let from = step > 0 ? clamp(start, 0, 0, count) : clamp(start, count - 1, -1, count - 1)
      let to = step > 0 ? clamp(stop, count, 0, count) : clamp(stop, -1, -1, count - 1)
      return Array(stride(from: from, to: to, by: step))
    }
    switch base {
    case .list(let items): return .list(picked(items.count).map { items[$0] })
    case .tuple(let items): return .tuple(picked(items.count).map { items[$0] })
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      var view = String.UnicodeScalarView()
      for at in picked(scalars.count) { view.append(scalars[at]) }
      return .string(String(view))
    default: throw misfit("'\(base.typeName)' object is not subscriptable", [base])
    }
  }

  private func compare(_ left: Value, _ sign: String, _ right: Value) throws(TemplateError) -> Bool {
    switch sign {
    case "==": left.equals(right)
    case "!=": !left.equals(right)
    case "<": try left.isLess(than: right)
    case ">": try right.isLess(than: left, ">")
    case "<=": try left.isAtMost(right, "<=")
    case ">=": try right.isAtMost(left, ">=")
    case "in": try right.contains(left)
    default: try !right.contains(left)
    }
  }
}

extension Value {
  /// Python's `in`.
  func contains(_ element: Value) throws(TemplateError) -> Bool {
    switch self {
    case .list(let items), .tuple(let items): return items.contains { $0.equals(element) }
    case .dict(let dict):
      try element.requireHashable()
      return dict[element] != nil
    case .undefined: return false
    case .string(let text):
      guard let part = element.string else {
        if case .undefined(let what) = element { throw TemplateError(.undefined, what) }
        throw TemplateError(.type, "'in <string>' requires string as left operand, not \(element.typeName)")
      }
      return find(part, in: text) != nil
    default: throw TemplateError(.type, "argument of type '\(typeName)' is not iterable")
    }
  }
}

extension Loop {
  /// `loop.index` and its kin.
  func attribute(_ name: String) throws(TemplateError) -> Value {
    let count = items.count
    switch name {
    case "index": return .int(index + 1)
    case "index0": return .int(index)
    case "revindex": return .int(count - index)
    case "revindex0": return .int(count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == count - 1)
    case "length": return .int(count)
    case "depth": return .int(depth)
    case "depth0": return .int(depth - 1)
    case "previtem": return index > 0 ? items[index - 1] : .undefined("there is no previous item")
    case "nextitem": return index + 1 < count ? items[index + 1] : .undefined("there is no next item")
    case "cycle":
      return .function(
        Function(name: "cycle") { [unowned self] arguments, _ throws(TemplateError) in
          guard !arguments.positional.isEmpty else { throw TemplateError(.type, "no items for cycling given") }
          return arguments.positional[self.index % arguments.positional.count]
        }
      )
    case "changed":
      return .function(
        Function(name: "changed") { [unowned self] arguments, _ throws(TemplateError) in
          let now = arguments.positional
          let isSame = self.lastChanged.map { $0.count == now.count && zip($0, now).allSatisfy { $0.equals($1) } }
          self.lastChanged = now
          return .bool(isSame != true)
        }
      )
    default: return .undefined("'LoopContext' object has no attribute '\(name)'")
    }
  }
}
