/// A JSON value; objects keep the order of their keys. Texts are equal when their bytes are.
public enum JSONValue: Sendable, Equatable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number written without fraction or exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number; always finite.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Keys and values in the order of the source.
  case object(JSONObject)
}

extension JSONValue {
  /// Equal when all bytes are: Swift's own comparison of texts takes composed and decomposed letters for the same.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): ExactText(a) == ExactText(b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }
}

/// A text that is compared and hashed by its UTF-8 bytes.
public struct ExactText: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The text.
  public let text: String

  /// Wraps a text.
  public init(_ text: String) { self.text = text }

  /// The text.
  public var description: String { text }

  /// Equal bytes.
  public static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Order of bytes.
  public static func < (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Feeds the bytes.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}

/// An ordered JSON object with unique keys.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// Keys and values in order.
  public private(set) var members: [(key: String, value: JSONValue)]
  /// Filled only for large objects; small ones are searched in order.
  private var index: [ExactText: Int]?

  private static let indexedFrom = 17

  /// An empty object.
  public init() { members = [] }

  /// Makes an object of pairs; a later equal key replaces the earlier value.
  public init(_ pairs: some Sequence<(String, JSONValue)>) {
    members = []
    for (key, value) in pairs { self[key] = value }
  }

  /// Makes an object of a literal.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// Reads, sets (`nil` removes) the value of a key.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let at?, let value?): members[at].value = value
      case (let at?, nil):
        members.remove(at: at)
        reindex()
      case (nil, let value?):
        members.append((key, value))
        if index != nil {
          index?[ExactText(key)] = members.count - 1
        } else if members.count >= Self.indexedFrom {
          reindex()
        }
      case (nil, nil): break
      }
    }
  }

  private func position(of key: String) -> Int? {
    if let index { return index[ExactText(key)] }
    return members.firstIndex { ExactText($0.key) == ExactText(key) }
  }

  private mutating func reindex() {
    guard members.count >= Self.indexedFrom else {
      index = nil
      return
    }
    index = Dictionary(members.enumerated().map { (ExactText($1.key), $0) }, uniquingKeysWith: { $1 })
  }

  /// Equal when keys, values and their order are equal.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.count == right.members.count
      && zip(left.members, right.members).allSatisfy {
        ExactText($0.key) == ExactText($1.key) && $0.value == $1.value
      }
  }
}

extension JSONValue {
  /// The text, if this is one.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The truth value, if this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The list, if this is one.
  public var array: [JSONValue]? { if case .array(let list) = self { list } else { nil } }
  /// The object, if this is one.
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The whole number, if this is one (also `3.0`).
  public var integer: Int? {
    switch self {
    case .integer(let value): Int(value)
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, if this is one.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value of a key, if this is an object that has it.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// What this is, in the words of an error message.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
