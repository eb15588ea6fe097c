internal import JSON

/// A value of the template language, with Python's semantics.
indirect enum Value {
  /// Something that is not there; the text says what.
  case undefined(String)
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Value])
  case tuple([Value])
  case dict(Dict)
  case namespace(Namespace)
  case function(Function)
  case loop(Loop)

  /// The value of a literal.
  init(_ literal: Literal) {
    switch literal {
    case .none: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    }
  }

  /// The value of a JSON value.
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .int(Int(value))
    case .number(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .array(let list): self = .list(list.map { Value($0) })
    case .object(let object): self = .dict(Dict(object.members.map { (.string($0.key), Value($0.value)) }))
    }
  }
}

/// A dictionary that keeps the order of its keys.
struct Dict {
  private(set) var pairs: [(key: Value, value: Value)]

  init(_ pairs: [(Value, Value)] = []) {
    self.pairs = []
    for (key, value) in pairs { self[key] = value }
  }

  subscript(key: Value) -> Value? {
    get { pairs.first { $0.key.equals(key) }?.value }
    set {
      guard let newValue else { return pairs.removeAll { $0.key.equals(key) } }
      if let at = pairs.firstIndex(where: { $0.key.equals(key) }) {
        pairs[at].value = newValue
      } else {
        pairs.append((key, newValue))
      }
    }
  }
}

/// What `namespace()` makes: the one thing whose attributes a template may set.
final class Namespace {
  var attributes: [String: Value]

  init(_ attributes: [String: Value]) { self.attributes = attributes }
}

/// Something that can be called.
struct Function {
  let name: String
  let call: (Arguments, Interpreter) throws(TemplateError) -> Value
}

/// Positional and named arguments of a call.
struct Arguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []

  /// The argument at a position or under a name.
  func value(_ position: Int, _ name: String) -> Value? {
    position < positional.count ? positional[position] : named.first { $0.name == name }?.value
  }
}

/// The `loop` variable.
final class Loop {
  let items: [Value]
  let depth: Int
  var index = 0
  var lastChanged: [Value]?
  var recurse: Function?

  init(items: [Value], depth: Int) {
    self.items = items
    self.depth = depth
  }
}

extension Value {
  /// Python's truth.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let items), .tuple(let items): !items.isEmpty
    case .dict(let dict): !dict.pairs.isEmpty
    case .namespace, .function, .loop: true
    }
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }

  var string: String? { if case .string(let text) = self { text } else { nil } }

  /// Whole numbers; booleans count as 0 and 1, as in Python.
  var int: Int? {
    switch self {
    case .int(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// Any number.
  var number: Double? {
    if case .double(let value) = self { return value }
    return int.map(Double.init)
  }

  /// Python's name of the type.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .namespace: "Namespace"
    case .function: "function"
    case .loop: "LoopContext"
    }
  }

  /// Python's `==`.
  func equals(_ other: Value) -> Bool {
    switch (self, other) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.dict(let a), .dict(let b)):
      return a.pairs.count == b.pairs.count && a.pairs.allSatisfy { b[$0.key]?.equals($0.value) ?? false }
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    default:
      if let a = int, let b = other.int { return a == b }
      if let a = number, let b = other.number { return a == b }
      return false
    }
  }

  /// Throws what Python does where a list or a mapping is to be a key.
  func requireHashable() throws(TemplateError) {
    switch self {
    case .list, .dict: throw TemplateError(.type, "unhashable type: '\(typeName)'")
    case .tuple(let items): for item in items { try item.requireHashable() }
    default: break
    }
  }

  /// Python's `<`.
  func isLess(than other: Value, _ sign: String = "<") throws(TemplateError) -> Bool {
    if let a = int, let b = other.int { return a < b }
    if let a = number, let b = other.number { return a < b }
    switch (self, other) {
    // Scalars and UTF-8 bytes have the same order.
    case (.string(let a), .string(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (x, y) in zip(a, b) where !x.equals(y) { return try x.isLess(than: y, sign) }
      return a.count < b.count
    case (.undefined(let what), _), (_, .undefined(let what)): throw TemplateError(.undefined, what)
    default:
      throw TemplateError(
        .type,
        "'\(sign)' not supported between instances of '\(typeName)' and '\(other.typeName)'"
      )
    }
  }

  /// Python's `<=`.
  func isAtMost(_ other: Value, _ sign: String = "<=") throws(TemplateError) -> Bool {
    if equals(other) { return true }
    return try isLess(than: other, sign)
  }

  /// Python's `str()`: what `{{ … }}` prints.
  var text: String {
    switch self {
    case .undefined: ""
    case .string(let text): text
    default: representation
    }
  }

  /// Python's `repr()`.
  var representation: String {
    switch self {
    case .undefined: return "Undefined"
    case .none: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .int(let value): return String(value)
    case .double(let value): return Self.python(value)
    case .string(let text): return Self.quoted(text)
    case .list(let items): return "[" + items.map(\.representation).joined(separator: ", ") + "]"
    case .tuple(let items):
      return "(" + items.map(\.representation).joined(separator: ", ") + (items.count == 1 ? ",)" : ")")
    case .dict(let dict):
      return "{" + dict.pairs.map { "\($0.key.representation): \($0.value.representation)" }.joined(separator: ", ")
        + "}"
    case .namespace: return "<Namespace>"
    case .function(let function): return "<function \(function.name)>"
    case .loop(let loop): return "<LoopContext \(loop.index + 1)/\(loop.items.count)>"
    }
  }

  /// Python's shortest form of a double.
  static func python(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    // Swift writes 1e-05 as Python does; whole doubles keep their ".0".
    return value.description
  }

  private static func quoted(_ text: String) -> String {
    let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var out = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where Character(scalar) == quote: out += "\\\(quote)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        out += "\\x" + (digits.count == 1 ? "0" : "") + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + String(quote)
  }

  /// The elements when iterated.
  func elements() throws(TemplateError) -> [Value] {
    switch self {
    case .list(let items), .tuple(let items): return items
    case .dict(let dict): return dict.pairs.map(\.key)
    case .string(let text): return text.unicodeScalars.map { .string(String($0)) }
    case .undefined: return []
    default: throw TemplateError(.type, "'\(typeName)' object is not iterable")
    }
  }
}
