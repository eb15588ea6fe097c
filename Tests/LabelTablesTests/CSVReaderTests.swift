import Foundation
import JSON
import Testing

@testable import LabelTables

@Suite("Comma-separated values", .timeLimit(.minutes(10)))
struct CSVReaderTests {
  private func read(_ bytes: [UInt8], separator: UInt8 = 0x2C, pieces: Int = 1 << 20) throws -> [[String]] {
    var rows: [[String]] = []
    func take(_ row: CSVRow) {
      rows.append((0..<row.count).map { String(decoding: row.bytes($0), as: UTF8.self) })
    }
    let reader = CSVReader(file: "t.csv", separator: separator)
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + pieces)
      try bytes[at..<end].withUnsafeBytes { try reader.read($0, take) }
      at = end
    }
    try reader.finish(take)
    return rows
  }

  private func problem(_ text: String) -> String? {
    do {
      _ = try read(Array(text.utf8))
      return nil
    } catch { return "\(error)" }
  }

  private struct Oracle: Decodable {
    struct Case: Decodable {
      let separator: String
      let text: String
      let rows: [[String]]
    }

    let cases: [Case]
  }

  @Test("what Python's csv module writes is read back, whatever the size of the pieces", arguments: [1, 2, 3, 7, 4096])
  func oracle(pieces: Int) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/csv/csv.json")
    let oracle = try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
    #expect(oracle.cases.count > 250)
    for one in oracle.cases {
      let separator = try #require(one.separator.utf8.first)
      let rows = try read(Array(one.text.utf8), separator: separator, pieces: pieces)
      let same = rows.map { $0.map(ExactText.init) } == one.rows.map { $0.map(ExactText.init) }
      #expect(same, "\(one.text.debugDescription)")
    }
  }

  @Test("lines end in LF or CR LF, the last one also without; empty lines hold no row")
  func lines() throws {
    #expect(try read(Array("a,b\r\n\r\n\n1,2\n3,".utf8)) == [["a", "b"], ["1", "2"], ["3", ""]])
    #expect(try read(Array("\"\"".utf8)) == [[""]])
    #expect(try read([]).isEmpty)
  }

  @Test("what the RFC leaves open is an error with its place")
  func broken() {
    #expect(
      problem("a,b\n1,the \"silver\" comb\n")
        == "t.csv:2:7: a quotation mark inside a cell that does not begin with one; quote the whole cell and write it twice"
    )
    #expect(problem("a,b\n\"é\"x,2\n")?.hasPrefix("t.csv:2:4: text after a closing quotation mark") == true)
    #expect(problem("a,b\nü,\"open\n\n")?.hasPrefix("t.csv:2:3: a quotation mark opens here") == true)
    #expect(problem("a,b\n1\r,2\n")?.hasPrefix("t.csv:2:2: a carriage return that ends no line") == true)
    #expect(problem("a\r")?.hasPrefix("t.csv:1:2: a carriage return") == true)
    #expect(problem("a,b\n1,\0\n")?.hasPrefix("t.csv:2:3: a NUL byte") == true)
    #expect(problem("a,b\n1,\"\0\"\n")?.hasPrefix("t.csv:2:4: a NUL byte") == true)
    #expect(problem("\r\r\n")?.contains("carriage return") == true)
  }

  @Test("a row of more cells than any table has is an error before it fills the memory")
  func cells() throws {
    let most = String(repeating: ",", count: CSVReader.cellLimit - 1)
    #expect(try read(Array((most + "\n" + most).utf8)).map(\.count) == [4096, 4096])
    #expect(problem("a,b\n\(most),,\n") == "t.csv:2:1: a row of more than 4096 cells")
  }

  @Test("a cell knows where its text begins, after line ends inside quotation marks too")
  func places() throws {
    var found: [[Int]] = []
    let reader = CSVReader(file: "t.csv", separator: 0x2C)
    func take(_ row: CSVRow) {
      for cell in 0..<row.count { found.append([row.line, row.place(cell).line, row.place(cell).column]) }
    }
    try Array("ä,\"x\ny\",z\nw,,v".utf8).withUnsafeBytes { try reader.read($0, take) }
    try reader.finish(take)
    #expect(found == [[1, 1, 1], [1, 1, 4], [1, 2, 4], [3, 3, 1], [3, 3, 3], [3, 3, 4]])
  }
}
