import Foundation
import JSON
import Parquet
import TestKit
import Testing

/// Files that pyarrow and three others wrote and what pyarrow reads from them; made by `Tests/Oracles/parquet/make.py`.
enum ParquetOracle {
  static let folder = Folders.root.appendingPathComponent("Tests/Oracles/parquet")

  static func expected() throws -> JSONObject {
    let document = try JSONDocument.read(file: folder.appendingPathComponent("expected.json").path)
    return try #require(document.root["files"]?.object)
  }

  static func path(_ name: String) -> String { folder.appendingPathComponent("\(name).parquet").path }
}

@Suite("Parquet against pyarrow and other writers", .timeLimit(.minutes(10)))
struct ParquetOracleTests {
  static let names = (try? ParquetOracle.expected().keys) ?? []

  private func json(_ value: ParquetValue?) -> JSONValue {
    switch value {
    case nil: .null
    case .text(let text): .string(text)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .bool(let value): .bool(value)
    }
  }

  @Test("all files are there")
  func complete() { #expect(Self.names.count >= 25) }

  @Test("every value of every column is the one pyarrow reads", arguments: names)
  func values(name: String) throws {
    let expected = try #require(try ParquetOracle.expected()[name])
    let file = try ParquetFile.read(ParquetOracle.path(name))
    #expect(file.rowCount == expected["rows"]?.integer)
    let columns = try #require(expected["columns"]?.object)
    for (column, wanted) in columns.members {
      let found = try file.values(of: file.column(named: column)).map(json)
      let wanted = try #require(wanted.array)
      #expect(found.count == wanted.count, "\(column)")
      for (row, pair) in zip(found, wanted).enumerated() where !same(pair.0, pair.1) {
        Issue.record("\(column), row \(row): \(pair.0), not \(pair.1)")
      }
    }
    for column in expected["refused"]?.array ?? [] {
      let index = try file.column(named: #require(column.string))
      let error = #expect(throws: ParquetError.self) { try file.values(of: index) }
      #expect(error?.problem.contains("read are SNAPPY") == true)
    }
  }

  /// Whole numbers of a column of floating-point ones stand in JSON as `3.0`.
  private func same(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
    switch (found, wanted) {
    case (.string(let one), .string(let other)): one.utf8.elementsEqual(other.utf8)
    case (.number(let one), _): one == wanted.double
    default: found == wanted
    }
  }

  @Test("columns that hold no plain value a row are named and refused with what they hold")
  func refused() throws {
    let file = try ParquetFile.read(ParquetOracle.path("nested"))
    func problem(_ name: String) -> String {
      do {
        _ = try file.values(of: file.column(named: name))
        return "read"
      } catch { return "\(error)" }
    }
    #expect(problem("list").contains("nested"))
    #expect(problem("list.list.element").contains("lists"))
    #expect(problem("group").contains("nested"))
    #expect(problem("group.part").contains("parts of a group"))
    #expect(problem("date").contains("dates"))
    #expect(problem("time").contains("time stamps"))
    #expect(problem("decimal").contains("decimal numbers"))
    #expect(problem("fixed").contains("fixed length") && problem("fixed").contains("\"int32\", \"text\""))
    #expect(problem("txet").contains("did you mean \"text\""))
    #expect(problem("text") == "read")
  }
}
