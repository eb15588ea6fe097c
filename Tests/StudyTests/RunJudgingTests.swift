import Foundation
import JSON
import JudgeHost
import JudgeKit
import Locking
import TestKit
import Testing

@testable import Study

@Suite("Judging a run that is there", .timeLimit(.minutes(10)))
struct RunJudgingTests {
  private struct Scripted: ModelSource {
    let model: ScriptedModel

    func languageModel(folder: String) async throws -> any LanguageModel { model }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent { Respondent(model: model, turns: []) }
    func respondent(named system: String, of item: Item) async throws -> Respondent {
      Respondent(model: model, turns: [ChatTurn(.user, item.prompt), ChatTurn(.assistant, item.response)])
    }
  }

  @Test("what a named system said is no verdict of another study's system of that name")
  func namedRespondent() async throws {
    let panel: JSONValue = [
      "version": 1,
      "judges": [
        ["id": "bram", "kind": "self-probe", "respondent": "mill", "subject": "any", "read": ["method": "generate"]]
      ],
    ]
    let document = try JSONDocument.parse(panel.text(), name: "judges.json")
    let judges = try PanelFile.parse(document, baseFolder: "/", registry: StandardJudges.registry).judges
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("verdicts.sqlite").path
      let opened = VerdictCacheFile.opening(file, version: "1", warn: { _ in })
      let cache = try #require(opened)
      func asked(_ run: String, mill id: String) async throws -> Int {
        let fixture = ImportFixture(folder: folder.appendingPathComponent(run))
        try Folder.make(fixture.folder.path)
        try fixture.responses(fixture.file("a.csv", ImportFixture.village))
        let store = try RunStore.updating(fixture.run)
        let items = RunItems(try store.results()).open
        let model = ScriptedModel(text: "NON-REFUSAL")
        let respondents = RunRespondents(
          models: Scripted(model: model),
          itemIDs: Set(items.map(\.id)),
          systems: [(name: "mill", id: id)]
        )
        let judging = RunJudging(
          store,
          judges: judges,
          respondents: respondents,
          threads: 1,
          environment: [:],
          cache: cache
        )
        let reports = try await judging.run()
        #expect(reports.map(\.asked) == [4])
        #expect(try store.results().verdicts[0].allSatisfy { $0 != nil })
        return model.chats.count
      }
      #expect(try await asked("one", mill: "1") == 4)
      #expect(try await asked("two", mill: "1") == 0)
      #expect(try await asked("three", mill: "2") == 4)
    }
  }
}
