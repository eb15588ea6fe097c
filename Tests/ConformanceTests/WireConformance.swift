import Endpoints
import Foundation
import HTTP
import JSON
import JudgeHost
import JudgeKit
import Locking
import RemoteJudge
import TestKit
import Testing

/// One case of the wire pack.
struct WireCase: Sendable, CustomTestStringConvertible {
  let id: String
  let value: JSONValue
  let folder: URL

  var testDescription: String { id }

  /// All cases, in the order of the index; none where the pack is absent.
  static let all: [WireCase] = {
    guard let folder = Folders.shared?.appendingPathComponent("conformance/wire"),
      let index = try? JSONDocument.read(file: folder.appendingPathComponent("index.json").path).root
    else { return [] }
    return (index["cases"]?.array ?? []).map { WireCase(id: $0["id"]?.string ?? "", value: $0, folder: folder) }
  }()

  var status: Int { value["status"]?.integer ?? 0 }
  var headers: [(String, String)] {
    (value["headers"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }
  }
  var isStream: Bool { value["requested_stream"]?.bool ?? false }
  var now: HTTPDate? { value["now"]?.string.flatMap { HTTPDate($0) } }

  /// The answer as bytes over the wire; the end of the connection ends it.
  func answer() throws -> HTTPTestServer.Answer {
    let head = HTTPTestServer.Step.bytes(HTTPTestServer.Answer.head(status, headers))
    if let recipe = value["recipe"] {
      func bytes(_ key: String) -> [UInt8] { Array((recipe[key]?.string ?? "").utf8) }
      let count = recipe["count"]?.integer ?? 0
      // Sent in pieces of some kilobytes: a packet for each unit would take minutes.
      let unit = bytes("unit")
      let group = Array(repeatElement(unit, count: 500).joined())
      let rest = Array(repeatElement(unit, count: count % 500).joined())
      return HTTPTestServer.Answer([
        head, .bytes(bytes("prefix")), .repeated(group, count / 500), .bytes(rest), .bytes(bytes("suffix")), .close,
      ])
    }
    let file = try #require(value["body_file"]?.string)
    let body = try FileBytes.read(folder.appendingPathComponent(file).path)
    #expect(body.count == value["body_bytes"]?.integer)
    return HTTPTestServer.Answer([head, value["split_hint"] == nil ? .bytes(body) : .trickled(body), .close])
  }

  /// What differs from an expectation; empty if nothing does.
  static func differences(_ reply: ModelReply<ChatAnswer>, _ expect: JSONValue) -> [String] {
    var found: [String] = []
    func same<Value: Equatable>(_ name: String, _ got: Value, _ wanted: Value) {
      if got != wanted { found.append("\(name): \(got) instead of \(wanted)") }
    }
    func exact(_ text: String?) -> [Unicode.Scalar]? { text.map { Array($0.unicodeScalars) } }
    switch (reply, expect["class"]?.string) {
    case (.value(let answer), "verdict-text"?) where answer.abstention == nil:
      if let text = expect["text"]?.string { same("text", exact(answer.text), exact(text)) }
      if let count = expect["text_chars"]?.integer { same("length", answer.text.unicodeScalars.count, count) }
      if let start = expect["text_prefix"]?.string { same("start", answer.text.hasPrefix(start), true) }
      if let usage = expect["usage"] {
        same("prompt tokens", answer.usage?.prompt, usage["prompt_tokens"]?.integer)
        same("completion tokens", answer.usage?.completion, usage["completion_tokens"]?.integer)
      }
      if let reason = expect["finish_reason"] { same("finish", answer.finishReason, reason.string) }
      same("reasoning", exact(answer.reasoning), exact(expect["reasoning"]?.string))
      if let wanted = expect["logprobs"]?.array {
        let got = answer.logProbabilities ?? []
        same("tokens", got.map(\.token), wanted.compactMap { $0.array?.first?.string })
        same("log-probabilities", got.map(\.value), wanted.compactMap { $0.array?.last?.double })
      }
    case (.value(let answer), "abstain"?):
      same("reason", answer.abstention?.rawValue, expect["reason"]?.string)
      if let kept = expect["text"]?.string ?? expect["refusal"]?.string {
        same("kept", exact(answer.text), exact(kept))
      }
    case (.abstain(let reason, _), "abstain"?):
      same("reason", reason.rawValue, expect["reason"]?.string)
      if let kept = expect["text"]?.string ?? expect["refusal"]?.string { same("kept", nil, exact(kept)) }
    case (.retry(let seconds, let exhausted, _), "retry"?):
      same("exhausted", exhausted.rawValue, expect["exhausted"]?.string)
      same("seconds", seconds, expect["after_seconds"]?.double)
    case (.fatal(let reason, _), "fatal"?): same("reason", reason.rawValue, expect["reason"]?.string)
    default: found.append("\(reply) instead of \(expect["class"]?.string ?? "?")")
    }
    return found
  }

  func check(_ reply: ModelReply<ChatAnswer>) {
    var found = Self.differences(reply, value["expect"] ?? .null)
    if !found.isEmpty, let other = value["alternative"], Self.differences(reply, other).isEmpty { found = [] }
    #expect(found.isEmpty, "\(id): \(found.joined(separator: "; "))")
  }
}

@Suite(
  "Wire conformance",
  .timeLimit(.minutes(10)),
  .enabled(if: Folders.shared != nil, "the pack was skipped because ../shared is absent")
)
struct WireConformance {
  @Test("the pack is whole")
  func counted() {
    #expect(WireCase.all.count >= 94)
    #expect(Set(WireCase.all.map(\.id)).count == WireCase.all.count)
  }

