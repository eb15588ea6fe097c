import Agreement
import JSON
import Testing

@testable import LabelTables

@Suite("Rows in pieces", .timeLimit(.minutes(10)))
struct PiecesTests {
  /// What a reader makes of bytes that come in pieces: its rows with their places, and its problem.
  private func read(_ bytes: [UInt8], pieces: (Int) -> Int) -> [String] {
    var found: [String] = []
    func take(_ row: CSVRow) {
      for cell in 0..<row.count {
        let place = row.place(cell)
        found.append("\(row.line) \(place.line):\(place.column) \(row.bytes(cell))")
      }
    }
    do {
      let reader = CSVReader(file: "t", separator: 0x2C)
      var at = 0
      while at < bytes.count {
        let end = min(bytes.count, at + max(1, pieces(at)))
        try bytes[at..<end].withUnsafeBytes { try reader.read($0, take) }
        at = end
      }
      try reader.finish(take)
    } catch { found.append("\(error)") }
    return found
  }

  @Test("where a file is cut changes nothing, not even the place of what is wrong with it")
  func cuts() {
    var draw = Draw(state: 2026)
    let parts = [
      "a", "é", "\"", "\"\"", ",", "\n", "\r\n", "\r", "\0", "comb", "\"a,\nb\"", " ", "long text of a carp",
    ]
    for _ in 0..<3000 {
      let weights = [0, 0, 0, 1, 3, 4, 4, 5, 5, 6, 9, 9, 10, 10, 10, 11, 12]
      let count = Int.random(in: 0...24, using: &draw)
      var text = ""
      for _ in 0..<count {
        // Marks that break a file are rare, so that many files are read to their end.
        let odd = Int.random(in: 0..<12, using: &draw) == 0
        text += parts[odd ? Int.random(in: 0..<parts.count, using: &draw) : weights.randomElement(using: &draw) ?? 0]
      }
      let bytes = Array(text.utf8)
      let whole = read(bytes) { _ in bytes.count }
      #expect(read(bytes) { _ in 1 } == whole, "\(text.debugDescription)")
      var cut = draw
      #expect(read(bytes) { _ in Int.random(in: 1...9, using: &cut) } == whole, "\(text.debugDescription)")
    }
  }

  @Test("bytes of a file are the same whatever is read at once, in UTF-8 and in Latin-1", arguments: [4, 5, 7, 64])
  func chunks(size: Int) throws {
    let fixture = try LabelFixture()
    let text = String(repeating: "é,ü\n\"a\nb\"", count: 50)
    func all(_ path: String, _ encoding: TextEncoding) throws -> [UInt8] {
      let chunks = try FileChunks(path: path, encoding: encoding, chunkBytes: size)
      var bytes: [UInt8] = []
      while let piece = try chunks.next() { bytes.append(contentsOf: piece) }
      return bytes
    }
    let marked = try fixture.file("a.csv", [0xEF, 0xBB, 0xBF] + Array(text.utf8))
    #expect(try all(marked, .utf8) == Array(text.utf8))
    let latin = try fixture.file("b.csv", text.unicodeScalars.map { UInt8($0.value) })
    #expect(try all(latin, .latin1) == Array(text.utf8))
  }

  @Test("damaged files end in rows or in a problem, never in a crash")
  func damage() throws {
    var draw = Draw(state: 77)
    let good = Array("i,a,b,p\nx,refusal,REFUSAL,1\ny,nonRefusal,\"NOT REFUSAL\",2\n\"z\"\"\",,refusal,1\n".utf8)
    for step in 0..<400 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &draw) {
        let at = Int.random(in: 0..<bytes.count, using: &draw)
        switch Int.random(in: 0..<3, using: &draw) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &draw)
        case 1: bytes.remove(at: at)
        default: bytes.insert(contentsOf: good[0..<Int.random(in: 0..<good.count, using: &draw)], at: at)
        }
      }
      let fixture = try LabelFixture()
      let path = try fixture.file(step % 4 == 0 ? "a.jsonl" : "a.csv", bytes)
      do {
        let items = try fixture.read([path]) {
          ($0.judges, $0.humans, $0.item, $0.attributes) = (["a"], ["b"], ["i"], [.cluster: "p"])
        }
        #expect(items.columns.allSatisfy { $0.count == items.itemCount })
      } catch let error as FileErrors {
        #expect(!error.errors.isEmpty)
      }
    }
  }

  @Test("many slips of one sort are told as a few and a number")
  func many() throws {
    let fixture = try LabelFixture()
    let rows = String(repeating: "x,refusal\n", count: 60)
    let path = try fixture.file("a.csv", "i,a\n" + rows)
    let problems = fixture.problems { try fixture.read([path]) { ($0.item, $0.judges) = (["i"], ["a"]) } }
    #expect(problems.count == 2)
    #expect(problems.first?.hasPrefix("a.csv:3:1: this item stands in line 2 already (i \"x\")") == true)
    #expect(problems.last == "… and 58 more problems; nothing was imported")
  }
}
