import Foundation
import HTTP
import TestKit
import Testing

/// A server that speaks HTTP/2 and HTTP/1.1 over TLS, in Node, with a certificate of its own authority.
private final class TwoVersionServer {
  let port: Int
  let authority: String
  private let process: Process
  private let folder: URL

  static func path(_ program: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let script = """
    const fs = require("fs"), options = {key: fs.readFileSync("key.pem"), cert: fs.readFileSync("cert.pem")}
    let connections = 0, requests = 0
    const answer = (request, response) => {
      requests += 1
      request.on("end", () => reply(request, response)).resume()
    }
    const reply = (request, response) => {
      if (request.url === "/end") return request.stream.session.destroy()
      if (request.url === "/refuse") return request.stream.close(require("http2").constants.NGHTTP2_REFUSED_STREAM)
      response.setHeader("X-Requests", requests)
      response.end(request.httpVersion + " " + connections)
    }
    const server = process.argv[1] === "2"
      ? require("http2").createSecureServer({...options, allowHTTP1: true}, answer)
      : require("https").createServer(options, answer)
    server.on("secureConnection", () => { connections += 1 })
    server.listen(0, "127.0.0.1", () => console.log(server.address().port))
    """

  init(version: Int) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tribunal-http2-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    authority = folder.appendingPathComponent("cert.pem").path
    let openssl = try Self.program("openssl")
    openssl.currentDirectoryURL = folder
    openssl.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem",
      "-out",
      "cert.pem", "-days", "2", "-subj", "/CN=mill", "-addext", "subjectAltName=IP:127.0.0.1",
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    process = try Self.program("node")
    process.currentDirectoryURL = folder
    process.arguments = ["-e", Self.script, "\(version)"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var line = Data()
    while !line.contains(0x0A) {
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { break }
      line += more
    }
    port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  private static func program(_ name: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path(name)))
    return process
  }

  deinit {
    process.terminate()
    try? FileManager.default.removeItem(at: folder)
  }
}

@Suite(
  "HTTP/2 and certificates",
  .timeLimit(.minutes(10)),
  .enabled(
    if: TwoVersionServer.path("node") != nil && TwoVersionServer.path("openssl") != nil,
    "skipped because node or openssl is absent"
  )
)
struct HTTP2Tests {
  private let client = HTTPClient()

  @Test("HTTP/2 is spoken where it is offered: a hundred requests at once share one connection")
  func offered() async throws {
    let server = try TwoVersionServer(version: 2)
    let (url, authority, client) = ("https://127.0.0.1:\(server.port)/", server.authority, client)
    let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for _ in 0..<100 {
        group.addTask {
          let response = try await client.send(HTTPRequest(url: url, timeoutSeconds: 300, caFile: authority))
          return (response.version, String(decoding: response.body, as: UTF8.self))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count == 100)
    #expect(answers.allSatisfy { $0.0 == 2 && $0.1 == "2.0 1" }, "\(Set(answers.map(\.1)))")
  }

  @Test(
    "a request whose connection ends, or that is refused, is sent once, and its sender is told",
    arguments: ["/end", "/refuse"]
  )
  func endsUnanswered(path: String) async throws {
    let server = try TwoVersionServer(version: 2)
    func send(_ path: String) async throws(HTTPError) -> HTTPResponse {
      try await client.send(
        HTTPRequest(
          method: "POST",
          url: "https://127.0.0.1:\(server.port)\(path)",
          body: Array("flour".utf8),
          timeoutSeconds: 300,
          caFile: server.authority
        )
      )
    }
    #expect(try await send("/").header("X-Requests") == "1")
    let error = await #expect(throws: HTTPError.self) { _ = try await send(path) }
    switch error {
    case .unreachable?, .truncated(receivedBytes: 0)?: break
    default: Issue.record("\(String(describing: error))")
    }
    let last = try await send("/")
    #expect(last.version == 2 && last.header("X-Requests") == "3")
  }

  @Test("HTTP/1.1 is spoken where nothing else is offered")
  func plain() async throws {
    let server = try TwoVersionServer(version: 1)
    let request = HTTPRequest(url: "https://127.0.0.1:\(server.port)/", timeoutSeconds: 300, caFile: server.authority)
    let response = try await client.send(request)
    #expect(response.version == 1)
    #expect(String(decoding: response.body, as: UTF8.self) == "1.1 1")
  }

  @Test("a certificate that nobody vouches for is no way, whatever another request trusted before")
  func unknownAuthority() async throws {
    let server = try TwoVersionServer(version: 2)
    let url = "https://127.0.0.1:\(server.port)/"
    #expect(try await client.send(HTTPRequest(url: url, timeoutSeconds: 300, caFile: server.authority)).status == 200)
    let error = await #expect(throws: HTTPError.self) {
      try await client.send(HTTPRequest(url: url, timeoutSeconds: 300))
    }
    guard case .unreachable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a certificate for another name is no way")
  func otherName() async throws {
    let server = try TwoVersionServer(version: 2)
    let request = HTTPRequest(url: "https://localhost:\(server.port)/", timeoutSeconds: 300, caFile: server.authority)
    await #expect(throws: HTTPError.self) { try await client.send(request) }
  }
}
