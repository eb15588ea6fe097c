/// Reads the fields before the data of a GGUF file, each bounded by the bytes that are left.
struct GGUFReader {
  let path: String
  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0
  /// Array elements that may still be read: a byte in the file is up to eight in memory.
  private var elementsLeft = 1 << 26

  /// Headers are read up to so many bytes; real ones, vocabulary included, have some ten million.
  static let maximumHeaderBytes = 256 << 20

  init(path: String, bytes: UnsafeRawBufferPointer) {
    self.path = path
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, Self.maximumHeaderBytes)])
  }

  var left: Int { bytes.count - offset }

  func bad(_ problem: String, at place: Int? = nil) -> TensorError {
    .malformedGGUF(file: path, offset: place ?? offset, problem: problem)
  }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, _ what: String)
    throws(TensorError) -> Number
  {
    let size = MemoryLayout<Number>.size
    guard left >= size else { throw bad("the file ends inside \(what): it is truncated; fetch it again") }
    defer { offset += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// A count whose elements take at least `size` bytes each.
  mutating func count(_ what: String, each size: Int) throws(TensorError) -> Int {
    let place = offset
    let count = try number(UInt64.self, "the number of \(what)")
    guard count <= UInt64(left / size) else {
      throw bad("claims \(count) \(what), but only \(left) bytes follow: damaged or truncated", at: place)
    }
    return Int(count)
  }

  mutating func text(_ what: String) throws(TensorError) -> (text: String, isValid: Bool) {
    let count = try count("bytes of \(what)", each: 1)
    let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    offset += count
    if let text = String(validating: slice, as: UTF8.self) { return (text, true) }
    return (String(decoding: slice, as: UTF8.self), false)
  }

  /// A name: valid UTF-8, not empty.
  mutating func name(_ what: String) throws(TensorError) -> String {
    let place = offset
    let (text, isValid) = try text(what)
    guard isValid, !text.isEmpty else { throw bad("\(what) is empty or not UTF-8", at: place) }
    return text
  }

  mutating func value(of key: String) throws(TensorError) -> GGUFValue {
    let place = offset
    let kind = try number(UInt32.self, "the type of \"\(key)\"")
    guard let type = ValueType(rawValue: kind) else { throw bad("\"\(key)\" has the unknown type \(kind)", at: place) }
    return try value(type, key, depth: 0)
  }

  private mutating func value(_ type: ValueType, _ key: String, depth: Int) throws(TensorError) -> GGUFValue {
    switch type {
    case .bool: return .bool(try bool(key))
    case .string: return .string(try text("\"\(key)\"").text)
    case .array: return try array(key, depth: depth)
    case .float32, .float64: return .number(try floating(type, key))
    case .uint64:
      let value = try number(UInt64.self, "\"\(key)\"")
      return Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    default: return .integer(try integer(type, key))
    }
  }

  private mutating func array(_ key: String, depth: Int) throws(TensorError) -> GGUFValue {
    let place = offset
    let kind = try number(UInt32.self, "the element type of \"\(key)\"")
    guard let type = ValueType(rawValue: kind) else {
      throw bad("the array \"\(key)\" has elements of the unknown type \(kind)", at: place)
    }
    guard depth < 4 else { throw bad("arrays are nested too deep in \"\(key)\"", at: place) }
    let count = try count("elements of \"\(key)\"", each: type.leastBytes)
    guard count <= elementsLeft else { throw bad("the arrays have more than \(1 << 26) elements", at: place) }
    elementsLeft -= count
    switch type {
    case .bool: return .bools(try list(count) { reader throws(TensorError) in try reader.bool(key) })
    case .string: return .strings(try list(count) { reader throws(TensorError) in try reader.text("\"\(key)\"").text })
    case .array:
      return .arrays(try list(count) { reader throws(TensorError) in try reader.array(key, depth: depth + 1) })
    case .float32, .float64:
      return .numbers(try list(count) { reader throws(TensorError) in try reader.floating(type, key) })
    default: return .integers(try list(count) { reader throws(TensorError) in try reader.integer(type, key) })
    }
  }

  private mutating func list<Element>(
    _ count: Int,
    _ read: (inout GGUFReader) throws(TensorError) -> Element
  ) throws(TensorError) -> [Element] {
    var list: [Element] = []
    // Bounded by the bytes that are left, but an element may be wider in memory than in the file.
    list.reserveCapacity(min(count, 1 << 20))
    for _ in 0..<count { list.append(try read(&self)) }
    return list
  }

  private mutating func bool(_ key: String) throws(TensorError) -> Bool {
    let place = offset
    let byte = try number(UInt8.self, "\"\(key)\"")
    guard byte <= 1 else { throw bad("\"\(key)\" is \(byte), but true is 1 and false is 0", at: place) }
    return byte == 1
  }

  private mutating func floating(_ type: ValueType, _ key: String) throws(TensorError) -> Double {
    if type == .float64 { return Double(bitPattern: try number(UInt64.self, "\"\(key)\"")) }
    return Double(Float(bitPattern: try number(UInt32.self, "\"\(key)\"")))
  }

  private mutating func integer(_ type: ValueType, _ key: String) throws(TensorError) -> Int64 {
    let what = "\"\(key)\""
    switch type {
    case .uint8: return Int64(try number(UInt8.self, what))
    case .int8: return Int64(try number(Int8.self, what))
    case .uint16: return Int64(try number(UInt16.self, what))
    case .int16: return Int64(try number(Int16.self, what))
    case .uint32: return Int64(try number(UInt32.self, what))
    case .int32: return Int64(try number(Int32.self, what))
    case .uint64:
      let place = offset
      let value = try number(UInt64.self, what)
      guard let small = Int64(exactly: value) else {
        throw bad("\(value) in the array \(what) is too large", at: place)
      }
      return small
    default: return try number(Int64.self, what)
    }
  }

  /// The types of metadata values, by their numbers in the format.
  private enum ValueType: UInt32 {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes that a value takes at least.
    var leastBytes: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .string, .uint64, .int64, .float64: 8
      case .array: 12
      }
    }
  }
}
