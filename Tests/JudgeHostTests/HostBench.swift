import JSON
import JudgeHost
import JudgeKit
import KeywordJudge
import LocalModelJudge
import Locking
import RemoteJudge
import SelfProbeJudge
import TestKit
import Testing

/// Models of a test: one scripted model for every folder and every respondent.
struct BenchModels: ModelSource {
  let model: ScriptedModel

  func languageModel(folder: String) async throws -> any LanguageModel { model }
  func modelIdentity(folder: String) throws -> String { "\(model.identity) in \(folder)" }
  func respondent(of item: Item) async throws -> Respondent {
    Respondent(model: model, turns: [ChatTurn(.user, item.prompt), ChatTurn(.assistant, item.response)])
  }
}

/// Declares judges as a file would and asks them through a host.
struct HostBench {
  static let registry = JudgeRegistry([
    KeywordJudge.self, LocalModelJudge.self, SelfProbeJudge.self, RemoteJudge.self, FakeJudge.self, FakeBatchJudge.self,
  ])

  var environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
  var model = ScriptedModel()
  var folder = "/"

  /// The judge of an entry of `judges.json`.
  func declaration(_ entry: JSONValue) throws -> JudgeDeclaration {
    let file: JSONValue = ["version": 1, "judges": [entry]]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    return try #require(try PanelFile.parse(document, baseFolder: folder, registry: Self.registry).judges.first)
  }

  var host: JudgeHost { JudgeHost(models: BenchModels(model: model), environment: environment) }

  /// What a judge says of the responses, and how it ended; judgements in the order they were committed.
  func judge(_ entry: JSONValue, _ responses: [String]) async throws -> (run: JudgeRun, judgements: [Judgement]) {
    let committed = Commits()
    let items = responses.map { ItemIdentity.item(prompt: "May I ring the bell?", response: $0, systemID: nil) }
    let run = try await host.judge(try declaration(entry), items) { committed.add($0) }
    return (run, committed.all)
  }
}

/// Collects what a host commits.
final class Commits: Sendable {
  private let kept = Locked<[[Judgement]]>([])

  func add(_ batch: [Judgement]) { kept.withLock { $0.append(batch) } }
  var batches: [[Judgement]] { kept.withLock { $0 } }
  var all: [Judgement] { batches.flatMap { $0 } }
}

extension [Judgement] {
  var outcomes: [Outcome] { map(\.verdict.outcome) }
}
