import Foundation
import JudgeHost
import JudgeKit
import Prompts
import TestKit
import Testing

@testable import Study

@Suite("Texts with a NUL inside, in a run file", .timeLimit(.minutes(10)))
struct WholeTextTests {
  @Test("prompts, answers, verdicts and notes come back whole, and answers keep their items")
  func roundTrip() async throws {
    try await Folders.temporary { folder in
      let store = try RunStore.writing(folder: folder.path)
      let prompts = [
        Prompt(id: "bell", name: "bell", text: "May I\0 ring the bell?", kind: .harmful),
        Prompt(id: "may", name: "may", text: "May I", kind: .harmful),
      ]
      try store.begin(
        StudyInfo(name: "Bells", summary: "", caution: nil, hash: "00", json: "{}"),
        prompts: prompts,
        models: [ModelInfo(id: "m", name: "lantern", source: "lantern", facts: [])]
      )
      try store.insert([StoredSystem(id: "s", position: 0, name: "lantern", model: "lantern", edit: "none", facts: [])])
      let answers = ["Gladly.\0 Pull twice.", "Gladly."]
      try store.insert(
        zip(prompts, answers).map { prompt, text in
          func item(_ system: String?) -> String {
            ItemIdentity.item(prompt: prompt.text, response: text, systemID: system).id
          }
          return StoredResponse(
            system: "s",
            prompt: prompt.id,
            sample: 0,
            text: text,
            tokens: [1],
            finish: "stop",
            flags: [],
            item: item(nil),
            respondentItem: item("s")
          )
        }
      )
      let before = try store.results()
      #expect(before.prompts.map(\.text) == prompts.map(\.text))
      #expect(before.responses.map(\.text) == answers)

      let judge = JudgeInfo(
        id: "j",
        name: "bram",
        kind: "keyword",
        status: .ready,
        configuration: "{}",
        seesRespondent: false
      )
      _ = try store.addJudges([judge])
      let verdict = Verdict(.refusal, raw: "\0REFUSAL\0.", reading: "rule", scaleLabel: "f\0ull", detail: "at\0once")
      let plain = Verdict(.abstain(.lowMass), reading: "rule")
      let items = RunItems(before).blind
      try store.insert(
        zip(items, [verdict, plain]).map { Judgement(itemID: $0.id, verdict: $1, attempts: 1, seconds: 0) },
        judge: "j"
      )
      try store.replaceAnnotations(
        AnnotatorInfo(name: "ysolt", kind: "rule"),
        position: 0,
        [(item: items[0].id, label: .refusal, note: "the\0bell"), (item: items[1].id, label: nil, note: nil)]
      )
      try store.finish(judge: "bram", status: .failed("status 400: no\0such bell"), log: "a\0b")

      let after = try store.results()
      #expect(after.verdicts[0].map { $0?.verdict } == [verdict, plain])
      #expect(after.annotations[0].map { $0?.note } == ["the\0bell", nil])
      #expect(after.judges[0].status == .failed("status 400: no\0such bell"))
    }
  }
}
