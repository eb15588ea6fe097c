import HTTP
import TestKit
import Testing

@Suite("HTTP client", .timeLimit(.minutes(10)))
struct HTTPClientTests {
  private let client = HTTPClient(idleSeconds: 100_000)

  @Test("status, headers and body come as they were sent, and the request as it was made")
  func wholeAnswer() async throws {
    let server = try HTTPTestServer { _ in .whole(418, [("X-Bell", "one"), ("x-bell", "two")], "a pot of tea") }
    let response = try await client.send(
      HTTPRequest(
        method: "POST",
        url: "\(server.url)/mill?x=1",
        headers: [("X-Lantern", "blue")],
        body: Array("flour".utf8)
      )
    )
    #expect(response.status == 418)
    #expect(response.header("X-BELL") == "one")
    #expect(response.headers.filter { $0.name.lowercased() == "x-bell" }.map(\.value) == ["one", "two"])
    #expect(String(decoding: response.body, as: UTF8.self) == "a pot of tea")
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.path == "/mill?x=1")
    #expect(request.header("x-lantern") == "blue")
    #expect(request.header("expect") == nil)
    #expect(String(decoding: request.body, as: UTF8.self) == "flour")
  }

  @Test("requests one after the other share a connection")
  func keepAlive() async throws {
    let server = try HTTPTestServer { .whole(200, [], "\($0.number)") }
    for number in 0..<5 {
      let response = try await client.send(HTTPRequest(url: server.url))
      #expect(String(decoding: response.body, as: UTF8.self) == "\(number)")
    }
    #expect(server.connectionCount == 1)
  }

  @Test("many requests run at once and each gets its own answer")
  func concurrent() async throws {
    let server = try HTTPTestServer { .whole(200, [], $0.path) }
    let client = client
    let bodies = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for number in 0..<40 {
        group.addTask {
          let response = try await client.send(HTTPRequest(url: "\(server.url)/\(number)"))
          return (number, String(decoding: response.body, as: UTF8.self))
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(bodies == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, "/\($0)") }))
  }

  @Test("an answer cut inside its body is truncated", arguments: [0, 7])
  func earlyClose(sent: Int) async throws {
    let body = Array("the mill turns".utf8.prefix(sent))
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([
        .bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "14")])), .bytes(body), .close,
      ])
    }
    await #expect(throws: HTTPError.truncated(receivedBytes: sent)) {
      try await client.send(HTTPRequest(url: server.url))
    }
  }

  @Test("a chunked answer cut between chunks is truncated")
  func cutChunks() async throws {
    let head = HTTPTestServer.Answer.head(200, [("Transfer-Encoding", "chunked")])
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([.bytes(head), .bytes(Array("5\r\nmills\r\n".utf8)), .close])
    }
    await #expect(throws: HTTPError.truncated(receivedBytes: 5)) { try await client.send(HTTPRequest(url: server.url)) }
  }

  @Test("a connection closed before any answer is unreachable")
  func noAnswer() async throws {
    let server = try HTTPTestServer { _ in HTTPTestServer.Answer([.close]) }
    let error = await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(url: server.url)) }
    guard case .unreachable = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test("an answer without a length ends with its connection")
  func noLength() async throws {
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(200, [])), .bytes(Array("bells".utf8)), .close])
    }
    #expect(try await client.send(HTTPRequest(url: server.url)).body == Array("bells".utf8))
  }

  @Test("an answer of exactly the limit is read, a longer one is given up", arguments: [true, false])
  func size(fits: Bool) async throws {
    let server = try HTTPTestServer { _ in .whole(200, [], String(repeating: "x", count: 1000)) }
    let request = HTTPRequest(url: server.url, maximumBytes: fits ? 1000 : 999)
    if fits {
      #expect(try await client.send(request).body.count == 1000)
    } else {
      await #expect(throws: HTTPError.tooLarge(limit: 999)) { try await client.send(request) }
    }
  }

  @Test("an endless answer is given up at the limit, not at its end")
  func endless() async throws {
    let chunk = [UInt8](repeating: 0x61, count: 1 << 16)
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([.bytes(HTTPTestServer.Answer.head(200, [])), .repeated(chunk, 1 << 20)])
    }
    await #expect(throws: HTTPError.tooLarge(limit: 1 << 20)) {
      try await client.send(HTTPRequest(url: server.url, maximumBytes: 1 << 20))
    }
  }

  @Test("a server that never answers is left when the time is over")
  func timeout() async throws {
    let server = try HTTPTestServer { _ in HTTPTestServer.Answer([.untilClientLeaves]) }
    await #expect(throws: HTTPError.timeout) {
      try await client.send(HTTPRequest(url: server.url, timeoutSeconds: 0.05))
    }
  }

  @Test("a cancelled task ends its request at once")
  func cancel() async throws {
    let (asked, teller) = AsyncStream.makeStream(of: Void.self)
    let server = try HTTPTestServer { _ in
      teller.yield()
      return HTTPTestServer.Answer([.untilClientLeaves])
    }
    let client = client
    let task = Task { try await client.send(HTTPRequest(url: server.url, timeoutSeconds: 600)) }
    for await _ in asked { break }
    task.cancel()
    let result = await task.result
    #expect(throws: HTTPError.cancelled) { try result.get() }
  }

  @Test("a task cancelled before it asks sends nothing")
  func cancelledBefore() async throws {
    let server = try HTTPTestServer { _ in HTTPTestServer.Answer([.untilClientLeaves]) }
    let client = client
    let (gate, opener) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for await _ in gate { break }
      return try await client.send(HTTPRequest(url: server.url, timeoutSeconds: 600))
    }
    task.cancel()
    opener.yield()
    let result = await task.result
    #expect(throws: HTTPError.cancelled) { try result.get() }
    #expect(server.requests.isEmpty)
  }

  @Test("a client that is let go does not leave its request hanging")
  func goneClient() async throws {
    let server = try HTTPTestServer { _ in .whole(200) }
    let result = await Task { try await HTTPClient().send(HTTPRequest(url: server.url)) }.result
    switch result {
    case .success(let response): #expect(response.status == 200)
    case .failure(let error): #expect(error as? HTTPError == .cancelled)
    }
  }

  @Test("clients may be let go while their thread is at work: for the sanitizers")
  func comeAndGo() async throws {
    let url = "http://127.0.0.1:\(try HTTPTestServer.refusingPort())/"
    await withTaskGroup(of: HTTPError?.self) { group in
      for _ in 0..<100 {
        group.addTask {
          let result = await Task { try await HTTPClient().send(HTTPRequest(url: url)) }.result
          if case .failure(let error) = result { return error as? HTTPError }
          return nil
        }
      }
      for await error in group {
        switch error {
        case .unreachable?, .cancelled?: break
        default: Issue.record("\(String(describing: error))")
        }
      }
    }
  }

  @Test("a refused connection is unreachable")
  func refused() async throws {
    let port = try HTTPTestServer.refusingPort()
    let error = await #expect(throws: HTTPError.self) {
      try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)"))
    }
    guard case .unreachable = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test("a redirect is an answer, not a way: the credential stays here")
  func redirect() async throws {
    let other = try HTTPTestServer { _ in .whole(200) }
    let server = try HTTPTestServer { [url = other.url] _ in .whole(302, [("Location", url)]) }
    let response = try await client.send(HTTPRequest(url: server.url, headers: [("Authorization", "Bearer x")]))
    #expect(response.status == 302)
    #expect(other.requests.isEmpty)
  }

  @Test(
    "a header that would write headers of its own is refused, and its value not shown",
    arguments: [("X-Note", "a\r\nX-Evil: secret-value"), ("X-Note\nX-Evil", "secret-value"), ("X", "secret-value\0")]
  )
  func injection(name: String, value: String) async throws {
    let server = try HTTPTestServer { _ in .whole(200) }
    let error = await #expect(throws: HTTPError.self) {
      try await client.send(HTTPRequest(url: server.url, headers: [(name, value)]))
    }
    guard case .badURL = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(!"\(String(describing: error))".contains("secret-value"))
    #expect(server.requests.isEmpty)
  }

  @Test("only http and https are spoken", arguments: ["file:///etc/hostname", "ftp://127.0.0.1/", "no address", ""])
  func otherSchemes(url: String) async throws {
    await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(url: url)) }
  }

  @Test("every error has a line that says what happened")
  func words() {
    let errors: [HTTPError] = [
      .badURL("x"), .timeout, .unreachable("no route"), .truncated(receivedBytes: 3), .tooLarge(limit: 9), .cancelled,
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect("\(HTTPError.truncated(receivedBytes: 3))".contains("3 bytes"))
  }
}
