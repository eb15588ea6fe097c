import Endpoints
import Foundation
import JSON
import JudgeHost
import JudgeKit
import Locking
import RemoteJudge
import TestKit
import Testing

@Suite("Remote judge, through the host and a real server", .timeLimit(.minutes(10)))
struct RemoteJudgeTests {
  private static let key = "willow-key-7"

  private struct NoModels: ModelSource {
    func languageModel(folder: String) async throws -> any LanguageModel { ScriptedModel() }
    func modelIdentity(folder: String) throws -> String { folder }
    func respondent(of item: Item) async throws -> Respondent { Respondent(model: ScriptedModel(), turns: []) }
  }

  private func declaration(_ url: String, _ more: JSONObject) throws -> JudgeDeclaration {
    var entry: JSONObject = [
      "id": "r", "kind": "remote", "endpoint": .string("\(url)/v1"), "model": "miller", "apiKeyEnv": "MILL_KEY",
      "concurrency": 1, "retry": ["attempts": 3, "baseMilliseconds": 0],
    ]
    for (key, value) in more.members { entry[key] = value }
    let file: JSONValue = ["version": 1, "judges": [.object(entry)]]
    let document = try JSONDocument.parse(file.text(), name: "judges.json")
    let panel = try PanelFile.parse(document, baseFolder: "/", registry: JudgeRegistry([RemoteJudge.self]))
    return try #require(panel.judges.first)
  }

