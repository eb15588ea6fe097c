internal import CSpawn
internal import Glibc
internal import Locking

/// What a child may use.
public struct ProcessLimits: Sendable, Equatable {
  /// Address space in megabytes.
  public var memoryMegabytes: Int
  /// Processor seconds.
  public var cpuSeconds: Int
  /// Open files.
  public var openFiles: Int
  /// Largest file it may write, in megabytes.
  public var fileMegabytes: Int

  /// The standard limits.
  public init(memoryMegabytes: Int = 2048, cpuSeconds: Int = 3600, openFiles: Int = 256, fileMegabytes: Int = 64) {
    self.memoryMegabytes = memoryMegabytes
    self.cpuSeconds = cpuSeconds
    self.openFiles = openFiles
    self.fileMegabytes = fileMegabytes
  }
}

/// How a child failed.
public enum ProcessFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// It could not be started.
  case cannotStart(command: String, reason: String)
  /// It ended: exit code, or the negated signal.
  case ended(status: Int, log: String)
  /// It said nothing in time.
  case timeout
  /// It wrote a longer line than allowed.
  case lineTooLong(limit: Int)

  /// One line, with the end of what it wrote on stderr.
  public var description: String {
    switch self {
    case .cannotStart(let command, let reason): "\(command): cannot be started: \(reason)"
    case .ended(let status, let log):
      (status < 0 ? "it was ended by signal \(-status)" : "it ended with exit code \(status)")
        + (log.isEmpty ? "" : "; it last said: \(log)")
    case .timeout: "it said nothing in time"
    case .lineTooLong(let limit): "it wrote a line of more than \(limit) bytes"
    }
  }
}

/// A long-lived child that speaks in lines: requests on its stdin, answers on its stdout, a log on its stderr.
///
/// Its methods block; call them from a thread that may wait. The child and its process group are killed with the object.
public final class LineProcess: Sendable {
  /// Longest line that is read.
  public static let maximumLine = 1 << 20
  private static let keptLog = 8192

  private struct State {
    var child: cs_child
    var lines = LineBuffer(limit: maximumLine)
    var log: [UInt8] = []
    var fresh: [UInt8] = []
    var status: Int?
    var isOutputOpen = true
    var isErrorOpen = true
  }

  private let state: Locked<State>

