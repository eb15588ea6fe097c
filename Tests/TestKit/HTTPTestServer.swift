import Dispatch
import Foundation
import Glibc
import Locking

/// A real HTTP/1.1 server on 127.0.0.1 and a port that the system chooses, plain or with TLS; it sends whatever bytes a test
/// wants and treats its connections as badly as the test says.
public final class HTTPTestServer: Sendable {
  private struct State {
    var requests: [Request] = []
    var connections: [Int: Int32] = [:]
    var connectionCount = 0
    var isStopped = false
  }

  /// The port.
  public let port: Int
  private let listener: Int32
  private let state = Locked(State())
  private let gate = DispatchSemaphore(value: 0)
  private let identity: TestIdentity?
  private let welcome: @Sendable (Int) -> Answer
  private let answer: @Sendable (Request) -> Answer

  /// Starts a server.
  /// - Parameters:
  ///   - identity: the key and certificate it shows; without one it speaks no TLS.
  ///   - welcome: what is done on a new connection before anything is read, by the number of the connection.
  ///   - answer: what each request gets.
  public init(
    identity: TestIdentity? = nil,
    welcome: @escaping @Sendable (Int) -> Answer = { _ in Answer([]) },
    _ answer: @escaping @Sendable (Request) -> Answer
  ) throws {
    self.identity = identity
    self.welcome = welcome
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
    // Bound but not listening, and never closed: no other server can get the number meanwhile.
    try listen(backlog: nil).port
  }

  /// For a foreign server that wants to be told its port: one that was free a moment ago.
  public static func freePort() throws -> Int {
    let (descriptor, port) = try listen(backlog: nil)
    close(descriptor)
    return port
  }

  /// `http://127.0.0.1:PORT`, or `https` with TLS.
  public var url: String { "\(identity == nil ? "http" : "https")://127.0.0.1:\(port)" }
  /// What was asked so far.
  public var requests: [Request] { state.withLock { $0.requests } }
  /// How many connections were made.
  public var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// Lets one answer that waits go on.
  public func release() { gate.signal() }

  /// Closes everything.
  public func stop() {
    state.withLock { state in
      if state.isStopped { return }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in state.connections.values { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  /// Why a server could not be started.
  public struct CannotListen: Error {
    /// The system's number for it.
    public let code: Int32
  }

  private static func listen(backlog: Int32? = 64) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, size) == 0 && (backlog.map { Glibc.listen(descriptor, $0) == 0 } ?? true)
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
      state.connections[state.connectionCount] = connection
      state.connectionCount += 1
      return state.connectionCount - 1
    }
  }

  private func serve(_ connection: Int32, _ number: Int) {
    // Out of the list before the system may give its descriptor to another connection.
    let forget: () -> Void = { [state] in state.withLock { $0.connections[number] = nil } }
    guard let socket = TestSocket(connection, identity: identity, willClose: forget) else { return }
    var buffer: [UInt8] = []
    if perform(welcome(number), on: socket, &buffer) {
      while let request = read(socket, number, &buffer), perform(answer(request), on: socket, &buffer) {}
    }
    socket.close()
  }

  /// Does what an answer says.
  /// - Returns: whether the connection may be used on.
  private func perform(_ answer: Answer, on socket: TestSocket, _ buffer: inout [UInt8]) -> Bool {
    for step in answer.steps {
      switch step {
      case .bytes(let bytes): guard socket.send(bytes) else { return false }
      case .repeated(let bytes, let count):
        for _ in 0..<count { guard socket.send(bytes) else { return false } }
      case .trickled(let bytes):
        socket.sendAtOnce()
        var (at, size) = (0, 1)
        while at < bytes.count {
          guard socket.send(bytes[at..<min(bytes.count, at + size)]) else { return false }
          at += size
          size = size % 3 + 1
        }
      case .byteByByte(let bytes, let milliseconds):
        socket.sendAtOnce()
        for byte in bytes {
          guard socket.send([byte]) else { return false }
          if milliseconds > 0 { socket.pause(milliseconds: milliseconds) }
        }
      case .pause(let milliseconds): socket.pause(milliseconds: milliseconds)
      case .untilReleased: gate.wait()
      case .untilClientLeaves:
        while socket.receive(&buffer) {}
        return false
      case .halfClose: socket.endSending()
      case .close: return false
      case .drop:
        socket.drop()
        return false
      case .reset:
        socket.reset()
        return false
      }
    }
    return true
  }

  private func read(_ socket: TestSocket, _ number: Int, _ buffer: inout [UInt8]) -> Request? {
    let blank = Array("\r\n\r\n".utf8)
    var end: Int?
    while true {
      end = buffer.indices.first { buffer[$0...].starts(with: blank) }
      if end != nil { break }
      guard socket.receive(&buffer) else { return nil }
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
    while buffer.count < length { guard socket.receive(&buffer) else { return nil } }
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
}
