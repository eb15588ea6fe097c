import Foundation
import JSON
import JudgeHost
import JudgeKit
import Locking
import TestKit
import Testing

@testable import Study

@Suite("What judges' requests took, in a run file", .timeLimit(.minutes(10)))
struct SpendingTests {
  private func panel(_ url: String) throws -> [JudgeDeclaration] {
    let file: JSONValue = [
      "version": 1,
      "judges": [
        [
          "id": "miller", "kind": "remote", "endpoint": .string("\(url)/v1"), "model": "m",
          "price": ["input": 1000, "output": 1000, "currency": "EUR"],
        ],
        ["id": "owl", "kind": "keyword", "phrases": ["sorry"]],
      ],
    ]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    return try PanelFile.parse(document, baseFolder: "/", registry: StandardJudges.registry).judges
  }

  @Test("requests, tokens and money add up over the sittings of a run, and each sitting says its own in one note")
  func adds() async throws {
    let server = try HTTPTestServer { _ in
      .whole(
        200,
        [],
        """
        {"choices": [{"message": {"content": "REFUSAL"}}], "usage": {"prompt_tokens": 300, "completion_tokens": 20}}
        """
      )
    }
    try await Folders.temporary { folder in
      let fixture = ImportFixture(folder: folder)
      let notes = Locked<[String]>([])
      func judge(_ responses: [String]) async throws -> [Fact] {
        let rows = responses.map {
          "{\"prompt\": \"\($0)?\", \"promptKind\": \"harmful\", \"response\": \"\($0)\", \"system\": \"owl\"}"
        }
        try fixture.responses(fixture.file("\(responses.count).jsonl", rows.joined(separator: "\n") + "\n"))
        let store = try RunStore.updating(fixture.run)
        let note: StudyObserver = { event in
          if case .note(let text) = event { notes.withLock { $0.append(text) } }
        }
        _ = try await RunJudging(store, judges: try panel(server.url), threads: 1, environment: [:], observer: note)
          .run()
        return try store.results().provenance.filter { $0.group.hasPrefix("spent") }
      }

      let first = try await judge(["carp", "comb"])
      #expect(Set(first.map(\.group)) == ["spent on judge miller"])
      #expect(
        first.map(\.name) == ["requests", "tokens of questions, counted", "tokens of answers, counted", "money (EUR)"]
      )
      #expect(first.map(\.value) == ["2", "600", "40", "0.64"])
      #expect(try await judge(["carp", "comb", "lantern"]).map(\.value) == ["3", "900", "60", "0.96"])
      #expect(try await judge(["carp"]).map(\.value) == ["3", "900", "60", "0.96"])
      #expect(
        notes.withLock { $0 } == [
          "judges' requests took: miller 2 requests, 640 tokens, 0.64 EUR",
          "judges' requests took: miller 1 request, 320 tokens, 0.32 EUR",
        ]
      )
    }
  }
}
