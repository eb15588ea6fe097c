import Hashing
import Testing

@Suite("Git's name of a content", .timeLimit(.minutes(10)))
struct GitBlobHashTests {
  @Test(
    "a content has the name that `git hash-object` gives it",
    arguments: [
      ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
      ("the mill turns\n", "3e948fa18bef4b78fa3fdf7091f596d0390ea017"),
    ]
  )
  func known(text: String, name: String) { #expect(GitBlobHash.hex(Array(text.utf8)) == name) }

  @Test("it does not matter how the bytes are cut", arguments: [1, 7, 64, 200])
  func pieces(step: Int) {
    let bytes = (0..<200).map { UInt8($0) }
    var hash = GitBlobHash(byteCount: bytes.count)
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(bytes.count, start + step)].withUnsafeBytes { hash.update($0) }
    }
    #expect(hash.finish() == GitBlobHash.hex(bytes))
  }
}
