import Dispatch
import Foundation
import Glibc
import Locking

/// A real HTTP/1.1 server on 127.0.0.1 and a port that the system chooses; it sends whatever bytes a test wants.
public final class HTTPTestServer: Sendable {
  /// A request as it came.
  public struct Request: Sendable {
    /// Number of the request, from 0, over all connections.
    public let number: Int
    /// Number of the connection it came on, from 0.
    public let connection: Int
    /// `POST` …
    public let method: String
    /// `/v1/chat/completions`
    public let path: String
    /// Header lines in order.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// The first value of a header, whatever its case.
    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  /// One thing to do in answer to a request.
  public enum Step: Sendable {
    /// Sends these bytes.
    case bytes([UInt8])
    /// Sends these bytes again and again.
    case repeated([UInt8], Int)
    /// Sends these bytes in pieces of 1, 2, 3, 1, 2, 3 … bytes, each in a packet of its own.
    case trickled([UInt8])
    /// Waits until the test calls `release()`.
    case untilReleased
    /// Says nothing more and waits until the client goes away.
    case untilClientLeaves
    /// Closes the connection.
    case close
  }

  /// An answer in raw steps.
  public struct Answer: Sendable {
    /// What is done, in order.
    public var steps: [Step]

    /// Makes an answer of steps.
    public init(_ steps: [Step]) { self.steps = steps }

    /// A whole answer with its length.
    public static func whole(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") -> Answer {
      Answer([.bytes(head(status, headers + [("Content-Length", "\(body.utf8.count)")])), .bytes(Array(body.utf8))])
    }

    /// Status line and headers.
    public static func head(_ status: Int, _ headers: [(String, String)]) -> [UInt8] {
      let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
      return Array("HTTP/1.1 \(status) Test\r\n\(lines)\r\n".utf8)
    }

    /// A chat completion with this text.
    public static func chat(_ text: String, finish: String = "stop") -> Answer {
      let body = """
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": "\(text)"}, "finish_reason": "\(finish)"}], \
        "usage": {"prompt_tokens": 11, "completion_tokens": 2}}
        """
      return whole(200, [("Content-Type", "application/json")], body)
    }
  }

  private struct State {
    var requests: [Request] = []
    var connections: [Int32] = []
    var connectionCount = 0
    var isStopped = false
  }

  /// The port.
  public let port: Int
  private let listener: Int32
  private let state = Locked(State())
  private let gate = DispatchSemaphore(value: 0)
  private let answer: @Sendable (Request) -> Answer

  /// Starts a server.
  /// - Parameter answer: what each request gets.
  public init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
    self.answer = answer
    (listener, port) = try Self.listen()
    let listener = listener
    Self.thread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { break }
        guard let self, let number = self.admit(connection) else {
          close(connection)
          break
        }
        Self.thread { [weak self] in self?.serve(connection, number) }
      }
      close(listener)
    }
  }

  deinit { stop() }

  /// Where a server was expected and nobody listens: a port that was free a moment ago.
  public static func refusingPort() throws -> Int {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  /// `http://127.0.0.1:PORT`
  public var url: String { "http://127.0.0.1:\(port)" }
  /// What was asked so far.
  public var requests: [Request] { state.withLock { $0.requests } }
  /// How many connections were made.
  public var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// Lets one answer that waits go on.
  public func release() { gate.signal() }

  /// Closes everything.
  public func stop() {
    let connections = state.withLock { state -> [Int32] in
      if state.isStopped { return [] }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      return state.connections
    }
    for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
  }

  /// Why a server could not be started.
  public struct CannotListen: Error {
    /// The system's number for it.
    public let code: Int32
  }

  private static func listen() throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, size) == 0 && Glibc.listen(descriptor, 64) == 0
          && getsockname(descriptor, pointer, &size) == 0
      }
    }
    guard descriptor >= 0, isListening else { throw CannotListen(code: errno) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func thread(_ work: @escaping @Sendable () -> Void) {
    // A server blocks one thread and each connection another; a pool would run out when hundreds of tests run at once.
    Thread.detachNewThread(work)
  }

  private func admit(_ connection: Int32) -> Int? {
    state.withLock { state in
      guard !state.isStopped else { return nil }
      state.connections.append(connection)
      state.connectionCount += 1
      return state.connectionCount - 1
    }
  }

  private func serve(_ connection: Int32, _ number: Int) {
    var buffer: [UInt8] = []
    loop: while let request = read(connection, number, &buffer) {
      for step in answer(request).steps {
        switch step {
        case .bytes(let bytes): guard Self.send(connection, bytes) else { break loop }
        case .repeated(let bytes, let count):
          for _ in 0..<count { guard Self.send(connection, bytes) else { break loop } }
        case .trickled(let bytes):
          var one: Int32 = 1
          setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
          var (at, size) = (0, 1)
          while at < bytes.count {
            guard Self.send(connection, Array(bytes[at..<min(bytes.count, at + size)])) else { break loop }
            at += size
            size = size % 3 + 1
          }
        case .untilReleased: gate.wait()
        case .untilClientLeaves:
          while Self.receive(connection, &buffer) {}
          break loop
        case .close: break loop
        }
      }
    }
    state.withLock { $0.connections.removeAll { $0 == connection } }
    close(connection)
  }

  private func read(_ connection: Int32, _ number: Int, _ buffer: inout [UInt8]) -> Request? {
    let blank = Array("\r\n\r\n".utf8)
    var end: Int?
    while true {
      end = buffer.indices.first { buffer[$0...].starts(with: blank) }
      if end != nil { break }
      guard Self.receive(connection, &buffer) else { return nil }
    }
    guard let end else { return nil }
    let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
    let first = (lines.first ?? "").split(separator: " ").map(String.init)
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (parts[0], String((parts.count > 1 ? parts[1] : "").drop { $0 == " " }))
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
    buffer.removeFirst(end + 4)
    while buffer.count < length { guard Self.receive(connection, &buffer) else { return nil } }
    let body = Array(buffer[..<length])
    buffer.removeFirst(length)
    return state.withLock { state in
      let request = Request(
        number: state.requests.count,
        connection: number,
        method: first.first ?? "",
        path: first.count > 1 ? first[1] : "",
        headers: headers,
        body: body
      )
      state.requests.append(request)
      return request
    }
  }

  private static func receive(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(connection, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer += chunk[..<count]
    return true
  }

  private static func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
      var at = 0
      while at < raw.count {
        let count = Glibc.send(
          connection,
          raw.baseAddress.map { $0 + at },
          raw.count - at,
          Int32(MSG_NOSIGNAL)
        )
        guard count > 0 else { return false }
        at += count
      }
      return true
    }
  }
}
