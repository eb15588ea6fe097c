/// What is meant by a parser's complaint, for the slips that are made most: a comma too few or too many, a comment.
struct JSONMishap {
  /// Where it is, in bytes.
  let offset: Int
  /// What is wrong, in plain words.
  let meaning: String

  /// Looks at the token at which the parser gave up.
  /// - Parameters:
  ///   - end: how many bytes the parser had read.
  ///   - complaint: what it said.
  /// - Returns: nil where nothing plainer can be said.
  init?(_ source: [UInt8], upTo end: Int, said complaint: String) {
    guard !complaint.hasSuffix("near end of file") else { return nil }
    var before: Range<Int>?
    var token = Self.token(source, from: 0)
    while let here = token, here.upperBound < end {
      before = here
      token = Self.token(source, from: here.upperBound)
    }
    guard let token else { return nil }
    let first = source[token.lowerBound]
    let next = token.lowerBound + 1 < source.count ? source[token.lowerBound + 1] : 0
    if first == UInt8(ascii: "/"), next == UInt8(ascii: "/") || next == UInt8(ascii: "*") {
      (offset, meaning) = (token.lowerBound, "JSON has no comments")
      return
    }
    let last = before.map { source[$0.lowerBound] }
    let isClosing = first == UInt8(ascii: "]") || first == UInt8(ascii: "}")
    if isClosing, last == UInt8(ascii: ","), let before {
      (offset, meaning) = (before.lowerBound, "a comma too many")
      return
    }
    if first == UInt8(ascii: ","), let last, [UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{")].contains(last) {
      (offset, meaning) = (token.lowerBound, "a comma too many")
      return
    }
    // Something must stand before it for a comma to be missing between the two.
    guard let last, !"[{,:".utf8.contains(last) else { return nil }
    let expectsEnd = complaint.hasPrefix("']' expected") || complaint.hasPrefix("'}' expected")
    guard expectsEnd, !isClosing, first != UInt8(ascii: ":"), first != UInt8(ascii: ",") else { return nil }
    // Within a list a value may come, within an object a key only.
    guard complaint.hasPrefix("']'") || first == UInt8(ascii: "\"") else { return nil }
    (offset, meaning) = (token.lowerBound, "a comma is missing before this")
  }

  /// White space of JSON.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// The next token: a sign, a text with its quotation marks, or what stands together.
  private static func token(_ source: [UInt8], from start: Int) -> Range<Int>? {
    var at = start
    while at < source.count, isSpace(source[at]) { at += 1 }
    guard at < source.count else { return nil }
    let first = at
    at += 1
    if source[first] == UInt8(ascii: "\"") {
      while at < source.count, source[at] != UInt8(ascii: "\"") { at += source[at] == UInt8(ascii: "\\") ? 2 : 1 }
      return first..<min(source.count, at + 1)
    }
    let signs = Array("[]{}:,/\"".utf8)
    if signs.contains(source[first]) { return first..<at }
    while at < source.count, !isSpace(source[at]), !signs.contains(source[at]) { at += 1 }
    return first..<at
  }
}
