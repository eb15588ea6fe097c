import Foundation
import Parquet
import TestKit
import Testing

@Suite("Damaged Parquet files", .timeLimit(.minutes(10)))
struct BadParquetTests {
  private static let good = MadeParquet(pages: MadeParquet.page(MadeParquet.plain(["carp", "comb"]), count: 2))

  private func read(_ bytes: [UInt8]) throws -> [ParquetValue?] {
    try ParquetFile(bytes, name: "p.parquet").values(of: 0)
  }

  private func problem(_ made: MadeParquet) -> String {
    do { return "read: \(try read(made.bytes))" } catch { return "\(error)" }
  }

  private func changed(_ change: (inout MadeParquet) -> Void) -> String {
    var made = Self.good
    change(&made)
    return problem(made)
  }

  @Test("the file that the others are made from is read")
  func good() throws { #expect(try read(Self.good.bytes) == [.text("carp"), .text("comb")]) }

  @Test("files that are none are told by what they begin and end with")
  func magic() {
    #expect(throws: ParquetError(file: "p.parquet", "the file is empty; expected a Parquet file")) { try read([]) }
    #expect(changed { $0.magic = Array("PK\u{3}\u{4}".utf8) }.contains("does not begin with PAR1"))
    #expect(changed { $0.magic = Array("PARE".utf8) }.contains("encrypted"))
    #expect(throws: ParquetError.self) { try ParquetFile.read("/nonexistent/p.parquet") }
    #expect(throws: ParquetError.self) { try ParquetFile.read("/") }
  }

  @Test("a footer that cannot be is told")
  func footer() {
    #expect(changed { $0.footerLength = 1 << 30 }.contains("the footer: is said to hold 1073741824 bytes"))
    #expect(changed { $0.footerLength = 3 }.contains("the footer: "))
    #expect(changed { $0.rows = 1 << 40 }.contains("1099511627776 rows; at most"))
    #expect(changed { $0.rows = -1 }.contains("holds -1"))
    #expect(changed { $0.groupRows = 1 }.contains("the row groups hold 1 rows"))
    #expect(changed { $0.groupRows = .max }.contains("the row groups hold"))
    #expect(changed { $0.childCount = 2 }.contains("the schema ends before"))
    #expect(changed { $0.childCount = 0 }.contains("more nodes"))
    #expect(changed { $0.schemaDepth = 100 }.contains("nested deeper than 64"))
    #expect(changed { $0.columnCount = 1 << 60 }.contains("is announced where"))
    #expect(changed { $0.type = 77 }.contains("unknown type 77"))
  }

  @Test("columns that lie elsewhere are told with row group and name")
  func chunks() {
    #expect(changed { $0.offset = 1 << 50 }.contains("row group 1, column \"text\": its"))
    #expect(changed { $0.offset = 0 }.contains("do not lie in"))
    #expect(changed { $0.size = .max }.contains("do not lie in"))
    #expect(changed { $0.size = 10 }.contains("page 1: "))
    #expect(changed { $0.columnValues = 3 }.contains("3 values for 2 rows"))
    #expect(changed { $0.codec = 4 }.contains("compressed by BROTLI"))
    #expect(changed { $0.codec = 99 }.contains("compressed by a method unknown here"))
    #expect(changed { $0.rows = 3 }.contains("the pages end after 2 of 3 rows"))
  }

  @Test("pages that do not hold what their heads say are told with their number")
  func pages() {
    func page(_ made: [UInt8]) -> String { changed { $0.pages = made } }
    let body = MadeParquet.plain(["carp", "comb"])
    #expect(page(MadeParquet.page(body, count: 9)).contains("page 1: 9 values where 2 rows are left"))
    #expect(page(MadeParquet.page(body, count: -1)).contains("holds -1"))
    #expect(page(MadeParquet.page(body, count: 2, encoding: 42)).contains("unknown encoding 42"))
    #expect(page(MadeParquet.page(body, count: 2, encoding: 8)).contains("there is none"))
    #expect(page(MadeParquet.page(body, count: 2, encoding: 5)).contains("in the encoding deltaNumbers"))
    #expect(page(MadeParquet.page(body, count: 2, size: 99)).contains("where its head says 99"))
    #expect(page(MadeParquet.page(body, count: 2, compressedSize: 99)).contains("are left"))
    let long = MadeParquet.little(1 << 30) + Array("carp".utf8)
    #expect(page(MadeParquet.page(long, count: 2)).contains("1073741824 bytes are announced where 4 are left"))
    let latin: [UInt8] = MadeParquet.little(1) + [0xE9] + MadeParquet.plain(["carp"])
    #expect(page(MadeParquet.page(latin, count: 2)).contains("no text in UTF-8"))
  }

  @Test("places outside the dictionary, and a second dictionary, are told")
  func dictionary() {
    let words = MadeParquet.page(MadeParquet.plain(["carp"]), type: 2, count: 1)
    let places = MadeParquet.page([1, 4, 1], count: 2, encoding: 8)
    #expect(changed { $0.pages = words + places }.contains("entry 1 of a dictionary of 1"))
    #expect(changed { $0.pages = words + words + places }.contains("not the first page"))
    #expect(changed { $0.pages = words + MadeParquet.page([33, 4, 1], count: 2, encoding: 8) }.contains("33 bits"))
    #expect(changed { $0.pages = words + MadeParquet.page([0, 4], count: 2, encoding: 8) }.hasPrefix("read"))
  }

  @Test("small files that would grow large are refused before they do", arguments: [1, 2, 6])
  func bombs(codec: Int) {
    let announced = MadeParquet.page([1, 2, 3, 4], count: 2, size: .max)
    let found = changed { ($0.codec, $0.pages) = (codec, announced) }
    #expect(found.contains("page 1: pages of more than"))
    let short = changed { ($0.codec, $0.pages) = (codec, MadeParquet.page([1, 2, 3, 4], count: 2, size: 200 << 20)) }
    #expect(short.contains("does not expand to the 209715200 bytes"))
  }

  @Test("one long text that very many rows point to is refused")
  func repeatedText() {
    let rows = 4_000_000
    let text = String(repeating: "carp ", count: 1000)
    let words = MadeParquet.page(MadeParquet.plain([text]), type: 2, count: 1)
    let places = MadeParquet.page([0] + MadeParquet.Thrift.varint(UInt64(rows) << 1), count: rows, encoding: 8)
    let made = MadeParquet(pages: words + places, rows: rows)
    #expect(problem(made).contains("page 2: more than 256 MB of text"))
  }

  @Test("a file cut off anywhere is refused with one line", arguments: ["snappy-v1", "encodings-v2"])
  func cut(name: String) throws {
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: ParquetOracle.path(name))))
    for length in 0..<bytes.count {
      let error = #expect(throws: ParquetError.self) { try ParquetFile(Array(bytes[..<length]), name: "p.parquet") }
      #expect(error.map { !$0.problem.isEmpty && !$0.description.contains("\n") } == true)
    }
  }

  @Test("a check sum tells a changed bit in any page")
  func checksums() throws {
    let path = ParquetOracle.path("checksums")
    let whole = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    let rows = try ParquetFile(whole, name: path).values(of: 0)
    var silent = 0
    for at in 4..<100 {
      var bytes = whole
      bytes[at] ^= 0x10
      if let found = try? ParquetFile(bytes, name: path).values(of: 0), found != rows { silent += 1 }
    }
    #expect(silent == 0)
  }
}
