import HTTP
import TestKit
import Testing

@Suite("Connections that are used again", .timeLimit(.minutes(10)))
struct ConnectionReuseTests {
  @Test("a thousand requests, 64 at once, take 64 connections at most, and each gets its own answer")
  func thousand() async throws {
    let server = try HTTPTestServer { .whole(200, [], $0.path) }
    let client = HTTPClient(idleSeconds: 100_000)
    let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
      var wrong = 0
      for number in 0..<1000 {
        if number >= 64, try await group.next() == false { wrong += 1 }
        group.addTask {
          let response = try await client.send(HTTPRequest(url: "\(server.url)/\(number)"))
          return String(decoding: response.body, as: UTF8.self) == "/\(number)"
        }
      }
      return try await group.reduce(into: wrong) { $0 += $1 ? 0 : 1 }
    }
    #expect(wrong == 0)
    #expect(server.requests.count == 1000)
    #expect(server.connectionCount <= 64)
  }

  @Test("a handle that is used again brings nothing of its last request")
  func clean() async throws {
    let server = try HTTPTestServer { _ in .whole(200) }
    let client = HTTPClient(idleSeconds: 100_000)
    _ = try await client.send(
      HTTPRequest(method: "POST", url: server.url, headers: [("X-Key", "k")], body: Array("secret".utf8))
    )
    _ = try await client.send(HTTPRequest(url: "\(server.url)/next"))
    let second = try #require(server.requests.last)
    #expect(second.method == "GET" && second.body.isEmpty)
    #expect(second.header("X-Key") == nil && second.header("Content-Length") == nil)
    #expect(server.connectionCount == 1)
  }
}
