import Foundation
import Testing

@testable import PaperReplication

/// The published data, where the conformance pack lies beside the repository.
private enum Pack {
  static let folder: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["TRIBUNAL_SHARED"].map { URL(fileURLWithPath: $0) }
    let folder = (named ?? root.deletingLastPathComponent().appendingPathComponent("shared"))
      .appendingPathComponent("paper")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("targets.csv").path) ? folder.path : nil
  }()
}

@Suite(
  "The published figures",
  .enabled(if: Pack.folder != nil, "the pack was skipped because ../shared is absent"),
  .timeLimit(.minutes(10))
)
struct PaperConformanceTests {
  @Test("every figure with a known value is within its tolerance")
  func values() throws {
    let folder = try #require(Pack.folder)
    let figures = Replication(try PaperData(folder: folder)).targets()
    let list = try TargetList(file: folder + "/targets.csv")
    let comparison = TargetComparison(figures, with: list, sections: Replication.Section.allCases)
    for tally in comparison.tallies {
      print(
        "paper \(tally.section): \(tally.passed) passed, \(tally.undefinedAsExpected) undefined as expected, "
          + "\(tally.failed) failed, \(tally.notInList) not in the list"
      )
    }
    let first = comparison.failures.prefix(20).map { "\($0.line.id): \(String(describing: $0.value))" }
    let count = comparison.failures.count
    #expect(count == 0, "\(first.joined(separator: "\n"))")
    #expect(comparison.tallies.reduce(0) { $0 + $1.passed } > 4000)
  }

  @Test("every figure that is asked for without a value is answered")
  func ids() throws {
    let folder = try #require(Pack.folder)
    let known = Set(Replication(try PaperData(folder: folder)).targets().map(\.id))
    var asked: [String] = []
    try PaperRow.read(folder + "/ids.csv", columns: ["id"]) { asked.append($0.text("id")) }
    let missing = asked.filter { !known.contains($0) }
    #expect(asked.count > 5000 && missing.isEmpty, "\(missing.prefix(20))")
  }
}
