import Foundation
import JSON
import JudgeHost
import JudgeKit
import RemoteJudge
import Testing

@Suite("The guide to remote judges", .timeLimit(.minutes(10)))
struct GuideTests {
  @Test("every entry that it shows is accepted")
  func entries() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("docs/remote-judges.md"), encoding: .utf8)
    let blocks = text.matches(of: /(?s)```json\n(.*?)```/).map { String($0.output.1) }
    #expect(blocks.count >= 5)
    let file = "{\"version\": 1, \"judges\": [\(blocks.joined(separator: ","))]}"
    let document = try JSONDocument.parse(file, name: "docs/remote-judges.md")
    let panel = try PanelFile.parse(document, baseFolder: "/", registry: JudgeRegistry([RemoteJudge.self]))
    #expect(panel.judges.count == blocks.count)
  }

  @Test("every key that an entry may have is in it")
  func keys() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("docs/remote-judges.md"), encoding: .utf8)
    // Shared with other model judges, and described in their guide.
    let shared = ["prompt", "fewShot", "fewShotFile", "read", "scale", "swapLabels"]
    for option in RemoteJudge.options where !shared.contains(option.key) {
      #expect(text.contains("`\(option.key)`") || text.contains("\"\(option.key)\""), "\(option.key)")
    }
  }
}
