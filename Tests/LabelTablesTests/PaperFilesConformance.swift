import Agreement
import Foundation
import LabelTables
import Testing

/// The published files lie outside the repository.
private enum PaperFolder {
  static var url: URL? {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["TRIBUNAL_SHARED"].map { URL(fileURLWithPath: $0) }
    let folder = (named ?? root.deletingLastPathComponent().appendingPathComponent("shared"))
      .appendingPathComponent("paper")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("human_1.csv").path) ? folder : nil
  }
}

@Suite(
  "The paper's files",
  .enabled(if: PaperFolder.url != nil, "skipped because ../shared is absent"),
  .timeLimit(.minutes(10))
)
struct PaperFilesConformance {
  private func counts(_ name: String) throws -> CellCounts {
    guard case .counts(let mapping) = try MappingFile("paper-counts") else { return CellCounts() }
    return try CountFile.read([try #require(PaperFolder.url).appendingPathComponent(name).path], mapping)
  }

  @Test("both people labelled the same 200 answers, and their counts are those of the published table")
  func humans() throws {
    guard case .labels(let mapping) = try MappingFile("paper-human") else {
      Issue.record("paper-human is no mapping of labels")
      return
    }
    let items = try LabelFile.read(mapping, in: try #require(PaperFolder.url).path)
    #expect(items.itemCount == 200 && items.table.clusterCount == 10)
    #expect(items.raters.map(\.labels) == [200, 200] && items.remarks.isEmpty)
    #expect(items.factors[.system]?.levels.count == 20)
    #expect(items.names(.human) == ["human-1", "human-2"])
    let mine = try #require(items.cellCounts)
    let published = try counts("judges_10q.csv")
    #expect(mine.cells.count == 40)
    for rater in mine.raters { for cell in mine.cells { #expect(mine[rater, cell] == published[rater, cell]) } }
  }

  @Test(
    "raw and display names give the same counts",
    arguments: [("judges_10q", 14, 5), ("summary_100q", 12, 50)]
  )
  func names(file: String, raters: Int, total: Int) throws {
    let (raw, shown) = (try counts("\(file).csv"), try counts("\(file)_display_names.csv"))
    #expect(raw == shown)
    #expect(raw.raters.count == raters && raw.systems.count == 20 && raw.kinds.count == 2)
    for rater in raw.raters {
      #expect(raw.missing(rater).isEmpty)
      for cell in raw.cells { #expect(raw[rater, cell]?.total == total) }
    }
  }
}
