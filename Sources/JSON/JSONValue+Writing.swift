internal import Hashing

extension JSONValue {
  /// How a value is written.
  public enum Style: Sendable {
    /// One line, no spaces.
    case compact
    /// Indented by two spaces.
    case pretty
    /// One line, keys sorted by their UTF-8 bytes: equal values give equal bytes whatever the order of their keys.
    case canonical
  }

  /// The value as JSON text. Control characters, U+2028 and U+2029 are escaped; other text stays as it is.
  public func text(_ style: Style = .compact) -> String {
    var out = ""
    write(into: &out, style: style, depth: 0)
    return out
  }

  /// SHA-256 of the canonical text, as 64 hexadecimal digits.
  public var contentHash: String { SHA256.hex(text(.canonical)) }

  private func write(into out: inout String, style: Style, depth: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value):
      // JSON has no NaN or infinity; results carry `undefined` as an object of their own, so this is never a result.
      out += value.isFinite ? Self.shortest(value) : "null"
    case .string(let value): Self.quote(value, into: &out)
    case .array(let list):
      writeMembers(open: "[", close: "]", count: list.count, into: &out, style: style, depth: depth) { at, out in
        list[at].write(into: &out, style: style, depth: depth + 1)
      }
    case .object(let object):
      let members =
        style == .canonical
        ? object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : object.members
      writeMembers(open: "{", close: "}", count: members.count, into: &out, style: style, depth: depth) { at, out in
        Self.quote(members[at].key, into: &out)
        out += style == .pretty ? ": " : ":"
        members[at].value.write(into: &out, style: style, depth: depth + 1)
      }
    }
  }

  private func writeMembers(
    open: String,
    close: String,
    count: Int,
    into out: inout String,
    style: Style,
    depth: Int,
    each: (Int, inout String) -> Void
  ) {
    out += open
    for at in 0..<count {
      if at > 0 { out += "," }
      if style == .pretty { out += "\n" + String(repeating: "  ", count: depth + 1) }
      each(at, &out)
    }
    if style == .pretty, count > 0 { out += "\n" + String(repeating: "  ", count: depth) }
    out += close
  }

  /// The shortest decimal that reads back as the same double; whole numbers keep `.0` so that they stay numbers.
  private static func shortest(_ value: Double) -> String { value.description }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value == 0x2028 || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
