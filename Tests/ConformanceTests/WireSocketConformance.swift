import Endpoints
import HTTP
import JSON
import JudgeKit
import TestKit
import Testing

/// How a connection makes the same answer harder to read.
enum Hardship: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case late, byteByByte, halfClosed, chunked

  var testDescription: String { rawValue }

  /// Largest answer that is sent a byte a packet or a chunk.
  static let smallBytes = 8192

  /// The same answer under this hardship.
  func answer(_ item: WireCase) throws -> HTTPTestServer.Answer {
    let steps = try item.answer().steps
    switch self {
    case .late: return .init(steps.flatMap { [.pause(milliseconds: 2), $0] })
    case .halfClosed: return .init(steps.dropLast() + [.halfClose, .untilClientLeaves])
    case .byteByByte: return .init([.byteByByte(try item.bytes(), pauseMilliseconds: 0), .close])
    case .chunked:
      // Where the pack cuts a body short of its length, the closing chunk is what does not come.
      let length = item.headers.first { $0.0.lowercased() == "content-length" }.flatMap { Int($0.1) }
      let isCut = try length ?? 0 > item.body().count
      let headers = item.headers.filter { $0.0.lowercased() != "content-length" }
      let head = HTTPTestServer.Answer.head(item.status, headers + [("Transfer-Encoding", "chunked")])
      let chunks = try item.body().flatMap { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) }
      return .init([.bytes(head + chunks + (isCut ? [] : Array("0\r\n\r\n".utf8))), .close])
    }
  }
}

extension WireCase {
  /// Everything that is sent.
  func bytes() throws -> [UInt8] {
    try answer().steps.flatMap { step -> [UInt8] in
      switch step {
      case .bytes(let bytes), .trickled(let bytes): bytes
      case .repeated(let bytes, let count): Array(repeatElement(bytes, count: count).joined())
      default: []
      }
    }
  }

  /// What is sent after the headers.
  func body() throws -> [UInt8] { Array(try bytes().dropFirst(HTTPTestServer.Answer.head(status, headers).count)) }

  /// Those that may be sent in very small pieces.
  static let small: [WireCase] = all.filter { $0.value["recipe"] == nil && ($0.size ?? 0) <= Hardship.smallBytes }

  private var size: Int? { value["body_bytes"]?.integer }

  /// What is read when a server answers so.
  func reply(_ client: HTTPClient, _ base: String, caFile: String? = nil) async -> ModelReply<ChatAnswer> {
    let request = HTTPRequest(
      method: "POST",
      url: "\(base)/v1/chat/completions",
      body: Array("{}".utf8),
      maximumBytes: ChatEndpoint.maximumBytes,
      caFile: caFile
    )
    do { return ChatWire.read(try await client.send(request), now: now) } catch { return ChatWire.read(error) }
  }
}

@Suite(
  "Wire conformance over hard sockets",
  .timeLimit(.minutes(10)),
  .enabled(if: Folders.shared != nil, "the pack was skipped because ../shared is absent")
)
struct WireSocketConformance {
  @Test("most of the pack is small enough for the smallest pieces")
  func counted() { #expect(WireCase.small.count >= 85) }

  @Test("hardship on the way changes nothing in what is read", arguments: WireCase.small, Hardship.allCases)
  func hard(_ item: WireCase, _ hardship: Hardship) async throws {
    let answer = try hardship.answer(item)
    let server = try HTTPTestServer { _ in answer }
    item.check(await item.reply(HTTPClient(), server.url))
    #expect(server.requests.count == 1)
  }

  @Test("the large ones come late and half-closed too", arguments: WireCase.all, [Hardship.late, .halfClosed])
  func large(_ item: WireCase, _ hardship: Hardship) async throws {
    guard item.value["recipe"] != nil else { return }
    let answer = try hardship.answer(item)
    let server = try HTTPTestServer { _ in answer }
    item.check(await item.reply(HTTPClient(), server.url))
  }

  @Test("the whole pack is read the same under TLS of a private authority")
  func secured() async throws {
    let authority = try TestAuthority()
    let identity = try authority.server()
    try await Folders.temporary { folder in
      let file = try authority.write(to: folder)
      let client = HTTPClient()
      for item in WireCase.all {
        let answer = try item.answer()
        let server = try HTTPTestServer(identity: identity) { _ in answer }
        item.check(await item.reply(client, server.url, caFile: file))
        #expect(server.requests.count == 1, "\(item.id)")
      }
    }
  }

  @Test(
    "a reset inside the body is never a verdict",
    arguments: WireCase.small.filter { $0.status == 200 && $0.value["body_bytes"] != 0 }
  )
  func reset(_ item: WireCase) async throws {
    let body = try item.body()
    let head = HTTPTestServer.Answer.head(item.status, item.headers)
    let server = try HTTPTestServer { _ in .init([.bytes(head + body[..<((body.count + 1) / 2)]), .reset]) }
    let reply = await item.reply(HTTPClient(), server.url)
    guard case .retry(nil, let exhausted, _) = reply else { return #expect(Bool(false), "\(reply)") }
    // A reset may overtake what was sent before it.
    #expect([.truncatedResponse, .unreachable].contains(exhausted))
  }

  @Test("all cases at once on one client are read as one by one")
  func together() async throws {
    let answers = try WireCase.small.map { try $0.answer() }
    let server = try HTTPTestServer { answers[Int($0.path.split(separator: "/").first ?? "") ?? 0] }
    let client = HTTPClient()
    await withTaskGroup(of: Void.self) { group in
      for (number, item) in WireCase.small.enumerated() {
        group.addTask { item.check(await item.reply(client, "\(server.url)/\(number)")) }
      }
    }
    #expect(server.requests.count == answers.count)
  }
}
