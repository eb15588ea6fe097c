/// JSON as judges write it into their answers: enough to find an object in running text. Files are read by the module JSON.
///
/// Foundation's `JSONSerialization` does not do: it wants the whole text to be one value, so that a scanner would have to find
/// an object's end before it; of a key that comes twice it keeps one value in silence, where this says that there is none;
/// it loses how a number was written (`5.0` is no label `5`) and the order of members; and starting anew at each brace, it
/// needs quadratic time for hostile text.
enum JSONText: Equatable {
  case string(String)
  /// A number as it was written.
  case number(String)
  case bool(Bool)
  case null
  case array([JSONText])
  case object([(key: String, value: JSONText)])

  /// The value of an object's key; nil if it has none or more than one.
  func value(_ key: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    let found = members.filter { $0.key == key }
    return found.count == 1 ? found[0].value : nil
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }

  /// What stands for a label: a text, or a number, a truth value or null as it was written.
  var word: String? {
    switch self {
    case .string(let text): text
    case .number(let text): text
    case .bool(let truth): truth ? "true" : "false"
    case .null: "null"
    case .array, .object: nil
    }
  }

  /// The whole text as one value.
  static func whole(_ text: String) -> JSONText? {
    var scanner = JSONScanner(Array(text.unicodeScalars))
    guard let value = scanner.value(at: 0) else { return nil }
    scanner.skipSpace()
    return scanner.at == scanner.scalars.count ? value : nil
  }

  /// As text in one line.
  var text: String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .number(let text): text
    case .bool(let truth): truth ? "true" : "false"
    case .null: "null"
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.key)):\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  static func == (left: JSONText, right: JSONText) -> Bool { left.text == right.text }
}

/// Reads values out of scalars. Every failed attempt costs steps, and the steps of one text are limited, so that no text,
/// however made, takes more than linear time.
struct JSONScanner {
  let scalars: [Unicode.Scalar]
  private(set) var at = 0
  private var steps: Int
  private static let deepest = 64

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    steps = 8 * scalars.count + 1024
  }

  /// Whether the limit of steps was reached: what follows is not read.
  var isSpent: Bool { steps <= 0 }

  /// The value that begins at a place; `at` is then behind it.
  mutating func value(at place: Int) -> JSONText? {
    at = place
    return value(depth: 0)
  }

  private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private mutating func step() {
    at += 1
    steps -= 1
  }

  mutating func skipSpace() { while let scalar = next, " \t\n\r".unicodeScalars.contains(scalar) { step() } }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == scalar else { return false }
    step()
    return true
  }

  private mutating func value(depth: Int) -> JSONText? {
    skipSpace()
    steps -= 1
    guard depth < Self.deepest, steps > 0, let first = next else { return nil }
    switch first {
    case "{": return object(depth)
    case "[": return array(depth)
    case "\"": return string().map { .string($0) }
    case "t": return word("true") ? .bool(true) : nil
    case "f": return word("false") ? .bool(false) : nil
    case "n": return word("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func object(_ depth: Int) -> JSONText? {
    step()
    var members: [(key: String, value: JSONText)] = []
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard next == "\"", let key = string(), take(":"), let value = value(depth: depth + 1) else { return nil }
      members.append((key, value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(_ depth: Int) -> JSONText? {
    step()
    var values: [JSONText] = []
    if take("]") { return .array([]) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while take(",")
    return take("]") ? .array(values) : nil
  }

  private mutating func word(_ word: String) -> Bool {
    for scalar in word.unicodeScalars {
      guard next == scalar else { return false }
      step()
    }
    return true
  }

  private mutating func number() -> JSONText? {
    let start = at
    while let scalar = next, ("0"..."9").contains(scalar) || "+-.eE".unicodeScalars.contains(scalar) { step() }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<at])
    return Double(String(text)).flatMap { $0.isFinite ? .number(String(text)) : nil }
  }

  private mutating func string() -> String? {
    step()
    var out = String.UnicodeScalarView()
    while let scalar = next, steps > 0 {
      step()
      switch scalar {
      case "\"": return String(out)
      case "\\":
        guard let escaped = escape() else { return nil }
        out.append(escaped)
      case _ where scalar.value < 0x20: return nil
      default: out.append(scalar)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard let scalar = next else { return nil }
    step()
    switch scalar {
    case "\"", "\\", "/": return scalar
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "u":
      guard let high = unit() else { return nil }
      guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
      guard next == "\\" else { return nil }
      step()
      guard next == "u" else { return nil }
      step()
      guard let low = unit(), (0xDC00..<0xE000).contains(low) else { return nil }
      return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    default: return nil
    }
  }

  private mutating func unit() -> UInt32? {
    guard at + 4 <= scalars.count else { return nil }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(scalars[at]).hexDigitValue, scalars[at].isASCII else { return nil }
      value = value << 4 | UInt32(digit)
      step()
    }
    return value
  }
}
