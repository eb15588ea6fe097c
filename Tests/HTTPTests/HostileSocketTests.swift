import HTTP
import TestKit
import Testing

/// What a server does to a connection, and what becomes of the request.
struct Mischief: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable, Equatable {
    case body(String)
    case truncated, unreachable, tooLarge
  }

  let testDescription: String
  let welcome: [HTTPTestServer.Step]
  let steps: [HTTPTestServer.Step]
  let outcome: Outcome

  init(
    _ name: String,
    welcome: [HTTPTestServer.Step] = [],
    _ steps: [HTTPTestServer.Step],
    _ outcome: Outcome
  ) {
    (testDescription, self.welcome, self.steps, self.outcome) = (name, welcome, steps, outcome)
  }

  var isReset: Bool { steps.contains { if case .reset = $0 { true } else { false } } }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static let head = HTTPTestServer.Answer.head(200, [("Content-Length", "14")])
  private static let open = HTTPTestServer.Answer.head(200, [])
  private static let chunked = HTTPTestServer.Answer.head(200, [("Transfer-Encoding", "chunked")])
  private static let mill = "the mill turns"
  private static let line = text("X-Carp: Bram has eaten another one\r\n")

  static let slow: [Mischief] = [
    Mischief("late", [.pause(milliseconds: 20), .bytes(head), .bytes(text(mill))], .body(mill)),
    Mischief("late body", [.bytes(head), .pause(milliseconds: 20), .bytes(text(mill))], .body(mill)),
    Mischief("byte by byte", [.byteByByte(head + text(mill), pauseMilliseconds: 0)], .body(mill)),
    Mischief("byte by byte with pauses", [.byteByByte(head + text(mill), pauseMilliseconds: 1)], .body(mill)),
    Mischief(
      "chunks byte by byte",
      [
        .byteByByte(
          chunked + text("4\r\nthe \r\na;note=x\r\nmill turns\r\n0\r\nX-End: 1\r\n\r\n"),
          pauseMilliseconds: 0
        )
      ],
      .body(mill)
    ),
    Mischief(
      "other answers before the answer",
      [.bytes(text("HTTP/1.1 103 Early\r\nLink: </bell>\r\n\r\nHTTP/1.1 100 Go\r\n\r\n")), .bytes(head + text(mill))],
      .body(mill)
    ),
  ]

  static let halfClosed: [Mischief] = [
    Mischief("after the answer", [.bytes(head + text(mill)), .halfClose, .untilClientLeaves], .body(mill)),
    Mischief("as the end of the answer", [.bytes(open + text(mill)), .halfClose, .untilClientLeaves], .body(mill)),
    Mischief("inside the body", [.bytes(head + text("the")), .halfClose, .untilClientLeaves], .truncated),
    Mischief("before the body", [.bytes(head), .halfClose, .untilClientLeaves], .truncated),
    Mischief("before the answer", [.halfClose, .untilClientLeaves], .unreachable),
    Mischief("before the request", welcome: [.halfClose, .untilClientLeaves], [], .unreachable),
  ]

  static let resets: [Mischief] = [
    Mischief("before the request", welcome: [.reset], [], .unreachable),
    Mischief("before the answer", [.reset], .unreachable),
    Mischief("inside the status line", [.bytes(text("HTTP/1.1 2")), .reset], .unreachable),
    Mischief("inside a header", [.bytes(text("HTTP/1.1 200 Test\r\nContent-Le")), .reset], .unreachable),
    Mischief("between headers", [.bytes(text("HTTP/1.1 200 Test\r\nContent-Length: 14\r\n")), .reset], .unreachable),
    Mischief("inside the body", [.bytes(head + text("the mill")), .reset], .truncated),
    Mischief("inside a body without a length", [.bytes(open + text("the mill")), .reset], .truncated),
    Mischief("inside a chunk", [.bytes(chunked + text("9\r\nthe m")), .reset], .truncated),
    Mischief("between chunks", [.bytes(chunked + text("5\r\nthe m\r\n")), .reset], .truncated),
  ]

  static let ends: [Mischief] = [
    Mischief("inside the status line", [.bytes(text("HTTP/1.1 2")), .close], .unreachable),
    Mischief("after the status line", [.bytes(text("HTTP/1.1 200 Test\r\n")), .close], .truncated),
    Mischief("inside a header", [.bytes(text("HTTP/1.1 200 Test\r\nContent-Le")), .close], .truncated),
    Mischief("between headers", [.bytes(text("HTTP/1.1 200 Test\r\nContent-Length: 14\r\n")), .close], .truncated),
    Mischief(
      "between headers without a length",
      [.bytes(text("HTTP/1.1 200 Test\r\nX-Bell: one\r\n")), .close],
      .truncated
    ),
    Mischief("after another answer", [.bytes(text("HTTP/1.1 100 Go\r\n\r\n")), .close], .unreachable),
    Mischief("inside a chunk size", [.bytes(chunked + text("e")), .close], .truncated),
    Mischief("before the closing chunk", [.bytes(chunked + text("e\r\nthe mill turns\r\n")), .close], .truncated),
    Mischief("inside the trailer", [.bytes(chunked + text("e\r\nthe mill turns\r\n0\r\nX-En")), .close], .truncated),
  ]

  static let nonsense: [Mischief] = [
    Mischief("no HTTP at all", [.bytes(text("SSH-2.0-BellTower\r\n")), .close], .unreachable),
    Mischief("no HTTP and no end", [.bytes(text("220 bells ready\r\n")), .untilClientLeaves], .unreachable),
    Mischief("HTTP of another age", [.bytes(text("<html>the mill</html>")), .close], .unreachable),
    Mischief("binary", [.bytes([0, 255, 254, 0, 13, 10, 13, 10]), .close], .unreachable),
    Mischief("a status that is no number", [.bytes(text("HTTP/1.1 two OK\r\n\r\n")), .close], .unreachable),
    Mischief("a version that does not exist", [.bytes(text("HTTP/7.3 200 OK\r\n\r\n")), .close], .unreachable),
    Mischief(
      "a length that is no number",
      [.bytes(text("HTTP/1.1 200 T\r\nContent-Length: ten\r\n\r\nthe mill turns")), .close],
      .unreachable
    ),
    Mischief(
      "a negative length",
      [.bytes(text("HTTP/1.1 200 T\r\nContent-Length: -4\r\n\r\nthe mill turns")), .close],
      .unreachable
    ),
    Mischief(
      "two lengths",
      [.bytes(text("HTTP/1.1 200 T\r\nContent-Length: 14\r\nContent-Length: 3\r\n\r\nthe mill turns")), .close],
      .body("the")
    ),
    // What follows is libcurl's leniency; the reader of the body has to notice.
    Mischief(
      "a length beyond all numbers",
      [.bytes(text("HTTP/1.1 200 T\r\nContent-Length: 99999999999999999999\r\n\r\nthe mill")), .close],
      .body("the mill")
    ),
    Mischief(
      "an unknown transfer coding",
      [.bytes(text("HTTP/1.1 200 T\r\nTransfer-Encoding: barrels\r\n\r\nthe mill turns")), .close],
      .unreachable
    ),
    Mischief(
      "an unknown content coding",
      [
        .bytes(text("HTTP/1.1 200 T\r\nContent-Length: 14\r\nContent-Encoding: barrels\r\n\r\nthe mill turns")), .close,
      ],
      .unreachable
    ),
    Mischief(
      "gzip that is none",
      [.bytes(text("HTTP/1.1 200 T\r\nContent-Length: 14\r\nContent-Encoding: gzip\r\n\r\nthe mill turns")), .close],
      .unreachable
    ),
    Mischief(
      "gzip that ends early",
      [
        .bytes(
          text("HTTP/1.1 200 T\r\nContent-Length: 12\r\nContent-Encoding: gzip\r\n\r\n") + [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0x4C,
          ]
        ), .close,
      ],
      .body("a")
    ),
    Mischief(
      "more headers than anybody needs",
      [
        .bytes(text("HTTP/1.1 200 T\r\n")), .repeated(text("X: 1\r\n"), 1500),
        .bytes(text("Content-Length: 0\r\n\r\n")), .close,
      ],
      .unreachable
    ),
    Mischief("a chunk size that is none", [.bytes(chunked + text("3\r\nthe\r\nmill\r\n")), .close], .truncated),
    Mischief(
      "a chunk longer than it says",
      [.bytes(chunked + text("3\r\nthe mill\r\n0\r\n\r\n")), .close],
      .truncated
    ),
    Mischief(
      "a chunk size beyond all numbers",
      [.bytes(chunked + text("3\r\nthe\r\nffffffffffffffffffff\r\nx")), .close],
      .truncated
    ),
    Mischief("headers without end", [.bytes(text("HTTP/1.1 200 Test\r\n")), .repeated(line, 1 << 20)], .unreachable),
    Mischief(
      "answers before the answer without end",
      [.repeated(text("HTTP/1.1 103 Early\r\nLink: </bell>\r\n\r\n"), 1 << 20)],
      .unreachable
    ),
    Mischief(
      "one header without end",
      [.bytes(text("HTTP/1.1 200 Test\r\nX: ")), .repeated(line.dropLast(2), 1 << 20)],
      .unreachable
    ),
  ]
}

