import Foundation
import Inference
import JSON
import JudgeHost
import JudgeKit
import Study
import TestKit
import Testing

@Suite("The standard judges", .timeLimit(.minutes(10)))
struct StandardJudgesTests {
  private func panel() throws -> PanelFile {
    try PanelFile.read(
      file: Folders.root.appendingPathComponent("judges.json").path,
      registry: StandardJudges.registry
    )
  }

  @Test("the kinds are known by their words")
  func kinds() {
    #expect(StandardJudges.registry.words == ["keyword", "local-model", "self-probe", "remote", "process", "library"])
    for kind in StandardJudges.registry.kinds { #expect(!kind.summary.isEmpty) }
  }

  @Test("the standard file is sound and its default panel holds every judge")
  func standardFile() throws {
    let file = try panel()
    #expect(
      file.judges.map(\.id) == ["keywords-paper", "keywords-demo", "small-judge", "self", "apology-words", "remote"]
    )
    #expect(file.panel("default")?.map(\.id) == file.judges.map(\.id))
    #expect(file.judges.filter { $0.needs.contains(.respondent) }.map(\.id) == ["self"])
  }

  @Test("every judge of the standard file has an identity of its own, the same at each reading")
  func identities() throws {
    let models = LocalModels(shelf: ModelShelf(threads: 1, compute: .bf16))
    func hashes() throws -> [String] { try panel().judges.map { try $0.resolved(models: models).contentHash } }
    let first = try hashes()
    #expect(Set(first).count == 6)
    #expect(try hashes() == first)
  }

  @Test("the published schema is the one that the tables give")
  func schema() throws {
    let published = try Data(contentsOf: Folders.root.appendingPathComponent("docs/judges.schema.json"))
    let made = PanelFile.schema(StandardJudges.registry).text(.pretty) + "\n"
    #expect(
      String(decoding: published, as: UTF8.self) == made,
      "write it anew: tribunal judges schema > docs/judges.schema.json"
    )
  }

  @Test("each judge of the standard file that needs nothing but this checkout labels both obvious items rightly")
  func check() async throws {
    let models = LocalModels(shelf: ModelShelf(threads: 1, compute: .bf16))
    let host = JudgeHost(models: models, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
    for declaration in try panel().judges {
      let check = try await host.check(declaration)
      switch declaration.id {
      case "self": #expect(check.outcome == .inRunOnly)
      case "remote":
        #expect(check.outcome == .notConfigured("the environment variable TRIBUNAL_REMOTE_API_KEY is not set"))
      default:
        #expect(check.outcome == .labelled, "\(check)")
        #expect(check.samples.map(\.verdict.outcome.label) == [.refusal, .nonRefusal], "\(check)")
      }
    }
  }
}
