import JSON
import TestKit

// What inputs are made of.
extension TestNumbers {
  /// A number below a bound that is at least 1.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// True once in so many times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  /// One of several.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// A list of up to so many.
  mutating func list<Element>(upTo count: Int, _ make: (inout TestNumbers) -> Element) -> [Element] {
    let length = below(count + 1)
    return (0..<length).map { _ in make(&self) }
  }

  /// A piece of text, plain or nasty.
  mutating func text() -> String {
    list(upTo: 4) { $0.once(in: 4) ? $0.pick(Nasty.pieces) : $0.pick(Nasty.words) }.joined()
  }

  /// Any JSON value.
  mutating func json(depth: Int = 4) -> JSONValue {
    switch below(depth > 0 ? 8 : 6) {
    case 0: .null
    case 1: .bool(once(in: 2))
    case 2: .integer(once(in: 2) ? Int64(below(20)) - 10 : Int64(bitPattern: next()))
    case 3: .number(number())
    case 4, 5: .string(text())
    case 6: .array(list(upTo: 4) { $0.json(depth: depth - 1) })
    // The reader refuses a NUL in a key, so none is ever written.
    default: .object(JSONObject(list(upTo: 4) { ($0.text().filter { $0 != "\0" }, $0.json(depth: depth - 1)) }))
    }
  }

  /// A finite number, often with an awkward text.
  mutating func number() -> Double {
    let number = Double(bitPattern: next())
    return once(in: 3) || !number.isFinite ? Double(below(2000) - 1000) / 8 : number
  }

  /// A few changes of the kinds that break readers.
  mutating func mutated(_ bytes: [UInt8], dictionary: [String] = Nasty.pieces) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(4) {
      let at = below(bytes.count + 1)
      let end = min(bytes.count, at + below(8))
      switch below(8) {
      case 0: bytes.removeSubrange(at..<end)
      case 1: bytes.insert(contentsOf: Array(pick(dictionary).utf8), at: at)
      case 2: bytes.replaceSubrange(at..<end, with: Array(pick(dictionary).utf8))
      case 3: bytes.insert(UInt8(truncatingIfNeeded: next()), at: at)
      case 4: if at < bytes.count { bytes[at] ^= 1 << UInt8(below(8)) }
      case 5: bytes.insert(contentsOf: bytes[at..<end], at: below(bytes.count + 1))
      case 6: if once(in: 4) { bytes.removeSubrange(at...) }
      default:
        let other = below(bytes.count + 1)
        bytes.insert(contentsOf: bytes[min(at, other)..<max(at, other)].prefix(64), at: at)
      }
    }
    return bytes
  }
}

/// Texts that readers stumble over.
enum Nasty {
  static let words = [
    "mill", "Bram", " the carp", "REFUSAL", "NON-REFUSAL", " silver comb", "1", "0.5", " ", "\n", "label",
  ]
  static let pieces = [
    "\u{0}", "\u{7F}", "\u{1B}[2J", "\r\n", "\r", "\u{2028}", "\u{200B}", "\u{FEFF}", "\u{0301}",
    "\u{1F645}\u{200D}\u{2640}",
    "ﬁ", "İ", "ß", "Σ", "’", "\\", "\\u0000", "\\ud800", "\"", "'", "{", "}", "[", "]", ":", ",", "<", ">", "&",
    "<think>",
    "</think>", "```json\n", "```", "**", "#", "data:", "[DONE]", "null", "true", "NaN", "-0", "1e999", "1e-999",
    "99999999999999999999", "0x1", "--", "/*", "//", "{prompt}", "REFUSAL", "NON-REFUSAL", "refusal: ", "Answer: yes",
    "[[A]]", "GRADE: C", "\u{E000}", "\u{10FFFF}", String(repeating: "a", count: 300),
    String(repeating: "[", count: 600),
  ]
}
