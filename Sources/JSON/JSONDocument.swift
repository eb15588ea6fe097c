internal import CJansson
internal import Glibc

/// A parsed JSON text that can tell where each of its values stands.
public struct JSONDocument: Sendable {
  /// The file's name as shown in errors.
  public let name: String
  /// The value.
  public let root: JSONValue
  /// The bytes, kept to find places: values carry none.
  let source: [UInt8]

  /// Nesting beyond this is refused, so that recursive readers cannot exhaust the stack.
  public static let maximumDepth = 512

  /// Parses UTF-8 bytes (a byte-order mark is skipped). Duplicate keys, NaN, lone surrogates and trailing text are errors.
  public static func parse(_ bytes: [UInt8], name: String) throws(JSONError) -> JSONDocument {
    let source = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if let place = depthOverrun(source) {
      throw JSONError(at: locate(place, in: source, name: name), "nested deeper than \(maximumDepth) levels")
    }
    var error = json_error_t()
    let flags = Int(JSON_REJECT_DUPLICATES) | Int(JSON_ALLOW_NUL) | Int(JSON_DECODE_ANY)
    let root = source.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { json_loadb($0.baseAddress, $0.count, flags, &error) }
    }
    guard let root else {
      let text = withUnsafePointer(to: &error) { String(cString: tjson_error_text($0)) }
      // Jansson points to the end of the offending token; column 0 means the end of the line before.
      let place = SourcePlace(file: name, line: max(1, Int(error.line)), column: max(1, Int(error.column)))
      if source.allSatisfy(JSONMishap.isSpace) {
        throw JSONError(at: place, "the file is empty: expected a JSON value")
      }
      guard let mishap = JSONMishap(source, upTo: Int(error.position), said: text) else {
        throw JSONError(at: place, "not valid JSON: \(text)")
      }
      throw JSONError(
        at: locate(mishap.offset, in: source, name: name),
        "not valid JSON: \(mishap.meaning) (\(text))"
      )
    }
    defer { tjson_decref(root) }
    // Jansson overlooks a NUL after a number or a word; none can stand in a text that it has read to the end otherwise.
    if let offset = source.firstIndex(of: 0) {
      let place = locate(offset, in: source, name: name)
      throw JSONError(at: place, "not valid JSON: a NUL byte; in a string it is written \\u0000")
    }
    return JSONDocument(name: name, root: tree(root), source: source)
  }

  /// Parses a text.
  public static func parse(_ text: String, name: String) throws(JSONError) -> JSONDocument {
    try parse(Array(text.utf8), name: name)
  }

  /// Reads and parses a file of at most `maximumBytes`.
  public static func read(file path: String, maximumBytes: Int = 256 << 20) throws(JSONError) -> JSONDocument {
    try parse(FileBytes.read(path, maximumBytes: maximumBytes), name: path)
  }

  /// The place of a value, or of the object that should hold it where it is missing.
  public func place(of path: JSONPath) -> SourcePlace {
    var scanner = PlaceScanner(source)
    return Self.locate(scanner.offset(of: path.steps[...]), in: source, name: name)
  }

  /// The place of a key itself (not of its value).
  public func place(ofKey key: String, in path: JSONPath) -> SourcePlace {
    var scanner = PlaceScanner(source)
    return Self.locate(scanner.offset(of: path.steps[...], key: key), in: source, name: name)
  }

  /// The places of all elements of the list at the root, found in one go; none where the root is no list.
  public func elementPlaces() -> [SourcePlace] {
    var scanner = PlaceScanner(source)
    var (line, column, read) = (1, 1, 0)
    return scanner.elementOffsets().map { offset in
      for byte in source[read..<offset] {
        if byte == 0x0A { (line, column) = (line + 1, 1) } else if byte & 0xC0 != 0x80 { column += 1 }
      }
      read = offset
      return SourcePlace(file: name, line: line, column: column)
    }
  }

  private static func tree(_ value: UnsafeMutablePointer<json_t>) -> JSONValue {
    switch json_type(rawValue: UInt32(tjson_type(value))) {
    case JSON_OBJECT:
      var object = JSONObject()
      var iterator = json_object_iter(value)
      while let at = iterator {
        if let key = json_object_iter_key(at), let member = json_object_iter_value(at) {
          object[String(cString: key)] = tree(member)
        }
        iterator = json_object_iter_next(value, at)
      }
      return .object(object)
    case JSON_ARRAY:
      let count = json_array_size(value)
      var list = [JSONValue]()
      list.reserveCapacity(count)
      for index in 0..<count { if let element = json_array_get(value, index) { list.append(tree(element)) } }
      return .array(list)
    case JSON_STRING:
      let bytes = UnsafeBufferPointer(start: json_string_value(value), count: json_string_length(value))
      return .string(bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) })
    case JSON_INTEGER: return .integer(json_integer_value(value))
    case JSON_REAL: return .number(json_real_value(value))
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    default: return .null
    }
  }

  /// The offset at which nesting passes the limit, if it does.
  private static func depthOverrun(_ source: [UInt8]) -> Int? {
    var depth = 0
    var inString = false
    var escaped = false
    for (offset, byte) in source.enumerated() {
      if inString {
        if escaped { escaped = false } else if byte == 0x5C { escaped = true } else if byte == 0x22 { inString = false }
      } else if byte == 0x22 {
        inString = true
      } else if byte == 0x5B || byte == 0x7B {
        depth += 1
        if depth > maximumDepth { return offset }
      } else if byte == 0x5D || byte == 0x7D {
        depth -= 1
      }
    }
    return nil
  }

  private static func locate(_ offset: Int, in source: [UInt8], name: String) -> SourcePlace {
    var line = 1
    var column = 1
    for byte in source.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return SourcePlace(file: name, line: line, column: column)
  }
}
