internal import Glibc

/// Writes to the two standard streams by descriptor: Swift 6 takes Glibc's `stdout` for shared mutable state.
struct Console: Sendable {
  /// Facts and answers.
  static let output = Console(descriptor: 1)
  /// Progress and errors.
  static let errors = Console(descriptor: 2)

  let descriptor: Int32

  /// Whether a person is looking.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal; 80 where it does not say.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether colour is welcome: a terminal, and `NO_COLOR` is not set.
  var wantsColor: Bool {
    guard isTerminal, let term = getenv("TERM"), String(cString: term) != "dumb" else { return false }
    return getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
  }

  /// Writes a text whole. A closed pipe ends the output silently, as for any filter.
  /// - Returns: whether everything was written.
  @discardableResult
  func write(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let base = rest.baseAddress, rest.count > 0 {
        let count = Glibc.write(descriptor, base, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          guard errno == EAGAIN else { return false }
          // Whoever shares the descriptor may have set it not to block: a full pipe is no closed one.
          var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&waiting, 1, -1)
          continue
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }

  /// Writes a text and a line end.
  func line(_ text: String) { write(text + "\n") }

  /// Writes text that ends its own lines.
  func text(_ text: String) { write(text) }
}

extension String {
  /// The text with control characters (line ends and tabs too, if `keepingLines` is false) shown as escapes, so that text
  /// from models and files cannot steer a terminal.
  func terminalSafe(keepingLines: Bool = true) -> String {
    var safe = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let value = scalar.value
      let isLine = keepingLines && (value == 0x0A || value == 0x09)
      let isControl = value < 0x20 || (0x7F...0x9F).contains(value)
      let isBidi = (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
      if (isControl && !isLine) || isBidi {
        safe.append(contentsOf: "\\u{\(String(value, radix: 16))}".unicodeScalars)
      } else {
        safe.append(scalar)
      }
    }
    return String(safe)
  }
}
