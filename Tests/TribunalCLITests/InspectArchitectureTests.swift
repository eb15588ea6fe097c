import Foundation
import JSON
import TestKit
import Testing

@Suite("tribunal inspect architecture", .timeLimit(.minutes(10)))
struct InspectArchitectureTests {
  private static func folder(_ fixture: String) -> String {
    Folders.root.appendingPathComponent("Tests/Oracles/architectures/\(fixture)").path
  }

  @Test("it tells the parts to people")
  func text() async throws {
    let run = try await Program.run(["inspect", "architecture", Self.folder("smollm3-interval")])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("architecture") && $0.hasSuffix(" smollm3") })
    #expect(lines.contains { $0.hasPrefix("0, 2") && $0.contains("all") && $0.contains("theta 2000000.0") })
    #expect(lines.contains { $0.hasPrefix("1, 3") && $0.hasSuffix("none") })
  }

  @Test("and to programs")
  func json() async throws {
    let run = try await Program.run(["inspect", "architecture", Self.folder("gptoss-plain"), "--json"])
    #expect(run.status == 0)
    let facts = try JSONDocument.parse(run.output, name: "stdout").root
    #expect(facts["architecture"]?.string == "gpt_oss")
    #expect(facts["attention"]?["sinks"]?.bool == true)
    #expect(facts["attention"]?["biases"]?.array?.compactMap(\.string) == ["query", "key", "value", "output"])
    #expect(facts["feed_forward"]?["experts"]?["chosen"]?.integer == 3)
    #expect(facts["norm"]?["epsilon"]?.double == 1e-5)
    let kinds = facts["blocks"]?.array ?? []
    #expect(kinds.map { $0["window"]?.integer } == [3, nil])
    #expect(kinds.first?["rope"]?["scaling"]?.string == "yarn")
  }

  @Test("a folder that is none is one error")
  func missing() async throws {
    let run = try await Program.run(["inspect", "architecture", "/nonexistent/model"])
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("/nonexistent/model: there is no such folder"))
  }
}