  @Test("an answer on a real connection is read as the pack says", arguments: WireCase.all)
  func read(_ item: WireCase) async throws {
    let answer = try item.answer()
    let server = try HTTPTestServer { _ in answer }
    let request = HTTPRequest(
      method: "POST",
      url: "\(server.url)/v1/chat/completions",
      body: Array("{}".utf8),
      maximumBytes: ChatEndpoint.maximumBytes
    )
    let client = HTTPClient()
    do { item.check(ChatWire.read(try await client.send(request), now: item.now)) } catch {
      item.check(ChatWire.read(error))
    }
    #expect(server.requests.count == 1)
  }

  @Test("the endpoint asks as declared and reads the same", arguments: WireCase.all.filter { $0.now == nil })
  func endpoint(_ item: WireCase) async throws {
    let answer = try item.answer()
    let server = try HTTPTestServer { _ in answer }
    let endpoint = ChatEndpoint(
      RemoteEndpoint(baseURL: "\(server.url)/v1", model: "miller", apiKeyVariable: nil, stream: item.isStream),
      key: nil,
      client: HTTPClient(),
      timeoutSeconds: 300
    )
    item.check(await endpoint.complete(Chat(user: "Did it refuse?"), settings: CompletionSettings(maximumTokens: 8)))
    let request = try #require(server.requests.first)
    #expect(request.path == "/v1/chat/completions")
    let asked = try JSONDocument.parse(request.body, name: "request").root
    #expect(asked["model"] == "miller")
    #expect(asked["max_tokens"] == 8)
    #expect(asked["messages"]?.array?.count == 1)
    #expect((asked["stream"]?.bool ?? false) == item.isStream)
  }
}

/// A judge with an entry as short as it can be, asked about two items, each answered by the case.
@Suite(
  "Wire conformance through the judge",
  .timeLimit(.minutes(10)),
  .enabled(if: Folders.shared != nil, "the pack was skipped because ../shared is absent")
)
struct WireJudgeConformance {
  private struct NoModels: ModelSource {
    struct Missing: Error {}
    func languageModel(folder: String) async throws -> any LanguageModel { throw Missing() }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent { throw Missing() }
  }

  private final class Kept: Sendable {
    private let kept = Locked<[Judgement]>([])
    func add(_ batch: [Judgement]) { kept.withLock { $0 += batch } }
    var all: [Judgement] { kept.withLock { $0 } }
  }

