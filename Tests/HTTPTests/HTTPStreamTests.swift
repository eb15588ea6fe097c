import HTTP
import Locking
import TestKit
import Testing

/// Keeps what it hears, and has enough after so many bytes.
private final class Ear: HTTPListener {
  let enough: Int
  let wantsHead: Bool
  let heard = Locked<(heads: [Int], bytes: [UInt8])>(([], []))

  init(enough: Int = .max, wantsHead: Bool = true) { (self.enough, self.wantsHead) = (enough, wantsHead) }

  func hear(_ head: HTTPResponse) -> Bool {
    heard.withLock { $0.heads.append(head.status) }
    return wantsHead
  }

  func hear(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let bytes = Array(bytes)
    return heard.withLock { heard in
      heard.bytes += bytes
      return heard.bytes.count < enough
    }
  }
}

@Suite("Answers as they arrive", .timeLimit(.minutes(10)))
struct HTTPStreamTests {
  private static let mill = Array("the mill turns".utf8)

  @Test("the head comes once, before the body; bytes come while the server still sends")
  func pieces() async throws {
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([
        .bytes(Array("HTTP/1.1 103 Early\r\n\r\n".utf8)),
        .bytes(HTTPTestServer.Answer.head(206, [("Content-Length", "14")])), .trickled(Self.mill),
      ])
    }
    let ear = Ear()
    let response = try await HTTPClient().stream(HTTPRequest(url: server.url), to: ear)
    #expect(response.status == 206 && response.body.isEmpty)
    #expect(ear.heard.withLock { $0.heads } == [206])
    #expect(ear.heard.withLock { $0.bytes } == Self.mill)
    #expect(server.requests.first?.header("Accept-Encoding") == nil, "nothing would undo an encoding")
  }

  @Test("an answer without a body has a head, too")
  func empty() async throws {
    let server = try HTTPTestServer { _ in .whole(404) }
    let ear = Ear()
    #expect(try await HTTPClient().stream(HTTPRequest(url: server.url), to: ear).status == 404)
    #expect(ear.heard.withLock { $0.heads } == [404])
  }

  @Test("a listener that has enough ends the transfer", arguments: [true, false])
  func enough(wantsHead: Bool) async throws {
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([
        .bytes(HTTPTestServer.Answer.head(200, [])), .repeated(Self.mill, 1000), .untilClientLeaves,
      ])
    }
    let ear = Ear(enough: 100, wantsHead: wantsHead)
    let client = HTTPClient()
    await #expect(throws: HTTPError.cancelled) { try await client.stream(HTTPRequest(url: server.url), to: ear) }
    #expect(ear.heard.withLock { $0.bytes.isEmpty } == !wantsHead)
  }

  @Test("an answer that is cut, or too large, is told as that")
  func cut() async throws {
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([
        .bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "99")])), .bytes(Self.mill), .close,
      ])
    }
    let client = HTTPClient()
    await #expect(throws: HTTPError.truncated(receivedBytes: 14)) {
      try await client.stream(HTTPRequest(url: server.url), to: Ear())
    }
    await #expect(throws: HTTPError.tooLarge(limit: 13)) {
      try await client.stream(HTTPRequest(url: server.url, maximumBytes: 13), to: Ear())
    }
  }

  @Test("an answer that stalls is given up, whatever the whole may take")
  func stall() async throws {
    let server = try HTTPTestServer { _ in
      HTTPTestServer.Answer([
        .bytes(HTTPTestServer.Answer.head(200, [("Content-Length", "99")])), .bytes(Self.mill), .untilClientLeaves,
      ])
    }
    let client = HTTPClient()
    await #expect(throws: HTTPError.timeout) {
      try await client.stream(HTTPRequest(url: server.url, timeoutSeconds: 3600, stallSeconds: 1), to: Ear())
    }
  }
}
