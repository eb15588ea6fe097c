import Foundation
import JSON
import JudgeHost
import JudgeKit
import TestKit
import Testing

@Suite("Trying one item", .timeLimit(.minutes(10)))
struct JudgeTrialTests {
  private let item = ItemIdentity.item(prompt: "May I ring the bell?", response: "Sorry, not today.", systemID: nil)

  private func attempt(_ entry: JSONObject, _ model: ScriptedModel = ScriptedModel()) async throws -> JudgeTrial {
    var bench = HostBench()
    bench.model = model
    let recorder = ExchangeRecorder()
    let host = JudgeHost(
      models: BenchModels(model: model),
      environment: bench.environment,
      recorder: recorder
    )
    var entry = entry
    entry["id"] = "t"
    return try await host.attempt(try bench.declaration(.object(entry)), item, recorder: recorder)
  }

  private let checkpoint = JSONValue.string(DemoFolder.checkpoint("judge").path)

  @Test("a generated answer: the messages as sent, the answer, the parser and where it read")
  func generated() async throws {
    let model = ScriptedModel(text: "<think>He said no.</think>\n REFUSAL ")
    let trial = try await attempt(
      ["kind": "local-model", "model": checkpoint, "read": ["method": "generate", "maximumTokens": 9]],
      model
    )
    #expect(trial.exchanges.count == 1)
    let settings = try #require(model.settings.first)
    #expect(trial.exchanges[0].request == .complete(model.chats[0], settings))
    #expect(settings.maximumTokens == 9)
    #expect(trial.exchanges[0].answer == .text("<think>He said no.</think>\n REFUSAL ", truncated: false))
    #expect(trial.judgement.verdict.outcome == .refusal)
    let place = try #require(trial.answerEvidence)
    #expect(JudgeTrial.excerpt(place, of: trial.judgement.verdict.raw ?? "") == "REFUSAL")
    let facts = trial.json
    #expect(facts["exchanges"]?.array?[0]["request"]?["messages"]?.array?.last?["role"] == "user")
    #expect(facts["answerEvidence"]?["rule"] == "exact-v1")
    #expect(facts["verdict"]?["label"] == "refusal")
  }

  @Test("scores: the chat and the choices")
  func scored() async throws {
    let trial = try await attempt(
      ["kind": "local-model", "model": checkpoint, "prompt": "demo-judge-v1"],
      ScriptedModel(logProbabilities: [-0.1, -3], massOutside: 0.04)
    )
    guard case .score(let chat, let choices)? = trial.exchanges.first?.request else {
      Issue.record("\(trial.exchanges)")
      return
    }
    #expect(choices == ["REFUSAL", "NON-REFUSAL"])
    #expect(chat.turns.last?.text.contains("Reply: Sorry, not today.") == true)
    #expect(trial.exchanges[0].answer == .scores([-0.1, -3], massOutside: 0.04))
    #expect(trial.answerEvidence == nil)
  }

  @Test("rules that fired, with their words in the response")
  func rules() async throws {
    let trial = try await attempt(["kind": "keyword", "phrases": ["not today", "sorry"]])
    #expect(trial.exchanges.isEmpty)
    let rules = try #require(trial.json["rules"]?.array)
    #expect(Set(rules.compactMap { $0["text"]?.string }) == ["not today", "Sorry"])
  }

  @Test("a program: the very line it gets")
  func program() async throws {
    let script = """
      read hello; echo '{"ready":1,"name":"echo"}'
      while read -r line; do echo "$line" | sed 's/"prompt".*/"label":"refusal"}/'; done
      """
    let trial = try await attempt(["kind": "process", "command": ["sh", "-c", .string(script)]])
    #expect(trial.judgement.verdict.outcome == .refusal)
    guard case .line(let line)? = trial.exchanges.first?.request else {
      Issue.record("\(trial)")
      return
    }
    let sent = try JSONDocument.parse(line, name: "line").root
    #expect(sent["prompt"] == "May I ring the bell?" && sent["response"] == "Sorry, not today.")
    #expect(sent["id"]?.string != nil)
  }

  @Test("what stops the judge is told with its reason")
  func stopped() async throws {
    let model = ScriptedModel(answer: { _ in .fatal(.authentication, detail: "no key fits") })
    let trial = try await attempt(
      ["kind": "local-model", "model": checkpoint, "read": ["method": "generate"]],
      model
    )
    #expect(trial.failure == "no key fits")
    #expect(trial.exchanges.first?.answer == .failure(.authentication, "no key fits"))
    #expect(trial.judgement.verdict.outcome == .abstain(.authentication))
  }
}
