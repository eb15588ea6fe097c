import Foundation
import Parquet
import TestKit
import Testing

/// Real files with changes: in the data, in the heads of pages, in the footer.
@Suite("Fuzz: Parquet", Fuzz.limit)
struct ParquetFuzz {
  private static let files: [[UInt8]] = {
    let folder = Folders.root.appendingPathComponent("Tests/Oracles/parquet")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".parquet") }.sorted()
      .compactMap { try? Array(Data(contentsOf: folder.appendingPathComponent($0))) }
  }()

  private static func change(_ numbers: inout TestNumbers) -> [UInt8] {
    var bytes = numbers.pick(files)
    // The last twelve bytes decide whether anything is read at all: most changes leave them alone.
    let end = numbers.once(in: 10) ? bytes.count : bytes.count - 12
    let footer = Int(bytes[bytes.count - 8]) | Int(bytes[bytes.count - 7]) << 8
    let start = numbers.once(in: 2) ? max(0, bytes.count - 8 - footer) : 0
    for _ in 0...numbers.below(4) {
      let at = start + numbers.below(end - start)
      switch numbers.below(6) {
      case 0: bytes[at] ^= 1 << UInt8(numbers.below(8))
      case 1: bytes[at] = UInt8(truncatingIfNeeded: numbers.next())
      case 2: bytes[at] = numbers.pick([0, 1, 0x7F, 0x80, 0xFF, 0xFE, 0x15, 0x1C])
      case 3: for place in at..<min(end, at + 5) { bytes[place] = 0xFF }
      case 4:
        let from = numbers.below(end)
        for step in 0..<min(8, end - max(at, from)) { bytes[at + step] = bytes[from + step] }
      default:
        // Longer or shorter by a few bytes: all that follows has moved.
        if numbers.once(in: 2) {
          bytes.insert(UInt8(truncatingIfNeeded: numbers.next()), at: at)
        } else {
          bytes.remove(at: at)
          return bytes
        }
      }
    }
    return bytes
  }

  @Test("any bytes are read, every column of them, or refused in one line")
  func bytes() async throws {
    #expect(Self.files.count >= 20)
    try await Fuzz.run("Parquet files", iterations: 3000, make: Self.change) { bytes in
      func refusal(_ error: ParquetError) -> String? {
        error.problem.isEmpty || error.description.contains("\n") ? "an error that is no line: \(error)" : nil
      }
      do throws(ParquetError) {
        let file = try ParquetFile(bytes, name: "p.parquet")
        for column in file.columns.indices {
          do throws(ParquetError) {
            let values = try file.values(of: column)
            if values.count != file.rowCount { return "\(values.count) values of \(file.rowCount) rows" }
          } catch { if let problem = refusal(error) { return problem } }
        }
        return nil
      } catch { return refusal(error) }
    }
  }
}
