import Foundation
import HTTP
import TestKit
import Testing

@Suite("HTTP client over TLS", .timeLimit(.minutes(10)))
struct TLSTests {
  private let client = HTTPClient(idleSeconds: 100_000)

  private func request(_ url: String, caFile: String?, _ body: String = "flour") -> HTTPRequest {
    HTTPRequest(method: "POST", url: url, body: Array(body.utf8), caFile: caFile)
  }

  @Test("a private authority that is named is trusted, and connections are kept")
  func trusted() async throws {
    let authority = try TestAuthority()
    let server = try HTTPTestServer(identity: authority.server()) { .whole(200, [], "\($0.number)") }
    try await Folders.temporary { folder in
      let file = try authority.write(to: folder)
      for number in 0..<4 {
        let response = try await client.send(request(server.url, caFile: file))
        #expect(response.body == Array("\(number)".utf8))
      }
      // By name as well as by number.
      let named = server.url.replacing("127.0.0.1", with: "localhost")
      #expect(try await client.send(request(named, caFile: file)).status == 200)
    }
    #expect(server.connectionCount == 2)
    #expect(server.requests.allSatisfy { $0.body == Array("flour".utf8) })
  }

  @Test("trust of one request is not lent to another", arguments: [false, true])
  func notLent(isOther: Bool) async throws {
    let (authority, other) = (try TestAuthority(), try TestAuthority("Bell Lane Test Authority"))
    let server = try HTTPTestServer(identity: authority.server()) { _ in .whole(200) }
    try await Folders.temporary { folder in
      let file = try authority.write(to: folder)
      let second = folder.appendingPathComponent("second")
      try FileManager.default.createDirectory(at: second, withIntermediateDirectories: true)
      let otherFile = isOther ? try other.write(to: second) : nil
      #expect(try await client.send(request(server.url, caFile: file)).status == 200)
      try await refused(server.url, otherFile)
    }
    #expect(server.requests.count == 1)
  }

  private func refused(_ url: String, _ file: String?) async throws {
    let error = await #expect(throws: HTTPError.self) { try await client.send(request(url, caFile: file)) }
    guard case .unreachable = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test(
    "a certificate for another name, of another time or without a known authority is refused",
    arguments: [
      ("DNS:bell.example.org", -3600...3600), ("IP:127.0.0.2", -3600...3600), ("IP:127.0.0.1", -7200...(-3600)),
      ("IP:127.0.0.1", 3600...7200),
    ] as [(String, ClosedRange<Int64>)]
  )
  func badCertificates(names: String, valid: ClosedRange<Int64>) async throws {
    let authority = try TestAuthority()
    let server = try HTTPTestServer(identity: authority.server(names: names, valid: valid)) { _ in .whole(200) }
    try await Folders.temporary { try await refused(server.url, try authority.write(to: $0)) }
    #expect(server.requests.isEmpty)
  }

  @Test("an authority's file that is missing or holds none refuses", arguments: [nil, "", "the mill turns"])
  func badFile(content: String?) async throws {
    let server = try HTTPTestServer(identity: TestAuthority().server()) { _ in .whole(200) }
    try await Folders.temporary { folder in
      let file = folder.appendingPathComponent("authority.pem")
      if let content { try content.write(to: file, atomically: true, encoding: .utf8) }
      await #expect(throws: HTTPError.self) { try await client.send(request(server.url, caFile: file.path)) }
    }
    #expect(server.requests.isEmpty)
  }

  private static let head = HTTPTestServer.Answer.head(200, [("Content-Length", "14")])
  private static let open = HTTPTestServer.Answer.head(200, [])
  private static let part = Array("the mill".utf8)

  @Test(
    "an answer that is cut under TLS is truncated",
    arguments: [[.bytes(head + part), .close], [.bytes(head + part), .drop]] as [[HTTPTestServer.Step]]
  )
  func cut(steps: [HTTPTestServer.Step]) async throws {
    #expect(try await outcome(of: steps) == .failure(.truncated(receivedBytes: 8)))
  }

  @Test("a reset under TLS is no answer", arguments: [head, open])
  func reset(head: [UInt8]) async throws {
    switch try await outcome(of: [.bytes(head + Self.part), .reset]) {
    // A reset may overtake what was sent before it.
    case .failure(.truncated), .failure(.unreachable): break
    case let other: #expect(Bool(false), "\(other)")
    }
  }

  @Test("without a length libcurl takes a cut for the end: the reader of the body has to notice")
  func cutWithoutLength() async throws {
    #expect(try await outcome(of: [.bytes(Self.open + Self.part), .drop]) == .success(Self.part))
  }

  private func outcome(of steps: [HTTPTestServer.Step]) async throws -> Result<[UInt8], HTTPError> {
    let authority = try TestAuthority()
    let server = try HTTPTestServer(identity: authority.server()) { _ in .init(steps) }
    return try await Folders.temporary { folder in
      let request = request(server.url, caFile: try authority.write(to: folder))
      do throws(HTTPError) { return .success(try await client.send(request).body) } catch { return .failure(error) }
    }
  }

  @Test(
    "slow and half-closed answers are whole under TLS too",
    arguments: [
      [.byteByByte(open + part, pauseMilliseconds: 0), .close], [.bytes(open + part), .halfClose, .untilClientLeaves],
      [.pause(milliseconds: 5), .bytes(open), .pause(milliseconds: 5), .bytes(part), .close],
    ] as [[HTTPTestServer.Step]]
  )
  func slow(steps: [HTTPTestServer.Step]) async throws {
    let authority = try TestAuthority()
    let server = try HTTPTestServer(identity: authority.server()) { _ in .init(steps) }
    try await Folders.temporary { folder in
      let file = try authority.write(to: folder)
      #expect(try await client.send(request(server.url, caFile: file)).body == Self.part)
    }
  }

  @Test("a large answer and a large question pass whole")
  func large() async throws {
    let authority = try TestAuthority()
    let server = try HTTPTestServer(identity: authority.server()) { request in
      .whole(200, [], String(decoding: request.body.reversed(), as: UTF8.self))
    }
    let text = String((0..<300_000).map { _ in "ab" }.joined())
    try await Folders.temporary { folder in
      let response = try await client.send(request(server.url, caFile: try authority.write(to: folder), text))
      #expect(response.body == Array(text.utf8.reversed()))
    }
  }
}
