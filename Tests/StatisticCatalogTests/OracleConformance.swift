import Foundation
import JSON
import StatisticCatalog
import Testing

/// The fixtures of reference libraries: those of this repository always, the conformance pack where it is there.
enum OracleFolders {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let own = root.appendingPathComponent("Tests/Oracles/statistics")

  static var pack: URL? {
    let named = ProcessInfo.processInfo.environment["TRIBUNAL_SHARED"].map { URL(fileURLWithPath: $0) }
    let folder = (named ?? root.deletingLastPathComponent().appendingPathComponent("shared"))
      .appendingPathComponent("oracles")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("expected").path) ? folder : nil
  }

  static let groups = [
    "pairwise", "multirater", "fidelity", "scores", "intervals", "tests", "multiplicity", "aggregation", "estimation",
    "resampling",
  ]

  static func datasets(in folder: URL) throws -> [String: LabelDataset] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("datasets").path)
    let read = try files.filter { $0.hasSuffix(".json") }.sorted().map {
      try LabelDataset(JSONDocument.read(file: folder.appendingPathComponent("datasets/\($0)").path))
    }
    return Dictionary(read.map { ($0.name, $0) }) { first, _ in first }
  }

  static func tally(_ group: String, in folder: URL) throws -> OracleTally {
    let file = folder.appendingPathComponent("expected/\(group).json").path
    return try OracleTally(expected: JSONDocument.read(file: file), datasets: datasets(in: folder))
  }
}

@Suite(
  "Oracle pack: every statistic",
  .enabled(if: OracleFolders.pack != nil, "the pack was skipped because ../shared is absent"),
  .timeLimit(.minutes(20))
)
struct OracleConformanceTests {
  @Test("the pack's answers", arguments: OracleFolders.groups)
  func pack(_ group: String) throws {
    let tally = try OracleFolders.tally(group, in: try #require(OracleFolders.pack))
    print(
      "oracles \(group): \(tally.passed) passed, \(tally.undefined) undefined as expected, \(tally.problems.count) failed"
    )
    let failed = tally.problems.count
    #expect(failed == 0, "\(tally.problems.prefix(20).joined(separator: "\n"))")
    #expect(tally.passed > 0)
  }
}
