/// Where bytes stop being UTF-8.
enum UTF8Check {
  /// The first byte that is no part of UTF-8, nil where all are.
  static func firstInvalid(_ bytes: UnsafeRawBufferPointer) -> Int? {
    // Most rows hold nothing but ASCII, and the standard check is quicker than a decoder that knows the place.
    if ByteSearch.isASCII(bytes) || String(validating: bytes, as: UTF8.self) != nil { return nil }
    var iterator = bytes.makeIterator()
    var decoder = UTF8()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }
}
