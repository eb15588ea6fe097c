import Hashing
import Testing

@Suite("SHA-256", .timeLimit(.minutes(10)))
struct SHA256Tests {
  @Test(
    "known texts have their known hashes",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ]
  )
  func known(text: String, hash: String) {
    #expect(SHA256.hex(text) == hash)
    #expect(SHA256.hex(Array(text.utf8)) == hash)
  }

  @Test("a million letters give the standard's hash")
  func million() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(SHA256.hex(bytes) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("it does not matter how the bytes are cut", arguments: [1, 7, 63, 64, 65, 200])
  func pieces(step: Int) {
    let bytes = (0..<200).map { UInt8($0) }
    var hash = SHA256()
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(bytes.count, start + step)].withUnsafeBytes { hash.update($0) }
    }
    hash.update(UnsafeRawBufferPointer(start: nil, count: 0))
    hash.update("")
    let whole = SHA256.hex(bytes)
    #expect(hash.finish() == whole)
  }

  @Test("texts that look alike but have other bytes have other hashes")
  func bytes() {
    #expect(SHA256.hex("\u{E9}") != SHA256.hex("e\u{301}"))
    #expect(SHA256.hex("\r\n") != SHA256.hex("\n"))
  }
}
