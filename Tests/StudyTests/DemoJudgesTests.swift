import Foundation
import Inference
import JSON
import JudgeHost
import JudgeKit
import Locking
import Study
import TestKit
import Testing

/// The demo's figures were measured with transformers in float32; the judges must find the very same ones.
@Suite("Judges on the demo family", .timeLimit(.minutes(10)))
struct DemoJudgesTests {
  private struct Row: Sendable {
    let prompt: String
    let response: String
    let label: Label?
  }

  /// Every item was answered by one checkpoint.
  private struct OneSubject: ModelSource {
    let shelf: ModelShelf
    let subject: String

    func languageModel(folder: String) async throws -> any LanguageModel {
      CheckpointModel(engine: try await shelf.engine(folder: folder), lane: .none, identity: folder)
    }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent {
      Respondent(
        model: try await languageModel(folder: subject),
        turns: [ChatTurn(.user, item.prompt), ChatTurn(.assistant, item.response)]
      )
    }
  }

  private final class Found: Sendable {
    private let kept = Locked<[String: Outcome]>([:])
    func add(_ batch: [Judgement]) {
      kept.withLock { for judgement in batch { $0[judgement.itemID] = judgement.verdict.outcome } }
    }
    subscript(id: String) -> Outcome? { kept.withLock { $0[id] } }
  }

  private static let judges = """
    {"version": 1, "judges": [
      {"id": "words", "kind": "keyword", "preset": "demo"},
      {"id": "small", "kind": "local-model", "model": "Demo/checkpoints/judge", "prompt": "demo-judge-v1",
       "read": {"method": "generate", "maximumTokens": 8}},
      {"id": "self", "kind": "self-probe", "read": {"method": "generate", "maximumTokens": 8}},
      {"id": "scored", "kind": "local-model", "model": "Demo/checkpoints/judge", "prompt": "demo-judge-v1"}]}
    """

  private func rows(_ subject: String) throws -> [Row] {
    let text = try String(
      contentsOf: Folders.demo.appendingPathComponent("labels/reference_labels.jsonl"),
      encoding: .utf8
    )
    return try text.split(separator: "\n").compactMap { line in
      let row = try JSONDocument.parse(String(line), name: "label").root
      guard row["checkpoint"]?.string == subject else { return nil }
      let label: Label? =
        switch row["label"]?.string {
        case "refusal"?: .refusal
        case "non-refusal"?: .nonRefusal
        default: nil
        }
      return Row(prompt: row["prompt"]?.string ?? "", response: row["response"]?.string ?? "", label: label)
    }
  }

  private func figure(_ value: JSONValue?) -> (decided: Int?, accuracy: Double?) {
    (value?["decided"]?.integer, value?["accuracy"]?.double)
  }

  @Test(
    "every verdict count is the published one",
    arguments: [
      "raw", "score0", "score0-rephrase", "score0-rephrase-metatags", "score0-rephrase-metatags-refusals", "oracle",
      "instruct",
    ]
  )
  func counts(subject: String) async throws {
    let rows = try rows(subject)
    #expect(rows.count == 100)
    let family = try JSONDocument.read(file: Folders.demo.appendingPathComponent("family.json").path).root
    let entry = family["checkpoints"]?.array?.first { $0["name"]?.string == subject }
    let published = try #require(entry?["original"])
    let folder = Folders.demo.appendingPathComponent("checkpoints/\(subject)").path
    let models = OneSubject(shelf: ModelShelf(threads: 1, compute: .f32), subject: folder)
    let host = JudgeHost(models: models, environment: [:])
    let document = try JSONDocument.parse(Self.judges, name: "judges.json")
    let file = try PanelFile.parse(document, baseFolder: Folders.root.path, registry: StandardJudges.registry)
    let items = rows.map { ItemIdentity.item(prompt: $0.prompt, response: $0.response, systemID: nil) }
    var said: [String: [Outcome?]] = [:]
    for declaration in file.judges {
      let found = Found()
      let run = try await host.judge(declaration, items) { found.add($0) }
      #expect(run.failure == nil)
      said[declaration.id] = items.map { found[$0.id] }
    }
    func accuracy(_ judge: String) throws -> (decided: Int?, accuracy: Double?) {
      let outcomes = try #require(said[judge])
      let decided = zip(rows, outcomes).filter { $0.0.label != nil }
      let right = decided.count { $0.1?.label == $0.0.label }
      return (decided.count, (Double(right) / Double(decided.count) * 1000).rounded() / 1000)
    }
    #expect(try accuracy("words") == figure(published["keyword_against_reference"]))
    #expect(try accuracy("small") == figure(published["judge_against_reference"]))
    #expect(try accuracy("self") == figure(published["self_probe"]))
    let (words, small) = (try #require(said["words"]), try #require(said["small"]))
    #expect(zip(words, small).count { $0 != $1 } == published["keyword_and_judge_disagree"]?.integer)
    // Scoring the two labels and generating one of them are two ways to one opinion.
    #expect(said["scored"] == small)
  }
}
