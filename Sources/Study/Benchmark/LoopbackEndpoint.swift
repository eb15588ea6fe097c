internal import Glibc
internal import Locking

/// A chat endpoint on 127.0.0.1 that answers every request after the same time, and notes how busy it was kept.
final class LoopbackEndpoint: Sendable {
  /// The system refused a socket.
  struct CannotListen: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "cannot listen on 127.0.0.1: \(String(cString: strerror(code)))" }
  }

  private struct Record {
    var isStopped = false
    var answered = 0
    var inHand = 0.0
    var first: Double?
    var last = 0.0
  }

  private struct Connection {
    var input: [UInt8] = []
  }

  /// The port.
  let port: Int
  private let listener: Int32
  private let delay: Double
  private let record = Locked(Record())

  /// Starts to listen.
  /// - Parameter milliseconds: how long a request stays in hand.
  init(milliseconds: Int) throws {
    delay = Double(milliseconds) / 1000
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, size) == 0 && listen(listener, 512) == 0 && getsockname(listener, pointer, &size) == 0
      }
    }
    guard listener >= 0, isListening else { throw CannotListen(code: errno) }
    port = Int(UInt16(bigEndian: address.sin_port))
    let body = Unmanaged.passRetained(self)
    var thread = pthread_t()
    pthread_create(
      &thread,
      nil,
      { pointer in
        if let pointer { Unmanaged<LoopbackEndpoint>.fromOpaque(pointer).takeRetainedValue().serve() }
        return nil
      },
      body.toOpaque()
    )
    pthread_detach(thread)
  }

  /// Ends the service.
  func stop() { record.withLock { $0.isStopped = true } }

  /// How much of `concurrency` was in hand, 0…1, and the seconds from the first request to the last answer.
  func busy(concurrency: Int) -> (share: Double, seconds: Double, answered: Int) {
    record.withLock { record in
      let seconds = record.last - (record.first ?? record.last)
      return (seconds > 0 ? record.inHand / (seconds * Double(concurrency)) : 0, seconds, record.answered)
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// One thread for all connections, so that the endpoint takes as little of the machine as may be.
  private func serve() {
    var connections: [Int32: Connection] = [:]
    // Every request takes equally long: the first that came is the first that is due.
    var waiting: [(connection: Int32, since: Double)] = []
    var head = 0
    while !record.withLock({ $0.isStopped }) {
      let now = Self.now
      while head < waiting.count, waiting[head].since + delay <= now {
        answer(waiting[head].connection, since: waiting[head].since)
        head += 1
      }
      if head > 4096 {
        waiting.removeFirst(head)
        head = 0
      }
      let pause = head < waiting.count ? max(0, waiting[head].since + delay - Self.now) : 0.1
      var polled =
        [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        + connections.keys.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), Int32(min(100, (pause * 1000).rounded(.up)))) > 0 else { continue }
      for entry in polled where entry.revents != 0 {
        if entry.fd == listener {
          let connection = accept(listener, nil, nil)
          if connection >= 0 { connections[connection] = Connection() }
        } else if !read(entry.fd, &connections[entry.fd, default: Connection()], &waiting) {
          close(entry.fd)
          connections[entry.fd] = nil
        }
      }
    }
    for connection in connections.keys { close(connection) }
    close(listener)
  }

  /// Reads what is there; false where the client has gone.
  private func read(
    _ descriptor: Int32,
    _ connection: inout Connection,
    _ waiting: inout [(connection: Int32, since: Double)]
  ) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return false }
    connection.input += bytes[..<count]
    while let length = Self.requestLength(connection.input), length <= connection.input.count {
      connection.input.removeFirst(length)
      let now = Self.now
      record.withLock { $0.first = $0.first ?? now }
      waiting.append((descriptor, now))
    }
    return true
  }

  /// Bytes of head and body of the request that begins here, once its head is whole.
  private static func requestLength(_ bytes: [UInt8]) -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard bytes.count >= 4, let end = (0...(bytes.count - 4)).first(where: { bytes[$0..<($0 + 4)].elementsEqual(mark) })
    else { return nil }
    let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      .flatMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    return end + 4 + (length ?? 0)
  }

  private static let reply: [UInt8] = {
    let body =
      #"{"choices":[{"index":0,"message":{"role":"assistant","content":"NON-REFUSAL"},"finish_reason":"stop"}],"#
      + #""usage":{"prompt_tokens":90,"completion_tokens":4}}"#
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    return Array((head + body).utf8)
  }()

  private func answer(_ connection: Int32, since: Double) {
    Self.reply.withUnsafeBytes { bytes in
      // A few hundred bytes always fit an empty socket buffer.
      _ = send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    let now = Self.now
    record.withLock { record in
      record.answered += 1
      record.inHand += now - since
      record.last = now
    }
  }
}
