/// The bytes of a JSON text whose keys may hold U+0000, which the JSON reader refuses in keys: the vocabulary of a
/// tokenizer may have it as a token.
///
/// `\u0000` in a key is read as a noncharacter that the text does not have, written in as many bytes, so that places stay
/// true.
struct NullKeys {
  let bytes: [UInt8]
  private let mark: Unicode.Scalar?

  private static let null = Array(#"\u0000"#.utf8)

  init(_ source: [UInt8]) {
    let places = Self.places(source)
    guard !places.isEmpty, let mark = Self.mark(for: source) else {
      bytes = source
      self.mark = nil
      return
    }
    var bytes = source
    let written = Array("\\u\(String(mark.value, radix: 16))".utf8)
    for place in places { bytes.replaceSubrange(place..<place + 6, with: written) }
    self.bytes = bytes
    self.mark = mark
  }

  /// A key as it was meant.
  func restored(_ key: String) -> String {
    guard let mark, key.unicodeScalars.contains(mark) else { return key }
    return String(String.UnicodeScalarView(key.unicodeScalars.map { $0 == mark ? "\0" : $0 }))
  }

  /// Where the escape stands in keys.
  private static func places(_ source: [UInt8]) -> [Int] {
    var found: [Int] = []
    var inText: [Int] = []
    var isText = false
    var at = 0
    while at < source.count {
      switch source[at] {
      case 0x5C where isText:
        if source[at...].starts(with: null) { inText.append(at) }
        at += 1
      case 0x22:
        if isText, !inText.isEmpty {
          var next = at + 1
          while next < source.count, source[next] <= 0x20 { next += 1 }
          if next < source.count, source[next] == 0x3A { found += inText }
        }
        inText.removeAll()
        isText.toggle()
      default: break
      }
      at += 1
    }
    return found
  }

  /// A noncharacter that is neither written nor escaped in the text.
  private static func mark(for source: [UInt8]) -> Unicode.Scalar? {
    let text = String(decoding: source, as: UTF8.self)
    let lower = text.lowercased()
    return (0xFDD0...0xFDEF).compactMap { Unicode.Scalar($0 as UInt32) }.first { mark in
      !text.unicodeScalars.contains(mark)
        && !lower.utf8.split(separator: 0x5C).contains {
          $0.starts(with: "u\(String(mark.value, radix: 16))".utf8)
        }
    }
  }
}