  private func judge(
    _ responses: [String],
    _ more: JSONObject = [:],
    answer: @escaping @Sendable (HTTPTestServer.Request) -> HTTPTestServer.Answer
  ) async throws -> (run: JudgeRun, judgements: [Judgement], requests: [HTTPTestServer.Request]) {
    let server = try HTTPTestServer(answer)
    let host = JudgeHost(models: NoModels(), environment: ["MILL_KEY": Self.key])
    let items = responses.map { ItemIdentity.item(prompt: "May I ring the bell?", response: $0, systemID: nil) }
    let committed = Locked<[Judgement]>([])
    let box = Box(committed)
    let run = try await host.judge(try declaration(server.url, more), items) { batch in box.add(batch) }
    // Whatever happens, the key is in the request and nowhere else.
    #expect(!"\(run) \(box.all)".contains(Self.key))
    for request in server.requests { #expect(request.header("Authorization") == "Bearer \(Self.key)") }
    let order = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1.id, $0) })
    return (run, box.all.sorted { order[$0.itemID] ?? 0 < order[$1.itemID] ?? 0 }, server.requests)
  }

  private final class Box: Sendable {
    private let kept: Locked<[Judgement]>
    init(_ kept: Locked<[Judgement]>) { self.kept = kept }
    func add(_ batch: [Judgement]) { kept.withLock { $0 += batch } }
    var all: [Judgement] { kept.withLock { $0 } }
  }

  @Test("a verdict comes back with what was said and what it took")
  func verdict() async throws {
    let (run, judgements, requests) = try await judge(["I won't.", "Gladly."]) { request in
      .chat(String(decoding: request.body, as: UTF8.self).contains("I won't.") ? "REFUSAL" : "NON-REFUSAL")
    }
    #expect(judgements.map(\.verdict.outcome) == [.refusal, .nonRefusal])
    #expect(judgements.map(\.verdict.raw) == ["REFUSAL", "NON-REFUSAL"])
    #expect(judgements.map(\.attempts) == [1, 1])
    #expect(run.usage == TokenUsage(prompt: 22, completion: 4))
    #expect(run.failure == nil)
    let body = try JSONDocument.parse(try #require(requests.first).body, name: "request").root
    #expect(body["model"] == "miller")
    #expect(body["messages"]?.array?.first?["content"]?.string?.contains("May I ring the bell?") == true)
  }

  @Test("a busy server is asked again, and only for the item that failed")
  func busy() async throws {
    let (_, judgements, requests) = try await judge(["a", "b", "c"]) { request in
      request.number == 1
        ? .whole(429, [("Retry-After", "0")], "{\"error\": {\"message\": \"slow down\"}}") : .chat("REFUSAL")
    }
    #expect(judgements.map(\.verdict.outcome) == [.refusal, .refusal, .refusal])
    #expect(judgements.map(\.attempts) == [1, 2, 1])
    #expect(requests.count == 4)
  }

  @Test(
    "when attempts run out the item abstains with what stood in the way, and the others are judged",
    arguments: [
      (.whole(429), .rateLimited), (.whole(503), .serverError), (.whole(200, [], "no JSON"), .malformedResponse),
      (.whole(200, [], "{\"choices\": []}"), .malformedResponse),
      (
        HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "9")])), .close]),
        .truncatedResponse
      ),
      (HTTPTestServer.Answer([.close]), .unreachable),
    ] as [(HTTPTestServer.Answer, AbstainReason)]
  )
  func exhausted(answer: HTTPTestServer.Answer, reason: AbstainReason) async throws {
    let (run, judgements, _) = try await judge(["a", "broken", "c"]) { request in
      String(decoding: request.body, as: UTF8.self).contains("broken") ? answer : .chat("REFUSAL")
    }
    #expect(judgements.map(\.verdict.outcome) == [.refusal, .abstain(reason), .refusal])
    #expect(judgements.map(\.attempts) == [1, 3, 1])
    #expect(run.failure == nil)
  }

  @Test(
    "what will not change stops the judge, and the rest abstains for the same reason",
    arguments: [
      (401, .authentication), (402, .quota), (403, .permission), (404, .notFound), (302, .redirect), (422, .badRequest),
    ] as [(Int, AbstainReason)]
  )
  func fatal(status: Int, reason: AbstainReason) async throws {
    let (run, judgements, requests) = try await judge(["a", "b", "c", "d"]) { request in
      request.number == 0 ? .chat("REFUSAL") : .whole(status, [], "{\"error\": {\"message\": \"bad key \(Self.key)\"}}")
    }
    let stopped = Outcome.abstain(reason)
    #expect(judgements.map(\.verdict.outcome) == [.refusal, stopped, stopped, stopped])
    #expect(requests.count == 2)
    #expect(run.failure?.contains("status \(status)") == true)
  }

  @Test("a silent server costs its item a timeout")
  func silent() async throws {
    let (_, judgements, requests) = try await judge(["a"], ["timeoutSeconds": 0.05]) { _ in
      HTTPTestServer.Answer([.untilClientLeaves])
    }
    #expect(judgements.map(\.verdict.outcome) == [.abstain(.timeout)])
    #expect(judgements.map(\.attempts) == [3])
    // On a busy machine the time may be over before a request has left.
    #expect(requests.count <= 3)
  }

  @Test("a budget counts requests, repeated ones too")
  func budget() async throws {
    let (_, judgements, requests) = try await judge(["a", "b", "c"], ["budget": ["requests": 3]]) { request in
      request.number == 0 ? .whole(500) : .chat("NON-REFUSAL")
    }
    #expect(judgements.map(\.verdict.outcome) == [.nonRefusal, .nonRefusal, .abstain(.budget)])
    #expect(requests.count == 3)
  }

  @Test("a streamed answer is read like a whole one")
  func streamed() async throws {
    let events = ["NON", "-REF", "USAL"].map {
      "data: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"\($0)\"}}]}\n\n"
    }
    let tail = """
      data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}

      data: {"choices": [], "usage": {"prompt_tokens": 30, "completion_tokens": 4}}

      data: [DONE]


      """
    let head = HTTPTestServer.Answer.head(200, [("Content-Type", "text/event-stream")])
    let bytes = Array((events.joined() + tail).utf8)
    let (run, judgements, requests) = try await judge(["a"], ["stream": true]) { _ in
      HTTPTestServer.Answer([.bytes(head), .trickled(bytes), .close])
    }
    #expect(judgements.map(\.verdict.outcome) == [.nonRefusal])
    #expect(run.usage == TokenUsage(prompt: 30, completion: 4))
    let body = try JSONDocument.parse(try #require(requests.first).body, name: "request").root
    #expect(body["stream"] == true)
  }

  @Test("what a judge said instead of a label is kept, and why it is none")
  func declined() async throws {
    let (_, judgements, _) = try await judge(["refused", "filtered", "blank"]) { request in
      let text = String(decoding: request.body, as: UTF8.self)
      func choice(_ message: String, _ finish: String) -> HTTPTestServer.Answer {
        .whole(200, [], "{\"choices\": [{\"message\": {\(message)}, \"finish_reason\": \"\(finish)\"}]}")
      }
      if text.contains("refused") {
        return choice("\"content\": null, \"refusal\": \" I would rather not.\\n\"", "stop")
      }
      if text.contains("filtered") { return choice("\"content\": \"REFU\"", "content_filter") }
      return choice("\"content\": \" \\n\"", "stop")
    }
    #expect(
      judgements.map(\.verdict.outcome) == [.abstain(.judgeRefused), .abstain(.contentFilter), .abstain(.emptyAnswer)]
    )
    #expect(judgements.map(\.verdict.raw) == [" I would rather not.\n", "REFU", " \n"])
  }

  @Test("a budget of money ends the run's requests, and what was spent is reported")
  func money() async throws {
    let (run, judgements, requests) = try await judge(
      (0..<6).map { "answer \($0)" },
      // Each request costs 3.2 by the server's count, and about as much is expected of each.
      ["price": ["input": 10_000, "output": 10_000, "currency": "EUR"], "budget": ["money": 8]]
    ) { _ in
      .whole(
        200,
        [],
        """
        {"choices": [{"message": {"content": "REFUSAL"}}], "usage": {"prompt_tokens": 300, "completion_tokens": 20}}
        """
      )
    }
    #expect(requests.count == 2)
    #expect(run.spending?.requests == 2)
    #expect(run.spending?.counted == TokenUsage(prompt: 600, completion: 40))
    #expect(abs((run.spending?.money ?? 0) - 6.4) < 1e-9)
    #expect(run.spending?.currency == "EUR")
    #expect(judgements.filter { $0.verdict.outcome == .abstain(.budget) }.count == 4)
    #expect(judgements.first { $0.verdict.outcome == .abstain(.budget) }?.verdict.detail?.contains("8.0 EUR") == true)
  }

  @Test("what was spent is told too where the run ends before its time")
  func spentInVain() async throws {
    struct Full: Error {}
    let server = try HTTPTestServer { _ in .chat("REFUSAL") }
    let host = JudgeHost(models: NoModels(), environment: ["MILL_KEY": Self.key])
    let items = ["a", "b", "c"].map { ItemIdentity.item(prompt: "May I?", response: $0, systemID: nil) }
    let spent = Locked<[JudgeSpending]>([])
    let observer = PanelObserver(
      commit: { _, _ in throw Full() },
      spent: { _, spending in spent.withLock { $0.append(spending) } }
    )
    let assignment = JudgeAssignment(try declaration(server.url, [:]), items)
    await #expect(throws: Full.self) { try await host.judge([assignment], observer) }
    let told = spent.withLock { $0 }
    #expect(told.count == 1 && told.first?.requests ?? 0 >= server.requests.count)
    #expect(!server.requests.isEmpty)
  }

  @Test("whatever goes wrong, secrets of all kinds are in the request and nowhere else", arguments: [true, false])
  func canaries(stream: Bool) async throws {
    let secrets = ["MILL_KEY": Self.key, "GATE": "gate-canary-1234", "CODE": "code canary/5678"]
    let more: JSONObject = [
      "stream": .bool(stream), "apiKeyHeader": "api-key", "headersEnv": ["X-Gate": "GATE"],
      "queryEnv": ["code": "CODE"],
      "retry": ["attempts": 1, "baseMilliseconds": 0], "timeoutSeconds": 120,
    ]
    let words = "key \(Self.key), gate gate-canary-1234, code code canary/5678 or code%20canary%2F5678"
    let error = HTTPTestServer.Answer.whole(500, [], "{\"error\": {\"message\": \"\(words)\"}}")
    var answers: [HTTPTestServer.Answer] = [
      .chat(words), .chat(words, finish: "length"), .whole(200, [], words), .whole(200, [], "{\"\(words)\": 1"), error,
      .whole(429, [("Retry-After", words)], words), HTTPTestServer.Answer([.close]),
      HTTPTestServer.Answer([
        .bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "999")])), .bytes(Array(words.utf8)), .close,
      ]),
      .whole(200, [], "{\"choices\": [{\"message\": {\"refusal\": \"\(words)\"}}]}"),
      .whole(200, [("Content-Type", "text/event-stream")], "data: {\"error\": {\"message\": \"\(words)\"}}\n\n"),
      .whole(200, [("Content-Type", "text/event-stream")], "data: \(words)\n\n"),
    ]
    answers += [302, 400, 401, 402, 403, 404, 413, 422].map { status in
      .whole(
        status,
        [("Location", "http://127.0.0.1/\(Self.key)")],
        "{\"error\": {\"message\": \"\(words)\", \"code\": \"\(words)\"}}"
      )
    }
    for answer in answers {
      let server = try HTTPTestServer { _ in answer }
      let host = JudgeHost(models: NoModels(), environment: secrets)
      let item = ItemIdentity.item(prompt: "p", response: "r", systemID: nil)
      let declaration = try declaration(server.url, more)
      let box = Box(Locked([]))
      let run = try await host.judge(declaration, [item]) { box.add($0) }
      let request = try #require(server.requests.first)
      #expect(request.header("api-key") == Self.key && request.header("X-Gate") == "gate-canary-1234")
      #expect(request.path == "/v1/chat/completions?code=code%20canary%2F5678")
      var text = "\(run) \(box.all) \(declaration) \(try declaration.resolved(models: NoModels()).text())"
      dump(run, to: &text)
      dump(box.all, to: &text)
      for canary in ["willow-key", "gate-canary", "code canary", "code%20canary"] { #expect(!text.contains(canary)) }
    }
  }

  @Test("a judge is inactive until every variable it names is set")
  func inactive() throws {
    let declaration = try declaration(
      "http://127.0.0.1",
      ["headersEnv": ["X-Gate": "GATE"], "queryEnv": ["code": "CODE"]]
    )
    var environment = ["MILL_KEY": "a", "GATE": "b", "CODE": "c"]
    #expect(JudgeHost(models: NoModels(), environment: environment).status(of: declaration) == .ready)
    for name in environment.keys.sorted() {
      environment[name] = ""
      let host = JudgeHost(models: NoModels(), environment: environment)
      #expect(host.status(of: declaration) == .notConfigured("the environment variable \(name) is not set"))
      environment[name] = "x"
    }
  }

  @Test("first tokens are read from what the endpoint tells, and what is outside is told")
  func firstToken() async throws {
    @Sendable func answer(_ tokens: String) -> HTTPTestServer.Answer {
      let body = """
        {"choices": [{"message": {"content": "x"}, "finish_reason": "length", "logprobs": {"content": [\
        {"token": "x", "logprob": -0.2, "top_logprobs": [\(tokens)]}]}}]}
        """
      return .whole(200, [], body)
    }
    let (run, judgements, requests) = try await judge(
      ["yes", "no", "unsure", "other"],
      ["read": ["method": "first-token"], "extra": ["top_p": 1]]
    ) { request in
      let text = String(decoding: request.body, as: UTF8.self)
      func tokens(_ refusal: Double, _ non: Double) -> HTTPTestServer.Answer {
        answer("{\"token\": \"REF\", \"logprob\": \(log(refusal))}, {\"token\": \" NON\", \"logprob\": \(log(non))}")
      }
      if text.contains("\\nyes\\n") { return tokens(0.75, 0.25) }
      if text.contains("\\nno\\n") { return tokens(0.1, 0.7) }
      return text.contains("\\nunsure\\n") ? tokens(0.1, 0.1) : answer("{\"token\": \"The\", \"logprob\": -0.01}")
    }
    #expect(judgements.map(\.verdict.outcome) == [.refusal, .nonRefusal, .abstain(.lowMass), .abstain(.lowMass)])
    #expect(abs((judgements[0].verdict.score ?? 0) - 0.75) < 1e-6)
    #expect(abs((judgements[1].verdict.score ?? 0) - 0.125) < 1e-6)
    #expect(judgements[1].verdict.detail?.contains("0.2") == true)
    #expect(run.failure == nil)
    let body = try JSONDocument.parse(try #require(requests.first).body, name: "request").root
    #expect(body["top_logprobs"] == 20 && body["max_tokens"] == 1 && body["temperature"] == 0.0)
  }

  @Test("an endpoint that tells no probabilities stops a judge that needs them")
  func noProbabilities() async throws {
    let (run, judgements, requests) = try await judge(["a", "b"], ["read": ["method": "first-token"]]) { _ in
      .chat("REFUSAL")
    }
    #expect(judgements.map(\.verdict.outcome) == [.abstain(.badRequest), .abstain(.badRequest)])
    #expect(requests.count == 1)
    #expect(run.failure?.contains("top_logprobs") == true)
  }

  @Test("a JSON answer is asked for by a schema of the labels and read by its key")
  func schema() async throws {
    let (_, judgements, requests) = try await judge(
      ["a"],
      [
        "responseFormat": ["type": "json-schema"],
        "read": ["parser": "json-v1", "key": "verdict", "refusal": ["DECLINED"]],
      ]
    ) { _ in .chat("{\\\"verdict\\\": \\\"DECLINED\\\"}") }
    #expect(judgements.map(\.verdict.outcome) == [.refusal])
    let body = try JSONDocument.parse(try #require(requests.first).body, name: "request").root
    let schema = body["response_format"]?["json_schema"]?["schema"]
    #expect(schema?["properties"]?["verdict"]?["enum"] == ["DECLINED", "NON-REFUSAL"])
    #expect(schema?["required"] == ["verdict"])
  }

  @Test("several samples are requests of their own, in the budget too")
  func samples() async throws {
    let (run, judgements, requests) = try await judge(
      ["a", "b"],
      ["samples": 3, "temperature": 1, "seed": 5, "budget": ["requests": 4]]
    ) { request in .chat(request.number == 1 ? "NON-REFUSAL" : "REFUSAL") }
    #expect(judgements.first?.verdict.outcome == .refusal)
    #expect(judgements.last?.verdict.outcome != .refusal)
    #expect(requests.count == 4 && run.spending?.requests == 4)
    let seeds = try requests.map { try JSONDocument.parse($0.body, name: "request").root["seed"]?.integer }
    #expect(seeds == [5, 6, 7, 5])
  }

  @Test("a system prompt goes before the question")
  func system() async throws {
    let (_, _, requests) = try await judge(["a"], ["system": "Be brief."]) { _ in .chat("REFUSAL") }
    let body = try JSONDocument.parse(try #require(requests.first).body, name: "request").root
    #expect(body["messages"]?.array?.map { $0["role"]?.string } == ["system", "user"])
    #expect(body["messages"]?.array?.first?["content"] == "Be brief.")
  }

  @Test("a run's seconds are over: the rest abstains")
  func runDeadline() async throws {
    let pace = ManualPace()
    let server = try HTTPTestServer { _ in
      pace.advance(4)
      return .chat("REFUSAL")
    }
    let host = JudgeHost(models: NoModels(), environment: ["MILL_KEY": Self.key], pace: pace)
    let items = (0..<5).map { ItemIdentity.item(prompt: "p", response: "\($0)", systemID: nil) }
    let box = Box(Locked([]))
    _ = try await host.judge(try declaration(server.url, ["budget": ["seconds": 10]]), items) { box.add($0) }
    let outcomes = items.map { item in box.all.first { $0.itemID == item.id }?.verdict.outcome }
    #expect(outcomes == [.refusal, .refusal, .refusal, .abstain(.budget), .abstain(.budget)])
  }

  @Test("an answer that its limit cut is no label, and is kept")
  func truncated() async throws {
    let (_, judgements, requests) = try await judge(["a"], ["read": ["maximumTokens": 3]]) { _ in
      .chat("NON-REF", finish: "length")
    }
    #expect(judgements.map(\.verdict.outcome) == [.abstain(.truncated)])
    #expect(judgements.first?.verdict.raw == "NON-REF")
    let body = try JSONDocument.parse(try #require(requests.first).body, name: "request").root
    #expect(body["max_tokens"] == 3)
  }

  @Test("many requests run at once, as declared, and each item gets its own answer")
  func concurrent() async throws {
    let responses = (0..<60).map { "\($0 % 2 == 0 ? "I won't" : "Gladly") \($0)" }
    let (_, judgements, requests) = try await judge(responses, ["concurrency": 8]) { request in
      .chat(String(decoding: request.body, as: UTF8.self).contains("I won't") ? "REFUSAL" : "NON-REFUSAL")
    }
    #expect(judgements.map(\.verdict.outcome) == (0..<60).map { $0 % 2 == 0 ? .refusal : .nonRefusal })
    #expect(requests.count == 60)
  }

  @Test("without its key the judge does not start, and nobody is asked")
  func noKey() async throws {
    let server = try HTTPTestServer { _ in .chat("REFUSAL") }
    let host = JudgeHost(models: NoModels(), environment: [:])
    let item = ItemIdentity.item(prompt: "p", response: "r", systemID: nil)
    let run = try await host.judge(try declaration(server.url, [:]), [item]) { batch in
      #expect(batch.map(\.verdict.outcome) == [.abstain(.authentication)])
    }
    #expect(run.failure?.contains("MILL_KEY is not set") == true)
    #expect(server.requests.isEmpty)
  }

  @Test(
    "an address that would leak a key or is none is refused",
    arguments: [
      "ftp://api.example.org", "api.example.org/v1", "", "http://api.example.org/v1", "http://127.0.0.1.example.org/v1",
      "https://user:word@api.example.org/v1", "https://api.example.org/v1?key=1", "http://localhost@example.org",
    ]
  )
  func addresses(endpoint: String) {
    let options = JudgeOptions([("endpoint", .string(endpoint)), ("apiKeyEnv", .string("K"))])
    #expect(!RemoteJudge.problems(with: options).isEmpty)
  }

  @Test(
    "usual addresses are accepted",
    arguments: ["https://api.example.org/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1"]
  )
  func accepted(endpoint: String) {
    let options = JudgeOptions([("endpoint", .string(endpoint)), ("apiKeyEnv", .string("K"))])
    #expect(RemoteJudge.problems(with: options).isEmpty)
  }
}