@Suite("HTTP client on hostile sockets", .timeLimit(.minutes(10)))
struct HostileSocketTests {
  private let client = HTTPClient(idleSeconds: 100_000)

  private func check(_ mischief: Mischief, method: String) async throws {
    let server = try HTTPTestServer(welcome: { _ in .init(mischief.welcome) }) { _ in .init(mischief.steps) }
    let request = HTTPRequest(method: method, url: server.url, body: method == "POST" ? Array("flour".utf8) : nil)
    let outcome: Mischief.Outcome
    do {
      outcome = .body(String(decoding: try await client.send(request).body, as: UTF8.self))
    } catch {
      switch error {
      case .truncated(let bytes):
        #expect(bytes <= 14)
        outcome = .truncated
      case .unreachable: outcome = .unreachable
      case .tooLarge: outcome = .tooLarge
      default: return #expect(Bool(false), "\(error)")
      }
    }
    // A reset may overtake what was sent before it; then nothing of the answer is seen.
    #expect(outcome == mischief.outcome || mischief.isReset && outcome == .unreachable)
    // Another request finds the client in order.
    let sound = try HTTPTestServer { _ in .whole(200, [], "sound") }
    #expect(try await client.send(HTTPRequest(url: sound.url)).body == Array("sound".utf8))
  }

