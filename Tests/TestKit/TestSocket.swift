internal import CTestTLS
import Glibc

/// The server's end of one connection, plain or TLS; used by the thread that serves it.
final class TestSocket {
  private let descriptor: Int32
  private var tls: OpaquePointer?
  private var isOpen = true
  private let willClose: () -> Void

  /// Takes over an accepted connection; nil, and closed, if the client does not like the certificate.
  init?(_ descriptor: Int32, identity: TestIdentity?, willClose: @escaping () -> Void) {
    self.descriptor = descriptor
    self.willClose = willClose
    guard let identity else { return }
    tls = tt_accept(identity.pointer, descriptor)
    if tls == nil {
      end()
      return nil
    }
  }

  /// Appends what comes to a buffer.
  /// - Returns: whether anything came.
  func receive(_ buffer: inout [UInt8]) -> Bool {
    guard isOpen else { return false }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = tls.map { tt_receive($0, &chunk, chunk.count) } ?? max(0, recv(descriptor, &chunk, chunk.count, 0))
    buffer += chunk[..<count]
    return count > 0
  }

  /// Sends all bytes.
  /// - Returns: whether the client still took them.
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    guard isOpen else { return false }
    return Array(bytes).withUnsafeBytes { raw in
      guard let start = raw.baseAddress else { return true }
      if let tls { return tt_send(tls, start, raw.count) == 1 }
      var at = 0
      while at < raw.count {
        let count = Glibc.send(descriptor, start + at, raw.count - at, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        at += count
      }
      return true
    }
  }

  /// From now on each `send` is a packet of its own.
  func sendAtOnce() {
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Waits, at the longest until the client leaves.
  func pause(milliseconds: Int) {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = Glibc.poll(&poll, 1, Int32(milliseconds))
  }

  /// Sends no more, still reads.
  func endSending() {
    if let tls { tt_notify_close(tls) }
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Ends the connection as a crash of the machine does: the client gets a reset instead of an end.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    end()
  }

  /// Ends the connection in good order.
  func close() {
    if isOpen, let tls { tt_notify_close(tls) }
    end()
  }

  /// Ends the connection without a word.
  func drop() { end() }

  private func end() {
    guard isOpen else { return }
    isOpen = false
    tt_connection_free(tls)
    tls = nil
    willClose()
    Glibc.close(descriptor)
  }

  deinit { end() }
}
