import Testing

@testable import LabelTables

@Suite("Numbers of texts", .timeLimit(.minutes(10)))
struct ByteTableTests {
  @Test("equal bytes have equal numbers, in the order of their first appearance, past the size of a block")
  func numbers() {
    let table = ByteTable()
    var known: [String: Int] = [:]
    var draw = Draw(state: 5)
    for step in 0..<300_000 {
      let text =
        "k" + String(Int.random(in: 0..<150_000, using: &draw), radix: 36) + (step % 7 == 0 ? " and more text" : "")
      let number = known[text] ?? known.count
      known[text] = number
      #expect(table.intern(text) == number)
    }
    #expect(table.count == known.count && known.count > 1 << 17)
    for (text, number) in known { #expect(table.text(number) == text) }
  }

  @Test("the empty text and texts that begin alike are different ones")
  func near() {
    let table = ByteTable()
    let texts = [""] + (1...40).flatMap { [String(repeating: "a", count: $0), String(repeating: "\0", count: $0)] }
    for (number, text) in texts.enumerated() { #expect(table.intern(text) == number) }
    for (number, text) in texts.enumerated() { #expect(table.intern(text) == number) }
  }

  @Test("trying the entry met last and the one after it changes no number")
  func runs() {
    let (plain, quick) = (ByteTable(), ByteTable())
    var draw = Draw(state: 9)
    var last = 0
    for step in 0..<20_000 {
      let text = "item \(step % 3 == 0 ? Int.random(in: 0..<500, using: &draw) : step / 3 % 400)"
      var copy = text
      let number = copy.withUTF8 { quick.entries.pointee.intern(UnsafeRawBufferPointer($0), after: &last) }
      #expect(number == plain.intern(text))
    }
  }

  @Test("a byte is found wherever it stands, and counted")
  func search() {
    var draw = Draw(state: 3)
    let search = ByteSearch(0x2C, 0x22, 0x0A, 0x0D)
    let special: Set<UInt8> = [0, 0x2C, 0x22, 0x0A, 0x0D]
    for _ in 0..<2000 {
      let count = Int.random(in: 0...40, using: &draw)
      // Neighbours of the bytes looked for, and bytes with the highest bit.
      let bytes = (0..<count).map { _ in
        [0x2B, 0x2D, 0x23, 0x0B, 0x0C, 0x8A, 0xAC, 0xFF, 0x01, 0x2C, 0x0A].randomElement(using: &draw) ?? UInt8(0)
      }
      let padded = bytes + [UInt8](repeating: 0x61, count: 8)
      let (found, lines) = padded.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return (0, 0) }
        return (search.first(in: base, from: 0, to: count), ByteSearch.count(of: 0x0A, in: base, count))
      }
      #expect(min(found, count) == bytes.firstIndex { special.contains($0) } ?? count)
      #expect(lines == bytes.count { $0 == 0x0A })
    }
  }
}