  @Test("a slow answer is the same answer", arguments: Mischief.slow, ["GET", "POST"])
  func slow(_ mischief: Mischief, method: String) async throws { try await check(mischief, method: method) }

  @Test("a half-closed connection has said what it said", arguments: Mischief.halfClosed, ["GET", "POST"])
  func halfClosed(_ mischief: Mischief, method: String) async throws { try await check(mischief, method: method) }

  @Test("a reset is no end", arguments: Mischief.resets, ["GET", "POST"])
  func reset(_ mischief: Mischief, method: String) async throws { try await check(mischief, method: method) }

  @Test("a connection that ends early has not answered", arguments: Mischief.ends, ["GET", "POST"])
  func end(_ mischief: Mischief, method: String) async throws { try await check(mischief, method: method) }

  @Test("nonsense is no answer, and what has no end is given up", arguments: Mischief.nonsense)
  func nonsense(_ mischief: Mischief) async throws { try await check(mischief, method: "POST") }

  @Test("a server that sends a byte now and then for ever is left when the time is over")
  func slowLoris() async throws {
    let head = HTTPTestServer.Answer.head(200, [("Content-Length", "100000000")])
    let server = try HTTPTestServer { _ in
      .init([.bytes(head), .byteByByte([UInt8](repeating: 0x61, count: 1 << 20), pauseMilliseconds: 10)])
    }
    await #expect(throws: HTTPError.timeout) {
      try await client.send(HTTPRequest(url: server.url, timeoutSeconds: 0.2))
    }
  }

  @Test("a connection that closed while nobody used it is not used again", arguments: [false, true])
  func closedMeanwhile(isHalf: Bool) async throws {
    let server = try HTTPTestServer { request in
      let whole = HTTPTestServer.Answer.whole(200, [], "answer \(request.connection)").steps
      return .init(whole + (isHalf ? [.halfClose, .untilClientLeaves] : [.close]))
    }
    for number in 0..<3 {
      let response = try await client.send(HTTPRequest(url: server.url))
      #expect(String(decoding: response.body, as: UTF8.self) == "answer \(number)")
    }
  }

  @Test("one bad connection takes nothing from the others")
  func amongOthers() async throws {
    let server = try HTTPTestServer { request in
      request.path == "/bad"
        ? .init([.reset]) : .init([.pause(milliseconds: 5)] + HTTPTestServer.Answer.whole(200, [], request.path).steps)
    }
    let client = client
    let outcomes = await withTaskGroup(of: (Int, String).self) { group in
      for number in 0..<40 {
        group.addTask {
          let path = number % 4 == 0 ? "/bad" : "/\(number)"
          do {
            let response = try await client.send(HTTPRequest(url: "\(server.url)\(path)"))
            return (number, String(decoding: response.body, as: UTF8.self))
          } catch {
            if case HTTPError.unreachable = error { return (number, "unreachable") }
            return (number, "\(error)")
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for number in 0..<40 { #expect(outcomes[number] == (number % 4 == 0 ? "unreachable" : "/\(number)")) }
  }

  @Test("a certificate of an unknown authority ends the connection before anything is asked")
  func unknownAuthority() async throws {
    let server = try HTTPTestServer(identity: TestAuthority().server()) { _ in .whole(200) }
    let error = await #expect(throws: HTTPError.self) {
      try await client.send(HTTPRequest(url: server.url, headers: [("Authorization", "Bearer willow-key-7")]))
    }
    guard case .unreachable(let words) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(words.lowercased().contains("certificate"))
    #expect(server.requests.isEmpty)
  }

  @Test("a client that expects TLS does not take plain text for an answer, nor the other way round")
  func wrongProtocol() async throws {
    // As real ones do: what is no request gets an answer that says so.
    let plain = try HTTPTestServer(welcome: { _ in .init([.bytes(HTTPTestServer.Answer.head(400, [])), .close]) }) {
      _ in
      .whole(200)
    }
    let secured = try HTTPTestServer(identity: TestAuthority().server()) { _ in .whole(200) }
    for url in [plain.url.replacing("http:", with: "https:"), secured.url.replacing("https:", with: "http:")] {
      let error = await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(url: url)) }
      guard case .unreachable = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }
    #expect(plain.requests.isEmpty && secured.requests.isEmpty)
  }
}
