/// The way from the root of a JSON value to one inside it.
public struct JSONPath: Sendable, Equatable, CustomStringConvertible {
  /// One step.
  public enum Step: Sendable, Equatable {
    /// Into an object.
    case key(String)
    /// Into a list, from 0.
    case index(Int)
  }

  /// The steps from the root.
  public let steps: [Step]

  /// The root.
  public static let root = JSONPath(steps: [])

  /// Makes a path.
  public init(steps: [Step]) { self.steps = steps }

  /// The path one key deeper.
  public func key(_ key: String) -> JSONPath { JSONPath(steps: steps + [.key(key)]) }
  /// The path one list index deeper.
  public func index(_ index: Int) -> JSONPath { JSONPath(steps: steps + [.index(index)]) }

  /// `judges[2].prompt`; the root is `the top level`.
  public var description: String {
    guard !steps.isEmpty else { return "the top level" }
    var text = ""
    for step in steps {
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}

/// Finds the byte offset of a value in a text that is already known to be valid JSON.
struct PlaceScanner {
  private let source: [UInt8]
  private var at = 0

  init(_ source: [UInt8]) { self.source = source }

  /// Offset of the value at `path`, or of its `key`; where the path leaves the text, of the innermost value reached.
  mutating func offset(of path: ArraySlice<JSONPath.Step>, key wanted: String? = nil) -> Int {
    skipSpace()
    let start = at
    guard let step = path.first else {
      guard let wanted else { return start }
      return member(wanted)?.key ?? start
    }
    switch step {
    case .key(let key):
      guard let found = member(key) else { return start }
      at = found.value
      return offset(of: path.dropFirst(), key: wanted)
    case .index(let index):
      guard peek == UInt8(ascii: "[") else { return start }
      at += 1
      for _ in 0..<index {
        skipSpace()
        if peek == UInt8(ascii: "]") { return start }
        skipValue()
        skipSpace()
        guard peek == UInt8(ascii: ",") else { return start }
        at += 1
      }
      return offset(of: path.dropFirst(), key: wanted)
    }
  }

  /// Offsets of the elements of the list at the root; none where the root is no list.
  mutating func elementOffsets() -> [Int] {
    skipSpace()
    guard peek == UInt8(ascii: "[") else { return [] }
    at += 1
    var offsets: [Int] = []
    while true {
      skipSpace()
      guard let byte = peek, byte != UInt8(ascii: "]") else { return offsets }
      offsets.append(at)
      skipValue()
      skipSpace()
      guard peek == UInt8(ascii: ",") else { return offsets }
      at += 1
    }
  }

  private var peek: UInt8? { at < source.count ? source[at] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  /// Offsets of a member's key and value in the object that starts here.
  private mutating func member(_ wanted: String) -> (key: Int, value: Int)? {
    guard peek == UInt8(ascii: "{") else { return nil }
    at += 1
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { return nil }
      let keyStart = at
      skipString()
      let raw = String(decoding: source[keyStart..<at], as: UTF8.self)
      skipSpace()
      at += 1  // the colon
      skipSpace()
      if keyText(raw) == wanted { return (keyStart, at) }
      skipValue()
      skipSpace()
      guard peek == UInt8(ascii: ",") else { return nil }
      at += 1
    }
  }

  private func keyText(_ raw: String) -> String? {
    raw.contains("\\")
      ? (try? JSONDocument.parse(raw, name: ""))?.root.string : String(raw.dropFirst().dropLast())
  }

  private mutating func skipString() {
    at += 1
    while let byte = peek {
      at += byte == 0x5C ? 2 : 1
      if byte == 0x22 { return }
    }
  }

  private mutating func skipValue() {
    skipSpace()
    switch peek {
    case UInt8(ascii: "\""): skipString()
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var depth = 0
      repeat {
        switch peek {
        case UInt8(ascii: "\""):
          skipString()
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case nil: return
        default: break
        }
        at += 1
      } while depth > 0
    default:
      while let byte = peek, !Self.ends.contains(byte) { at += 1 }
    }
  }

  private static let ends: [UInt8] = Array(",]} \n\r\t".utf8)
}
