import Endpoints
import HTTP
import JSON
import JudgeKit
import TestKit
import Testing

@Suite("Secrets in what comes back", .timeLimit(.minutes(10)))
struct RedactionTests {
  private static let key = "willow/key+7 \"of\" the\\mill"
  private static let header = "gate-secret-11"
  private static let query = "query secret/22"

  private func ask(_ answer: HTTPTestServer.Answer, stream: Bool = false) async throws -> ModelReply<ChatAnswer> {
    let server = try HTTPTestServer { _ in answer }
    let endpoint = RemoteEndpoint(baseURL: "\(server.url)/v1", model: "miller", apiKeyVariable: nil, stream: stream)
    let secrets = EndpointSecrets(
      key: Secret(Self.key),
      headers: [("X-Gate", Secret(Self.header))],
      query: [("code", Secret(Self.query))]
    )
    let chat = ChatEndpoint(endpoint, secrets: secrets, client: HTTPClient(), timeoutSeconds: 300)
    return await chat.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9))
  }

  private func expectClean(_ reply: ModelReply<ChatAnswer>, _ place: SourceLocation = #_sourceLocation) {
    let text = "\(reply)"
    for part in ["willow", "mill\\", "gate-secret", "query secret", "query%20secret", "+7"] {
      #expect(!text.contains(part), sourceLocation: place)
    }
    #expect(text.contains("(secret)"), sourceLocation: place)
  }

  private static let echoes = [key, header, query, "query%20secret%2F22", "willow%2Fkey%2B7%20%22of%22%20the%5Cmill"]

  @Test(
    "a server that quotes a secret in an error tells nobody",
    arguments: [200, 302, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503],
    echoes
  )
  func quoted(status: Int, echo: String) async throws {
    let body: JSONValue = ["error": ["message": .string("Incorrect key: \(echo).")]]
    expectClean(try await ask(.whole(status, [("Content-Type", "application/json")], body.text())))
  }

  @Test("a secret that a remark's end cuts in two does not leave its first half", arguments: [470, 480, 490, 495, 499])
  func cut(at: Int) async throws {
    let body: JSONValue = ["error": ["message": .string(String(repeating: ".", count: at) + Self.key + "!")]]
    let reply = try await ask(.whole(500, [], body.text()))
    #expect(!"\(reply)".contains("will"))
  }

  @Test("an answer, its refusal, its reasoning and its tokens are cleaned like errors", arguments: echoes)
  func repeated(echo: String) async throws {
    let logProbabilities: JSONValue = [
      "content": [
        ["token": .string(echo), "logprob": -0.1, "top_logprobs": [["token": .string(echo), "logprob": -0.1]]]
      ]
    ]
    for member in ["content", "refusal", "reasoning_content"] {
      var message: JSONObject = ["content": "Gladly."]
      message[member] = .string("The key is \(echo)")
      let body: JSONValue = [
        "choices": [["message": .object(message), "finish_reason": .string(echo), "logprobs": logProbabilities]]
      ]
      expectClean(try await ask(.whole(200, [], body.text())))
    }
  }

  @Test("a secret that comes in two pieces of a stream is found when they are joined")
  func pieces() async throws {
    let events = ["The gate-sec", "ret-11 it is"].map {
      "data: {\"choices\": [{\"delta\": {\"content\": \"\($0)\"}, \"finish_reason\": null}]}\n\n"
    }
    let head = HTTPTestServer.Answer.head(200, [("Content-Type", "text/event-stream")])
    let bytes = Array((events.joined() + "data: [DONE]\n\n").utf8)
    guard
      case .value(let answer) = try await ask(
        HTTPTestServer.Answer([.bytes(head), .bytes(bytes), .close]),
        stream: true
      )
    else {
      Issue.record("no answer")
      return
    }
    #expect(answer.text == "The (secret) it is")
  }

  @Test("a placeholder that a local server wants to see is no secret: answers stay as they are")
  func placeholder() async throws {
    let server = try HTTPTestServer { _ in .chat("none") }
    let endpoint = RemoteEndpoint(baseURL: "\(server.url)/v1", model: "miller", apiKeyVariable: nil, stream: false)
    let chat = ChatEndpoint(endpoint, key: Secret("none"), client: HTTPClient(), timeoutSeconds: 300)
    guard case .value(let answer) = await chat.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9))
    else {
      Issue.record("no answer")
      return
    }
    #expect(answer.text == "none")
  }

  @Test("a secret of headers or address is in no error of the transport")
  func transport() async throws {
    let port = try HTTPTestServer.refusingPort()
    let secrets = EndpointSecrets(
      key: Secret("willow-key-7\r\nX-Evil: 1"),
      headers: [("X-Gate", Secret(Self.header))],
      query: [("code", Secret(Self.query))]
    )
    for (base, secrets) in [
      ("http://127.0.0.1:\(port)/v1", EndpointSecrets(key: Secret(Self.key), query: secrets.query)),
      ("http://127.0.0.1:\(port)/v1", secrets), ("http://127.0.0.1:notaport/v1", secrets),
      ("gopher://mill/v1", secrets),
    ] {
      let endpoint = RemoteEndpoint(baseURL: base, model: "miller", apiKeyVariable: nil, stream: false)
      let chat = ChatEndpoint(endpoint, secrets: secrets, client: HTTPClient(), timeoutSeconds: 300)
      let text = "\(await chat.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9)))"
      for part in ["willow", "gate-secret", "query secret", "query%20secret"] { #expect(!text.contains(part)) }
    }
  }
}
