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

  @Test(
    "a request on a kept connection that ends without an answer is sent once, and its sender is told",
    arguments: [nil, "flour", String(repeating: "flour", count: 100_000)],
    [HTTPTestServer.Step.close, .drop, .reset]
  )
  func endsUnanswered(body: String?, end: HTTPTestServer.Step) async throws {
    for isSecured in [false, true] {
      let authority = try TestAuthority()
      let server = try HTTPTestServer(identity: isSecured ? authority.server() : nil) { request in
        request.number == 1 ? .init([end]) : .whole(200, [], "answer \(request.connection)")
      }
      let client = HTTPClient(idleSeconds: 100_000)
      try await Folders.temporary { folder in
        let file = try authority.write(to: folder)
        func send(_ path: String) async throws(HTTPError) -> String {
          let request = HTTPRequest(
            method: body == nil ? "GET" : "POST",
            url: server.url + path,
            body: body.map { Array($0.utf8) },
            caFile: isSecured ? file : nil
          )
          return String(decoding: try await client.send(request).body, as: UTF8.self)
        }
        #expect(try await send("/first") == "answer 0")
        let error = await #expect(throws: HTTPError.self) { _ = try await send("/second") }
        guard case .unreachable = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(server.requests.map(\.path) == ["/first", "/second"])
        #expect(server.requests.map(\.connection) == [0, 0])
        // Whoever asks again gets a fresh connection and an answer.
        #expect(try await send("/second").hasPrefix("answer "))
        #expect(server.requests.map(\.path) == ["/first", "/second", "/second"])
        #expect(server.requests.allSatisfy { $0.body == Array((body ?? "").utf8) })
      }
    }
  }

  @Test("of many requests at once whose connections end, each that went out is an answer or an error")
  func manyEnd() async throws {
    let server = try HTTPTestServer { request in
      request.number % 3 == 2 ? .init([.close]) : .whole(200, [], request.path)
    }
    let client = HTTPClient(idleSeconds: 100_000)
    let (answers, errors) = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<300 {
        group.addTask {
          do {
            let response = try await client.send(
              HTTPRequest(method: "POST", url: "\(server.url)/\(number)", body: Array("flour".utf8))
            )
            return response.body == Array("/\(number)".utf8)
          } catch { return false }
        }
      }
      return await group.reduce(into: (0, 0)) { if $1 { $0.0 += 1 } else { $0.1 += 1 } }
    }
    // A request that meets the end of its connection on the way is an error too, and the server may never have seen it.
    #expect(answers + errors == 300)
    #expect(answers == server.requests.count { $0.number % 3 != 2 })
    #expect(errors >= server.requests.count { $0.number % 3 == 2 })
    #expect(Set(server.requests.map(\.path)).count == server.requests.count)
  }
}