  @Test("each item gets its verdict, its reason and the judge's words", arguments: WireCase.all)
  func judge(_ item: WireCase) async throws {
    let answer = try item.answer()
    let server = try HTTPTestServer { _ in answer }
    var entry: JSONObject = [
      "id": "r", "kind": "remote", "endpoint": .string("\(server.url)/v1"), "model": "miller", "concurrency": 1,
      "timeoutSeconds": 3600, "retry": ["attempts": 2, "baseMilliseconds": 0],
    ]
    if item.isStream { entry["stream"] = true }
    let file: JSONValue = ["version": 1, "judges": [.object(entry)]]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    let panel = try PanelFile.parse(document, baseFolder: "/", registry: JudgeRegistry([RemoteJudge.self]))
    let pace = ManualPace(date: item.now ?? .now)
    let host = JudgeHost(models: NoModels(), environment: [:], pace: pace)
    let items = ["I will not feed the carp.", "Gladly."].map {
      ItemIdentity.item(prompt: "Feed the carp, please.", response: $0, systemID: nil)
    }
    let kept = Kept()
    let run = try await host.judge(try #require(panel.judges.first), items) { kept.add($0) }
    #expect(kept.all.map(\.itemID) == items.map(\.id))
    var found = differences(
      kept.all,
      run,
      server.requests.count,
      pace.sleeps,
      item.value["expect"] ?? .null,
      isDate: item.now != nil
    )
    if !found.isEmpty, let other = item.value["alternative"],
      differences(kept.all, run, server.requests.count, pace.sleeps, other, isDate: item.now != nil).isEmpty
    {
      found = []
    }
    #expect(found.isEmpty, "\(item.id): \(found.joined(separator: "; "))")
  }

  private func differences(
    _ judgements: [Judgement],
    _ run: JudgeRun,
    _ requests: Int,
    _ sleeps: [Double],
    _ expect: JSONValue,
    isDate: Bool
  ) -> [String] {
    var found: [String] = []
    func same<Value: Equatable>(_ name: String, _ got: Value, _ wanted: Value) {
      if got != wanted { found.append("\(name): \(got) instead of \(wanted)") }
    }
    func exact(_ text: String?) -> [Unicode.Scalar]? { text.map { Array($0.unicodeScalars) } }
    let reason = (expect["reason"] ?? expect["exhausted"])?.string.flatMap(AbstainReason.init)
    for judgement in judgements {
      let verdict = judgement.verdict
      if let kept = (expect["text"] ?? expect["refusal"])?.string { same("raw", exact(verdict.raw), exact(kept)) }
      if let count = expect["text_chars"]?.integer { same("length", verdict.raw?.unicodeScalars.count, count) }
      if let reason { same("outcome", verdict.outcome, .abstain(reason)) }
    }
    switch expect["class"]?.string {
    case "verdict-text"?:
      for judgement in judgements {
        let raw = judgement.verdict.raw ?? ""
        same("outcome", judgement.verdict.outcome, AnswerParser.named("exact-v1")?.read(raw).outcome ?? .refusal)
        same("attempts", judgement.attempts, 1)
      }
      if let usage = expect["usage"]?["prompt_tokens"]?.integer { same("usage", run.usage?.prompt, usage * 2) }
      same("requests", requests, 2)
    case "abstain"?: same("requests", requests, 2)
    case "retry"?:
      same("requests", requests, 4)
      same("attempts", judgements.map(\.attempts), [2, 2])
      // A date is past when the second item comes to it.
      let wishes = (expect["after_seconds"]?.double).map { isDate ? [$0] : [$0, $0] } ?? []
      same("pauses", sleeps.filter { $0 > 0 }, wishes.filter { $0 > 0 })
    case "fatal"?:
      same("requests", requests, 1)
      same("failure", run.failure != nil, true)
    default: found.append("an unknown class")
    }
    return found
  }
}
