import Testing

@testable import Subprocess

@Suite("Lines of a pipe", .timeLimit(.minutes(10)))
struct LineBufferTests {
  /// Feeds `text` in pieces of `size` bytes and takes what is there after each.
  private func lines(_ text: String, piece size: Int, limit: Int = 16) throws -> [String] {
    var buffer = LineBuffer(limit: limit)
    var found: [String] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { buffer.append($0) }
      while let line = try buffer.next() { found.append(line.text) }
    }
    return found
  }

  @Test("lines come out whole, whatever the pieces they came in", arguments: [1, 2, 3, 7, 1000])
  func pieces(size: Int) throws {
    let text = (0..<200).map { String(repeating: "é", count: $0 % 9) + "\n" }.joined() + "rest"
    #expect(try lines(text, piece: size) == (0..<200).map { String(repeating: "é", count: $0 % 9) })
  }

  @Test("a line of the limit passes, a longer one is an error before or with its end", arguments: [1, 5, 1000])
  func limit(size: Int) throws {
    let longest = String(repeating: "x", count: 16)
    #expect(try lines("\(longest)\n", piece: size) == [longest])
    for end in ["", "\n"] {
      #expect(throws: ProcessFailure.lineTooLong(limit: 16)) { try lines("ok\n\(longest)x\(end)", piece: size) }
    }
  }
}
