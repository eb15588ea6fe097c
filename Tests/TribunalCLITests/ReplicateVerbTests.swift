import Foundation
import JSON
import TestKit
import Testing

@Suite("The verb replicate", .timeLimit(.minutes(10)))
struct ReplicateVerbTests {
  /// The published files, where the conformance pack lies beside the repository.
  private static let pack: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["TRIBUNAL_SHARED"].map { URL(fileURLWithPath: $0) }
    let folder = (named ?? root.deletingLastPathComponent().appendingPathComponent("shared"))
      .appendingPathComponent("paper")
    return FileManager.default.fileExists(atPath: folder.appendingPathComponent("targets.csv").path) ? folder.path : nil
  }()

  @Test("a bad file or option exits 2 and says where")
  func badInput() async throws {
    try await Folders.temporary { folder in
      let absent = try await Program.run(["replicate", "paper", "--data", folder.path])
      #expect(absent.status == 2 && absent.errors.contains("human_1.csv: cannot be opened"), "\(absent.errors)")
      let columns = "qid,label,question,model,response,user_choice,classification,is_refused\n"
      let row = "1,harmful,Who hid the owl?,Qwen/Qwen3-14B,Nobody.,NOT REFUSAL,NON-REFUSAL,False\n"
      let file = folder.appendingPathComponent("human_1.csv")
      try Data((columns + row).utf8).write(to: file)
      let header = try await Program.run(["replicate", "paper", "--data", folder.path])
      #expect(header.status == 2 && header.output.isEmpty)
      #expect(header.errors.contains("human_1.csv:1:1: there is no column \"is_refusal\""), "\(header.errors)")
      let right = columns.replacing("is_refused", with: "is_refusal")
      try Data((right + row.replacing("Qwen/", with: "Owl/")).utf8).write(to: file)
      let broken = try await Program.run(["replicate", "paper", "--data", folder.path])
      #expect(broken.status == 2 && broken.errors.contains("human_1.csv:2:28: \"Owl/Qwen3-14B\" is no system"))
      let section = try await Program.run(["replicate", "paper", "--data", folder.path, "--section", "Q"])
      #expect(section.status == 2)
      let list = folder.appendingPathComponent("list.csv")
      try Data("id,value,tolerance\nA.n.pooled,many,0\n".utf8).write(to: list)
      let bad = try await Program.run(["replicate", "paper", "--data", folder.path, "--targets", list.path])
      #expect(bad.status == 2 && bad.errors.contains("list.csv:2:12: \"many\" is no value"), "\(bad.errors)")
    }
  }

  @Test(
    "a list that holds exits 0, one that does not exits 1",
    .enabled(if: Self.pack != nil, "skipped because ../shared is absent")
  )
  func comparing() async throws {
    let pack = try #require(Self.pack)
    try await Folders.temporary { folder in
      let list = folder.appendingPathComponent("list.csv")
      func run(_ lines: String, _ more: [String] = []) async throws -> Program.Outcome {
        try Data("id,value,tolerance\n\(lines)\n".utf8).write(to: list)
        return try await Program.run(
          ["replicate", "paper", "--data", pack, "--targets", list.path, "--section", "A"] + more
        )
      }
      let good = try await run("A.n.pooled,200,0\nA.kappa.harmless,nan,0\nB.pattern_1,1,0")
      #expect(good.status == 0 && good.output.contains("not in the list"), "\(good.errors)")
      let bad = try await run("A.n.pooled,201,0\nA.unknown,1,0")
      #expect(bad.status == 1 && bad.output.contains("A.n.pooled: expected 201.0 (tolerance 0.0), got 200"))
      #expect(bad.output.contains("A.unknown: expected 1.0 (tolerance 0.0), got there is no such figure"))
      let facts = try JSONDocument.parse(try await run("A.n.pooled,200,0", ["--json"]).output, name: "out").root
      let targets = try #require(facts["targets"]?.array)
      #expect(targets.first?["id"]?.string == "A.n.pooled" && targets.first?["value"]?.integer == 200)
      let undefined = targets.first { $0["id"]?.string == "A.kappa.harmless" }
      #expect(undefined?["value"]?["undefined"]?.string == "zeroExpectedDisagreement")
      #expect(facts["sections"]?.array?.first?["passed"]?.integer == 1 && facts["failures"]?.array?.isEmpty == true)
    }
  }
}
