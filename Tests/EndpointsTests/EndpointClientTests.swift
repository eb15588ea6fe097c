import Endpoints
import HTTP
import JudgeKit
import TestKit
import Testing

@Suite("Asking until there is an answer", .timeLimit(.minutes(10)))
struct EndpointClientTests {
  private struct Outcome {
    let reply: ModelReply<ChatAnswer>
    let requests: Int
    let sleeps: [Double]
    let spending: JudgeSpending
  }

  private func ask(
    attempts: Int = 3,
    baseSeconds: Double = 1,
    pace: ManualPace = ManualPace(),
    limits: RequestLimits = RequestLimits(concurrency: 2),
    timeoutSeconds: Double = 300,
    _ answer: @escaping @Sendable (HTTPTestServer.Request) -> HTTPTestServer.Answer
  ) async throws -> Outcome {
    let server = try HTTPTestServer(answer)
    let endpoint = RemoteEndpoint(baseURL: "\(server.url)/v1", model: "miller", apiKeyVariable: nil, stream: false)
    let gate = RequestGate(limits, pace: pace)
    let client = EndpointClient(
      ChatEndpoint(endpoint, client: HTTPClient(), timeoutSeconds: timeoutSeconds),
      gate: gate,
      policy: RetryPolicy(attempts: attempts, baseSeconds: baseSeconds),
      pace: pace
    )
    let reply = try await client.complete(Chat(user: "Did it?"), settings: CompletionSettings(maximumTokens: 9))
    return Outcome(
      reply: reply,
      requests: server.requests.count,
      sleeps: pace.sleeps,
      spending: gate.spending
    )
  }

  private static func word(_ reply: ModelReply<ChatAnswer>) -> String {
    switch reply {
    case .value(let answer): answer.text
    case .abstain(let reason, _): "abstain \(reason.rawValue)"
    case .retry: "retry"
    case .fatal(let reason, _): "fatal \(reason.rawValue)"
    }
  }

