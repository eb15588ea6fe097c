import Endpoints
import Foundation
import HTTP
import Inference
import JSON
import JudgeHost
import JudgeKit
import Locking
import Study
import TestKit
import Testing

@Suite(
  "A real peer: llama.cpp's server",
  .serialized,
  .timeLimit(.minutes(10)),
  .enabled(
    if: LlamaServer.program != nil,
    "skipped because no llama-server is on the PATH and TRIBUNAL_LLAMA_SERVER names none"
  )
)
struct PeerConformance {
  private let models = LocalModels(shelf: ModelShelf(threads: 2, compute: .f32))

  /// What the demo family answered to prompts of all kinds, and the prompts.
  private static func items(_ count: Int) throws -> [Item] {
    let file = Folders.demo.appendingPathComponent("labels/reference_labels.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    return try stride(from: 0, to: lines.count, by: lines.count / count).prefix(count).map { at in
      let line = try JSONDocument.parse(String(lines[at]), name: "labels").root
      return ItemIdentity.item(
        prompt: line["prompt"]?.string ?? "",
        response: line["response"]?.string ?? "",
        systemID: nil
      )
    }
  }

  private func judgements(_ entry: JSONObject, on items: [Item]) async throws -> (run: JudgeRun, verdicts: [Verdict]) {
    let file: JSONValue = ["version": 1, "judges": [.object(entry)]]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    let panel = try PanelFile.parse(document, baseFolder: "/", registry: StandardJudges.registry)
    let kept = Locked<[String: Verdict]>([:])
    let run = try await JudgeHost(models: models, environment: [:]).judge(try #require(panel.judges.first), items) {
      for judgement in $0 { kept.withLock { $0[judgement.itemID] = judgement.verdict } }
    }
    return (run, try items.map { item in try #require(kept.withLock { $0[item.id] }) })
  }

  private func remote(_ url: String, _ more: JSONObject = [:]) -> JSONObject {
    var entry: JSONObject = [
      "id": "peer", "kind": "remote", "endpoint": .string(url), "model": "judge", "prompt": "demo-judge-v1",
      "concurrency": 4, "timeoutSeconds": 120,
    ]
    for (key, value) in more.members { entry[key] = value }
    return entry
  }

  @Test("greedy answers of the same weights are the same text")
  func answers() async throws {
    let prompts = try DemoFolder.prompts("harmful_eval", count: 20) + DemoFolder.prompts("harmless_eval", count: 20)
    let settings = CompletionSettings(maximumTokens: 96)
    let own = try await models.languageModel(folder: DemoFolder.checkpoint("instruct").path)
    let ours = try await own.complete(prompts.map { Chat(user: $0) }, settings: settings)
    let theirs = try await LlamaServer.serving("instruct") { url in
      let endpoint = ChatEndpoint(
        RemoteEndpoint(baseURL: url, model: "instruct", apiKeyVariable: nil, stream: false),
        key: nil,
        client: HTTPClient(),
        timeoutSeconds: 120
      )
      var replies: [ModelReply<ChatAnswer>] = []
      for prompt in prompts { replies.append(await endpoint.complete(Chat(user: prompt), settings: settings)) }
      return replies
    }
    for (prompt, (our, their)) in zip(prompts, zip(ours, theirs)) {
      guard case .value(let our) = our, case .value(let their) = their else {
        Issue.record("\(prompt): \(our) and \(their)")
        continue
      }
      #expect(their.text == our.text, "\(prompt)")
      #expect(their.usage?.completion ?? 0 > 0)
    }
  }

  @Test("a judge behind the server and the same judge on disk give the same verdicts, streamed or not")
  func verdicts() async throws {
    let items = try Self.items(40)
    let local = try await judgements(
      [
        "id": "own", "kind": "local-model", "model": .string(DemoFolder.checkpoint("judge").path),
        "prompt": "demo-judge-v1", "read": ["method": "generate"],
      ],
      on: items
    )
    #expect(Set(local.verdicts.map(\.outcome)) == [.refusal, .nonRefusal])
    try await LlamaServer.serving("judge") { url in
      for stream in [false, true] {
        let peer = try await judgements(remote(url, ["stream": .bool(stream)]), on: items)
        #expect(peer.run.failure == nil)
        #expect(peer.verdicts.map(\.outcome) == local.verdicts.map(\.outcome))
        #expect(peer.verdicts.map(\.raw) == local.verdicts.map(\.raw))
        #expect(try #require(peer.run.usage).completion > items.count)
      }
    }
  }

  @Test("what a real server refuses is sorted like the pack's cases")
  func refusals() async throws {
    let long = ItemIdentity.item(
      prompt: "p",
      response: String(repeating: "the mill turns ", count: 2000),
      systemID: nil
    )
    let short = try Self.items(1)
    try await LlamaServer.serving("judge") { url in
      let cut = try await judgements(remote(url, ["read": ["method": "generate", "maximumTokens": 1]]), on: short)
      #expect(cut.verdicts.map(\.outcome) == [.abstain(.truncated)])
      let tooLong = try await judgements(remote(url), on: [long] + short)
      #expect(tooLong.verdicts.first?.outcome == .abstain(.contextLength))
      #expect(tooLong.verdicts.last?.outcome.label != nil, "one long item must not stop the judge")
      let nowhere = try await judgements(remote("\(url)/nothing"), on: short)
      #expect(nowhere.verdicts.map(\.outcome) == [.abstain(.notFound)])
    }
  }
}
