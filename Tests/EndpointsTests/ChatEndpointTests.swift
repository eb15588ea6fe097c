import Endpoints
import HTTP
import JSON
import JudgeKit
import TestKit
import Testing

@Suite("Chat endpoint", .timeLimit(.minutes(10)))
struct ChatEndpointTests {
  private func ask(
    _ server: HTTPTestServer,
    base: String = "/v1",
    key: String? = nil,
    stream: Bool = false,
    settings: CompletionSettings = CompletionSettings(maximumTokens: 9),
    timeoutSeconds: Double = 30
  ) async -> ModelReply<ChatAnswer> {
    let endpoint = RemoteEndpoint(baseURL: server.url + base, model: "miller", apiKeyVariable: nil, stream: stream)
    let chat = ChatEndpoint(endpoint, key: key.map { Secret($0) }, client: HTTPClient(), timeoutSeconds: timeoutSeconds)
    let turns = [ChatTurn(.system, "You live by the mill."), ChatTurn(.user, "Ring \"it\"\n?\u{7}")]
    return await chat.complete(Chat(turns), settings: settings)
  }

  @Test("a question goes out as declared", arguments: ["/v1", "/v1/"])
  func request(base: String) async throws {
    let server = try HTTPTestServer { _ in .chat("Gladly.") }
    let reply = await ask(server, base: base, key: "willow-key")
    guard case .value(let answer) = reply else {
      Issue.record("\(reply)")
      return
    }
    #expect(answer.text == "Gladly.")
    #expect(answer.usage?.prompt == 11 && answer.usage?.completion == 2)
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.path == "/v1/chat/completions")
    #expect(request.header("Authorization") == "Bearer willow-key")
    #expect(request.header("Content-Type") == "application/json")
    let body = try JSONDocument.parse(request.body, name: "request").root
    #expect(
      body == [
        "model": "miller",
        "messages": [
          ["role": "system", "content": "You live by the mill."], ["role": "user", "content": "Ring \"it\"\n?\u{7}"],
        ],
        "max_tokens": 9, "temperature": 0.0,
      ]
    )
  }

  @Test("a seed goes out when something is drawn, and a stream asks for its usage")
  func settings() async throws {
    let server = try HTTPTestServer { _ in .chat("Gladly.") }
    _ = await ask(
      server,
      stream: true,
      settings: CompletionSettings(maximumTokens: 9, temperature: 0.7, seed: .max)
    )
    let body = try JSONDocument.parse(try #require(server.requests.first).body, name: "request").root
    #expect(body["seed"] == 2_147_483_647)
    #expect(body["temperature"] == 0.7)
    #expect(body["stream"] == true)
    #expect(body["stream_options"]?["include_usage"] == true)
    #expect(server.requests.first?.header("Authorization") == nil)
  }

  @Test("a key with a line break is not sent and not shown")
  func brokenKey() async throws {
    let server = try HTTPTestServer { _ in .chat("Gladly.") }
    let reply = await ask(server, key: "willow\r\nX-Evil: 1")
    guard case .fatal(.badRequest, let detail) = reply else {
      Issue.record("\(reply)")
      return
    }
    #expect(detail?.contains("willow") == false)
    #expect(server.requests.isEmpty)
  }

  @Test("a silent server is a timeout that may be tried again")
  func timeout() async throws {
    let server = try HTTPTestServer { _ in HTTPTestServer.Answer([.untilClientLeaves]) }
    guard case .retry(nil, .timeout, _) = await ask(server, timeoutSeconds: 0.05) else {
      Issue.record("not a timeout")
      return
    }
  }

  @Test(
    "what the transport says becomes what the host should do",
    arguments: [
      (.timeout, "retry timeout"), (.unreachable("x"), "retry unreachable"),
      (.truncated(receivedBytes: 1), "retry truncatedResponse"),
      (.tooLarge(limit: 1), "retry responseTooLarge"), (.badURL("x"), "fatal badRequest"),
      (.cancelled, "abstain cancelled"),
    ] as [(HTTPError, String)]
  )
  func transport(error: HTTPError, meaning: String) {
    let found =
      switch ChatWire.read(error) {
      case .value: "value"
      case .abstain(let reason, _): "abstain \(reason.rawValue)"
      case .retry(_, let reason, _): "retry \(reason.rawValue)"
      case .fatal(let reason, _): "fatal \(reason.rawValue)"
      }
    #expect(found == meaning)
  }
}