  private static let broken = HTTPTestServer.Answer([
    .bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "99")])), .close,
  ])

  @Test(
    "what may pass is tried again, with growing pauses, until attempts run out",
    arguments: [
      (.whole(408), "serverError"), (.whole(409), "serverError"), (.whole(425), "serverError"),
      (.whole(429), "rateLimited"), (.whole(500), "serverError"), (.whole(502), "serverError"),
      (.whole(503), "serverError"), (.whole(504), "serverError"), (.whole(529), "serverError"),
      (HTTPTestServer.Answer([.close]), "unreachable"), (broken, "truncatedResponse"),
      (.whole(200, [], "<html>"), "malformedResponse"),
    ] as [(HTTPTestServer.Answer, String)]
  )
  func again(answer: HTTPTestServer.Answer, reason: String) async throws {
    let outcome = try await ask(attempts: 4) { _ in answer }
    #expect(Self.word(outcome.reply) == "abstain \(reason)")
    #expect(outcome.requests == 4)
    // Half of 1, 2 and 4 seconds: the dice always say 0.5.
    #expect(outcome.sleeps == [0.5, 1, 2])
    #expect(outcome.spending.requests == 4)
  }

  @Test("what goes out again because a kept connection has ended is an attempt of its own", arguments: [2, 9])
  func keptConnection(endings: Int) async throws {
    let server = try HTTPTestServer { request in
      (1...endings).contains(request.number) ? .init([.close]) : .chat("Gladly.")
    }
    let pace = ManualPace()
    let gate = RequestGate(RequestLimits(concurrency: 1), pace: pace)
    let endpoint = RemoteEndpoint(baseURL: server.url, model: "miller", apiKeyVariable: nil, stream: false)
    let client = EndpointClient(
      ChatEndpoint(endpoint, client: HTTPClient(idleSeconds: 100_000), timeoutSeconds: 300),
      gate: gate,
      policy: RetryPolicy(attempts: 3, baseSeconds: 1),
      pace: pace
    )
    func ask() async throws -> String {
      Self.word(try await client.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9)))
    }
    #expect(try await ask() == "Gladly.")
    #expect(try await ask() == (endings == 2 ? "Gladly." : "abstain unreachable"))
    #expect(server.requests.map { $0.connection == 0 } == [true, true, false, false])
    #expect(gate.spending.requests == 4)
    #expect(pace.sleeps == [0.5, 1])
  }

  @Test("a silent server is a timeout, and is tried again")
  func silent() async throws {
    let outcome = try await ask(timeoutSeconds: 0.05) { _ in HTTPTestServer.Answer([.untilClientLeaves]) }
    #expect(Self.word(outcome.reply) == "abstain timeout")
    #expect(outcome.spending.requests == 3)
    // Its work may have been done and charged for.
    #expect(outcome.spending.estimated.completion == 27)
  }

  @Test("nobody listens: unreachable after all attempts")
  func refused() async throws {
    let pace = ManualPace()
    let endpoint = RemoteEndpoint(
      baseURL: "http://127.0.0.1:\(try HTTPTestServer.refusingPort())",
      model: "miller",
      apiKeyVariable: nil,
      stream: false
    )
    let client = EndpointClient(
      ChatEndpoint(endpoint, client: HTTPClient(), timeoutSeconds: 300),
      gate: RequestGate(RequestLimits(concurrency: 1), pace: pace),
      policy: RetryPolicy(attempts: 2, baseSeconds: 1),
      pace: pace
    )
    let reply = try await client.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9))
    #expect(Self.word(reply) == "abstain unreachable")
    #expect(pace.sleeps == [0.5])
  }

  @Test(
    "what will not change is asked once, and closes the gate",
    arguments: [
      (301, "redirect"), (400, "badRequest"), (401, "authentication"), (402, "quota"), (403, "permission"),
      (404, "notFound"), (405, "badRequest"), (422, "badRequest"),
    ]
  )
  func fatal(status: Int, reason: String) async throws {
    let outcome = try await ask { _ in .whole(status) }
    #expect(Self.word(outcome.reply) == "fatal \(reason)")
    #expect(outcome.requests == 1)
    #expect(outcome.sleeps.isEmpty)
  }

  @Test("after a fatal answer further questions are not sent")
  func closed() async throws {
    let server = try HTTPTestServer { _ in .whole(401) }
    let endpoint = RemoteEndpoint(baseURL: server.url, model: "miller", apiKeyVariable: nil, stream: false)
    let client = EndpointClient(
      ChatEndpoint(endpoint, client: HTTPClient(), timeoutSeconds: 300),
      gate: RequestGate(RequestLimits(concurrency: 1), pace: ManualPace()),
      policy: RetryPolicy(attempts: 2, baseSeconds: 0)
    )
    for _ in 0..<3 {
      let reply = try await client.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9))
      #expect(Self.word(reply) == "fatal authentication")
    }
    #expect(server.requests.count == 1)
  }

  @Test(
    "the wish of the endpoint is kept, as seconds, as a date and as milliseconds",
    arguments: [
      ([("Retry-After", "20")], 20), ([("retry-after", "1.5")], 1.5), ([("Retry-After", "0")], 0),
      ([("Retry-After", "Tue, 04 Mar 2025 10:01:30 GMT")], 90), ([("Retry-After", "Mon, 03 Mar 2025 10:00:00 GMT")], 0),
      ([("retry-after-ms", "2500")], 2.5), ([("Retry-After", "soon"), ("retry-after-ms", "500")], 0.5),
    ] as [([(String, String)], Double)],
    [429, 503]
  )
  func wish(_ item: ([(String, String)], Double), status: Int) async throws {
    let now = try #require(HTTPDate("Tue, 04 Mar 2025 10:00:00 GMT"))
    let headers = item.0
    let outcome = try await ask(pace: ManualPace(date: now, chance: { 0 })) { request in
      request.number == 0 ? .whole(status, headers) : .chat("Gladly.")
    }
    #expect(Self.word(outcome.reply) == "Gladly.")
    #expect(outcome.sleeps == [item.1])
  }

  @Test("a wish that no run can wait for ends the item, not the judge")
  func longWish() async throws {
    let outcome = try await ask { _ in .whole(429, [("Retry-After", "86400")]) }
    #expect(Self.word(outcome.reply) == "abstain rateLimited")
    #expect(outcome.requests == 1)
    #expect("\(outcome.reply)".contains("86400"))
  }

  @Test("the run's budget ends repetitions, and says what was tried")
  func budget() async throws {
    var limits = RequestLimits(concurrency: 1)
    limits.requests = 2
    let outcome = try await ask(attempts: 9, limits: limits) { _ in .whole(500) }
    guard case .abstain(.budget, let detail) = outcome.reply else {
      Issue.record("\(outcome.reply)")
      return
    }
    #expect(outcome.requests == 2)
    #expect(detail?.contains("2 requests is spent") == true && detail?.contains("status 500") == true)
  }

  @Test("the run's time ends repetitions too")
  func deadline() async throws {
    var limits = RequestLimits(concurrency: 1)
    limits.seconds = 30
    let outcome = try await ask(attempts: 99, limits: limits) { _ in .whole(503, [("Retry-After", "12")]) }
    #expect(Self.word(outcome.reply) == "abstain budget")
    #expect(outcome.requests == 3)
    // The third pause would have ended after the run: it was not begun.
    #expect(outcome.sleeps == [12.5, 12.5])
  }

  @Test("counts that nobody can have used are not believed")
  func impossibleUsage() async throws {
    for number in ["9223372036854775807", "-4", "1e300", "\"12\""] {
      let body = """
        {"choices": [{"message": {"content": "Gladly."}}], "usage": {"prompt_tokens": \(number), "completion_tokens": 1}}
        """
      let outcome = try await ask { _ in .whole(200, [], body) }
      #expect(Self.word(outcome.reply) == "Gladly.")
      #expect(outcome.spending.counted == TokenUsage(prompt: 0, completion: 0))
      #expect(outcome.spending.estimated.prompt > 0)
    }
  }

  @Test("a cancelled task is cancelled, not abstaining")
  func cancelled() async throws {
    let (asked, teller) = AsyncStream.makeStream(of: Void.self)
    let server = try HTTPTestServer { _ in
      teller.yield()
      return HTTPTestServer.Answer([.untilClientLeaves])
    }
    let endpoint = RemoteEndpoint(baseURL: server.url, model: "miller", apiKeyVariable: nil, stream: false)
    let client = EndpointClient(
      ChatEndpoint(endpoint, client: HTTPClient(), timeoutSeconds: 600),
      gate: RequestGate(RequestLimits(concurrency: 1)),
      policy: RetryPolicy(attempts: 2, baseSeconds: 0)
    )
    let task = Task { try await client.complete(Chat(user: "?"), settings: CompletionSettings(maximumTokens: 9)) }
    for await _ in asked { break }
    task.cancel()
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
  }
}
