import Endpoints
import HTTP
import JSON
import JudgeKit
import TestKit
import Testing

@Suite("What is sent to an endpoint", .timeLimit(.minutes(10)))
struct ChatRequestTests {
  private func request(
    secrets: EndpointSecrets = EndpointSecrets(),
    settings: CompletionSettings = CompletionSettings(maximumTokens: 9),
    topTokens: Int? = nil,
    _ change: (inout RemoteEndpoint) -> Void
  ) async throws -> (request: HTTPTestServer.Request, body: JSONValue) {
    let server = try HTTPTestServer { _ in .chat("Gladly.") }
    var endpoint = RemoteEndpoint(baseURL: "\(server.url)/v1", model: "miller", apiKeyVariable: nil, stream: false)
    change(&endpoint)
    let chat = ChatEndpoint(endpoint, secrets: secrets, client: HTTPClient(), timeoutSeconds: 300)
    guard case .value = await chat.complete(Chat(user: "Did it?"), settings: settings, topTokens: topTokens) else {
      throw NoAnswer()
    }
    let request = try #require(server.requests.first)
    return (request, try JSONDocument.parse(request.body, name: "request").root)
  }

  private struct NoAnswer: Error {}

  @Test("an Azure-style endpoint gets its key in its own header and its version in the address")
  func azure() async throws {
    let (request, body) = try await request(secrets: EndpointSecrets(key: Secret("willow-key-7"))) {
      $0.baseURL += "/openai/deployments/miller"
      $0.apiKeyHeader = "api-key"
      $0.query = [WordEntry("api-version", "2024-10-21"), WordEntry("note", "a&b=c d/é")]
    }
    #expect(
      request.path
        == "/v1/openai/deployments/miller/chat/completions?api-version=2024-10-21&note=a%26b%3Dc%20d%2F%C3%A9"
    )
    #expect(request.header("api-key") == "willow-key-7")
    #expect(request.header("Authorization") == nil)
    #expect(body["model"] == "miller")
  }

  @Test("organisation headers and those with secrets go out, an empty one too")
  func headers() async throws {
    let secrets = EndpointSecrets(
      headers: [("X-Gate", Secret("gate-secret-1"))],
      query: [("code", Secret("a b+c"))]
    )
    let (request, _) = try await request(secrets: secrets) {
      $0.headers = [WordEntry("OpenAI-Organization", "org-mill"), WordEntry("X-Empty", "")]
    }
    #expect(request.header("OpenAI-Organization") == "org-mill")
    #expect(request.header("X-Empty")?.isEmpty == true)
    #expect(request.header("X-Gate") == "gate-secret-1")
    #expect(request.path.hasSuffix("?code=a%20b%2Bc"))
  }

  @Test("the token limit goes by the name that the endpoint knows")
  func limit() async throws {
    let (_, body) = try await request { $0.tokenLimitKey = .maxCompletionTokens }
    #expect(body["max_completion_tokens"] == 9)
    #expect(body["max_tokens"] == nil)
  }

  @Test("what is left out is left out")
  func omitted() async throws {
    let settings = CompletionSettings(maximumTokens: 9, temperature: 0.5, seed: 3)
    let (_, body) = try await request(settings: settings) {
      $0.stream = true
      $0.omitted = Set(RemoteEndpoint.OmittedField.allCases)
    }
    #expect(body.object?.keys == ["model", "messages", "stream"])
  }

  @Test("a declared seed goes out at temperature 0 too")
  func seed() async throws {
    let (_, body) = try await request(settings: CompletionSettings(maximumTokens: 9, seed: 12)) { $0.sendsSeed = true }
    #expect(body["seed"] == 12)
  }

  @Test("further members go out as they were written")
  func extra() async throws {
    let (_, body) = try await request {
      $0.extra = JudgeOptions([
        ("reasoning_effort", .string("low")), ("top_p", .number(0.5)), ("stop", .strings(["\n"])),
        ("chat_template_kwargs", .object(JudgeOptions([("enable_thinking", .bool(false))]))),
        ("logit_bias", .list([.integer(1), .null, .list([])])),
      ])
    }
    #expect(body["reasoning_effort"] == "low")
    #expect(body["top_p"] == 0.5)
    #expect(body["stop"] == ["\n"])
    #expect(body["chat_template_kwargs"] == ["enable_thinking": false])
    #expect(body["logit_bias"] == [1, JSONValue.null, []])
  }

  @Test("a form of the answer is asked for in the words of the interface")
  func format() async throws {
    #expect(try await request { _ in }.body["response_format"] == nil)
    let object = try await request { $0.responseFormat = .jsonObject }
    #expect(object.body["response_format"] == ["type": "json_object"])
    let schema = JudgeOptions([("type", .string("object"))])
    let formed = try await request { $0.responseFormat = .jsonSchema(name: "verdict", schema: schema) }
    #expect(
      formed.body["response_format"] == [
        "type": "json_schema", "json_schema": ["name": "verdict", "strict": true, "schema": ["type": "object"]],
      ]
    )
  }

  @Test("probabilities are asked for only when they are wanted")
  func probabilities() async throws {
    #expect(try await request { _ in }.body["logprobs"] == nil)
    let body = try await request(topTokens: 20) { _ in }.body
    #expect(body["logprobs"] == true)
    #expect(body["top_logprobs"] == 20)
  }
}
