internal import Glibc

/// Reads lines from a descriptor without limit on their number and with one on their length.
struct LineReader {
  private let descriptor: Int32
  private let maximumBytes: Int
  private var buffer: [UInt8] = []
  private var start = 0
  private var ended = false
  /// Why reading broke off before the end, if it did.
  private(set) var failure: String?

  /// What a line turned out to be.
  enum Line {
    /// Its bytes, without the line end.
    case bytes([UInt8])
    /// It was longer than allowed and has been skipped.
    case tooLong
  }

  init(descriptor: Int32 = 0, maximumBytes: Int = 64 << 20) {
    self.descriptor = descriptor
    self.maximumBytes = maximumBytes
  }

  /// Whether a whole line is here already, so that the next one costs no waiting.
  var hasBufferedLine: Bool { buffer[start...].contains(0x0A) }

  /// The next line, or nil at the end; a last line without line end counts.
  mutating func next() -> Line? {
    var skipping = false
    var scanned = start
    while true {
      if let end = buffer[scanned...].firstIndex(of: 0x0A) {
        let line = Array(buffer[start..<end])
        start = end + 1
        return skipping ? .tooLong : .bytes(line.last == 0x0D ? Array(line.dropLast()) : line)
      }
      scanned = buffer.count
      if buffer.count - start > maximumBytes {
        skipping = true
        buffer.removeAll(keepingCapacity: true)
        start = 0
        scanned = 0
      }
      if ended {
        guard start < buffer.count || skipping else { return nil }
        let line = Array(buffer[start...])
        start = buffer.count
        return skipping ? .tooLong : .bytes(line)
      }
      if start > 1 << 20 {
        buffer.removeFirst(start)
        scanned -= start
        start = 0
      }
      fill()
    }
  }

  private mutating func fill() {
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { space, count in
      var got = read(descriptor, space.baseAddress, 1 << 16)
      while got < 0, errno == EINTR || errno == EAGAIN {
        // Whoever shares the descriptor may have set it not to block.
        if errno == EAGAIN {
          var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&waiting, 1, -1)
        }
        got = read(descriptor, space.baseAddress, 1 << 16)
      }
      if got < 0 { failure = String(cString: strerror(errno)) }
      count = max(0, got)
    }
    if chunk.isEmpty { ended = true } else { buffer.append(contentsOf: chunk) }
  }
}