  /// Starts a command; its name is looked up on `PATH` of the given environment, unless it holds a slash.
  /// - Parameters:
  ///   - environment: the child's whole environment; nothing else is inherited.
  ///   - folder: its working folder.
  public init(
    command: [String],
    environment: [String: String],
    folder: String,
    limits: ProcessLimits
  ) throws(ProcessFailure) {
    guard let name = command.first, !name.isEmpty else {
      throw .cannotStart(command: "(empty)", reason: "there is no command")
    }
    guard let path = Self.lookUp(name, environment["PATH"] ?? "/usr/bin:/bin", folder) else {
      throw .cannotStart(command: name, reason: "not found")
    }
    var child = cs_child()
    var bounds = cs_limits(
      memory_bytes: UInt64(limits.memoryMegabytes) << 20,
      cpu_seconds: UInt64(limits.cpuSeconds),
      file_bytes: UInt64(limits.fileMegabytes) << 20,
      open_files: UInt64(limits.openFiles)
    )
    let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let reason = Self.withStrings(command) { arguments in
      Self.withStrings(variables) { environment in cs_spawn(path, arguments, environment, folder, &bounds, &child) }
    }
    guard reason == 0 else {
      throw .cannotStart(command: name, reason: String(cString: strerror(reason)))
    }
    // A child that has ended must not end the host with a signal.
    signal(SIGPIPE, SIG_IGN)
    for descriptor in [child.input, child.output, child.errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    state = Locked(State(child: child))
  }

  deinit {
    state.withLock { state in
      if state.status == nil {
        cs_kill(&state.child)
        var status: Int32 = 0
        _ = cs_wait(&state.child, -1, &status)
      }
      for descriptor in [state.child.input, state.child.output, state.child.errors] { close(descriptor) }
    }
  }

  /// What the child wrote on stderr, the last of it.
  public var log: String { state.withLock { String(decoding: $0.log, as: UTF8.self) } }

  /// The lines that the child wrote on stderr since the last call, the last of them if they are many.
  public func takeLog() -> [String] {
    state.withLock { state in
      while state.isErrorOpen, Self.isReadable(state.child.errors) { Self.drainErrors(&state) }
      defer { state.fresh = [] }
      return String(decoding: state.fresh.suffix(Self.keptLog), as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  /// Sends lines and collects answers until `isComplete` says that enough are there.
  /// - Parameters:
  ///   - milliseconds: time without a new answer after which the child counts as hanging.
  ///   - receive: gets each line; returns whether all is there.
  public func exchange(
    _ lines: [String],
    milliseconds: Int,
    receive: (String) -> Bool
  ) throws(ProcessFailure) {
    let outgoing = Array(lines.map { $0 + "\n" }.joined().utf8)
    let failure: ProcessFailure? = state.withLock { state in
      do throws(ProcessFailure) {
        try Self.exchange(&state, outgoing, milliseconds, receive)
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  private static func exchange(
    _ state: inout State,
    _ outgoing: [UInt8],
    _ milliseconds: Int,
    _ receive: (String) -> Bool
  ) throws(ProcessFailure) {
    var sent = 0
    var deadline = now() + milliseconds
    while true {
      while let line = try state.lines.next() {
        deadline = now() + milliseconds
        if receive(line) { return }
      }
      if !state.isOutputOpen { throw ended(&state) }
      let left = deadline - now()
      if left <= 0 { throw .timeout }
      var polled = [
        pollfd(fd: state.child.output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: state.isErrorOpen ? state.child.errors : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: sent < outgoing.count ? state.child.input : -1, events: Int16(POLLOUT), revents: 0),
      ]
      if poll(&polled, 3, Int32(min(left, 1000))) < 0, errno != EINTR { throw ended(&state) }
      if polled[1].revents != 0 { drainErrors(&state) }
      if polled[0].revents != 0 { state.isOutputOpen = drain(state.child.output) { state.lines.append($0) } }
      if polled[2].revents != 0, sent < outgoing.count {
        let count = outgoing.withUnsafeBytes { bytes in
          write(state.child.input, bytes.baseAddress.map { $0 + sent }, min(outgoing.count - sent, 1 << 16))
        }
        if count > 0 {
          sent += count
        } else if count < 0, errno != EAGAIN, errno != EINTR {
          // It no longer reads; what it still wrote is taken first.
          sent = outgoing.count
        }
      }
    }
  }

  /// Reads what is there; false at the end of the stream.
  private static func drain(_ descriptor: Int32, into take: (UnsafeRawBufferPointer) -> Void) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
      let count = read(descriptor, chunk.baseAddress, chunk.count)
      if count > 0 { take(UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
      return count != 0
    }
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, 0) > 0
  }

  private static func drainErrors(_ state: inout State) {
    var new: [UInt8] = []
    state.isErrorOpen = drain(state.child.errors) { new.append(contentsOf: $0) }
    state.log += new
    state.fresh += new
    if state.log.count > 2 * keptLog { state.log.removeFirst(state.log.count - keptLog) }
    if state.fresh.count > 2 * keptLog { state.fresh.removeFirst(state.fresh.count - keptLog) }
  }

  private static func ended(_ state: inout State) -> ProcessFailure {
    if state.status == nil {
      var status: Int32 = 0
      if cs_wait(&state.child, 2000, &status) == 0 {
        cs_kill(&state.child)
        _ = cs_wait(&state.child, -1, &status)
      }
      state.status = Int(status)
    }
    // It has ended and its group with it, so this comes to an end.
    while state.isErrorOpen, isReadable(state.child.errors) { drainErrors(&state) }
    let lines = String(decoding: state.log.suffix(keptLog), as: UTF8.self).split(separator: "\n")
    return .ended(status: state.status ?? 0, log: lines.suffix(3).joined(separator: " | "))
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  private static func lookUp(_ name: String, _ path: String, _ folder: String) -> String? {
    if name.hasPrefix("/") { return name }
    if name.contains("/") { return "\(folder)/\(name)" }
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  private static func withStrings<Result>(
    _ strings: [String],
    _ use: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { buffer in
      // The list ends with nil and so is never empty.
      use(buffer.baseAddress.unsafelyUnwrapped)
    }
  }
}
