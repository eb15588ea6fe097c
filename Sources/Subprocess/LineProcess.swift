internal import CSpawn
internal import Glibc
internal import Locking

/// A long-lived child that speaks in lines: requests on its stdin, answers on its stdout, a log on its stderr.
///
/// Its methods block; call them from a thread that may wait. The child and all that comes from it are killed with the
/// object.
public final class LineProcess: Sendable {
  /// Longest line that is read.
  public static let maximumLine = 1 << 20
  private static let keptLog = 8192

  /// What a line is to whoever waits for it.
  public enum Reception: Sendable {
    /// An answer: the time begins anew.
    case counts
    /// Nothing that was awaited: the time goes on.
    case ignored
    /// All is there.
    case complete
  }

  private struct State {
    var child: cs_child
    let family: ProcessFamily
    let processes: Int
    let interrupt: Interrupt?
    var lines = LineBuffer(limit: maximumLine)
    var log: [UInt8] = []
    var fresh: [UInt8] = []
    var status: Int?
    var isOutputOpen = true
    var isErrorOpen = true
    var nextCount = 0
  }

  private let state: Locked<State>
  // It is removed after the child has ended, which `deinit` sees to.
  private let scratch: ScratchFolder?

  /// Starts a command; its name is looked up on `PATH` of the given environment, unless it holds a slash.
  /// - Parameters:
  ///   - environment: the child's whole environment; nothing else is inherited.
  ///   - folder: its working folder, unless it has a scratch folder.
  ///   - scratch: a folder of its own that goes with it.
  ///   - interrupt: ends its waits from elsewhere.
  ///   - endsWithThread: whether the kernel kills it when the calling thread ends, as with `kill -9` of the program.
  public init(
    command: [String],
    environment: [String: String],
    folder: String,
    limits: ProcessLimits,
    scratch: ScratchFolder? = nil,
    interrupt: Interrupt? = nil,
    endsWithThread: Bool = false
  ) throws(ProcessFailure) {
    self.scratch = scratch
    // The child stands there before its program is looked for: a path from here would lead nowhere.
    let folder = ScratchFolder.absolute(scratch?.path ?? folder)
    guard let name = command.first, !name.isEmpty else {
      throw .cannotStart(command: "(empty)", reason: "there is no command")
    }
    guard let path = Self.lookUp(name, environment["PATH"] ?? "/usr/bin:/bin", folder) else {
      throw .cannotStart(command: name, reason: "not found")
    }
    var child = cs_child()
    var bounds = cs_limits(
      memory_bytes: limits.memoryMegabytes.map { UInt64($0) << 20 } ?? .max,
      cpu_seconds: UInt64(limits.cpuSeconds),
      file_bytes: UInt64(limits.fileMegabytes) << 20,
      open_files: UInt64(limits.openFiles),
      no_network: limits.network ? 0 : 1,
      dies_with_thread: endsWithThread ? 1 : 0
    )
    let mark = ProcessFamily.newMark()
    let variables = environment.merging([ProcessFamily.markName: mark]) { $1 }
      .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let reason = Self.withStrings(command) { arguments in
      Self.withStrings(variables) { environment in cs_spawn(path, arguments, environment, folder, &bounds, &child) }
    }
    guard reason == 0 else {
      let isLimit = reason == ENOSPC || reason == EUSERS
      let reason = String(cString: strerror(reason))
      if child.stage == Int32(CS_STAGE_NETWORK.rawValue) {
        throw .cannotIsolate(
          reason: isLimit ? "user.max_user_namespaces or user.max_net_namespaces is reached" : reason
        )
      }
      let folder = child.stage == Int32(CS_STAGE_FOLDER.rawValue) ? "its folder \(folder): " : ""
      throw .cannotStart(command: name, reason: folder + reason)
    }
    // A child that has ended must not end the host with a signal.
    signal(SIGPIPE, SIG_IGN)
    for descriptor in [child.input, child.output, child.errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    let family = ProcessFamily(leader: child.pid, mark: mark)
    interrupt?.watch(family)
    state = Locked(State(child: child, family: family, processes: limits.processes, interrupt: interrupt))
  }

  deinit {
    state.withLock { state in
      Self.end(&state)
      for descriptor in [state.child.input, state.child.output, state.child.errors] where descriptor >= 0 {
        close(descriptor)
      }
    }
  }

  /// What the child wrote on stderr, the last of it.
  public var log: String { state.withLock { String(decoding: $0.log, as: UTF8.self) } }

  /// The lines that the child wrote on stderr since the last call, the last of them if they are many.
  public func takeLog() -> [String] {
    state.withLock { state in
      Self.drainErrorsSoFar(&state)
      defer { state.fresh = [] }
      return String(decoding: state.fresh.suffix(Self.keptLog), as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  /// Ends the child's input.
  public func closeInput() {
    state.withLock { state in
      if state.child.input >= 0 { close(state.child.input) }
      state.child.input = -1
    }
  }

  /// Sends lines and collects answers until `receive` says that all is there.
  /// - Parameters:
  ///   - milliseconds: time without an answer that counts after which the child is taken to hang.
  ///   - receive: gets each line and says what it is.
  public func exchange(
    _ lines: [String],
    milliseconds: Int,
    receive: (ProcessLine) -> Reception
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
    _ receive: (ProcessLine) -> Reception
  ) throws(ProcessFailure) {
    var sent = 0
    var deadline = now() + milliseconds
    while true {
      while let line = try state.lines.next() {
        switch receive(line) {
        case .counts: deadline = now() + milliseconds
        case .ignored: if now() >= deadline { throw .timeout }
        case .complete: return
        }
      }
      if !state.isOutputOpen { throw ended(&state) }
      let left = deadline - now()
      if left <= 0 { throw .timeout }
      try count(&state)
      var polled = [
        pollfd(fd: state.child.output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: state.isErrorOpen ? state.child.errors : -1, events: Int16(POLLIN), revents: 0),
        // With all sent it only tells that nobody reads any more.
        pollfd(
          fd: state.status == nil ? state.child.input : -1,
          events: sent < outgoing.count ? Int16(POLLOUT) : 0,
          revents: 0
        ),
        pollfd(fd: state.status == nil ? state.child.pidfd : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: state.interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&polled, 5, Int32(min(left, 250))) < 0, errno != EINTR { throw ended(&state) }
      if polled[4].revents != 0 { throw .interrupted }
      // A child that has ended may have left others that hold its output open; they go, and the output ends.
      if polled[3].revents != 0 { end(&state) }
      if polled[1].revents != 0 { drainErrors(&state) }
      if polled[0].revents != 0 {
        state.isOutputOpen = drain(state.child.output) { state.lines.append($0) }
        continue
      }
      if polled[2].revents & Int16(POLLERR) != 0 {
        // What it said before it closed its input is taken first.
        if isReadable(state.child.output) { continue }
        var unread: Int32 = 0
        _ = ioctl(state.child.input, UInt(FIONREAD), &unread)
        if sent < outgoing.count || unread > 0 { throw closedInput(&state) }
        // It has read everything and wants no more: only its answers, its end or the time are left.
        _ = poll(&polled, 2, Int32(min(left, 50)))
      } else if polled[2].revents & Int16(POLLOUT) != 0, sent < outgoing.count {
        let count = outgoing.withUnsafeBytes { bytes in
          write(state.child.input, bytes.baseAddress.map { $0 + sent }, min(outgoing.count - sent, 1 << 16))
        }
        if count > 0 { sent += count }
      }
    }
  }

  /// Counts the child's processes now and then: so rarely that it takes a fiftieth of a core at most.
  private static func count(_ state: inout State) throws(ProcessFailure) {
    guard now() >= state.nextCount, state.status == nil else { return }
    let before = threadMicroseconds()
    if state.nextCount > 0, state.family.members().count > state.processes {
      throw .tooManyProcesses(limit: state.processes)
    }
    state.nextCount = now() + max(200, (threadMicroseconds() - before) / 20)
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

  /// Reads what stands in the log now, and no more: whoever writes faster than it is read must not hold the host.
  private static func drainErrorsSoFar(_ state: inout State) {
    var left: Int32 = 0
    _ = ioctl(state.child.errors, UInt(FIONREAD), &left)
    repeat { left -= Int32(drainErrors(&state)) } while left > 0 && state.isErrorOpen && isReadable(state.child.errors)
  }

  /// Reads a piece of the log; gives its length.
  @discardableResult
  private static func drainErrors(_ state: inout State) -> Int {
    var new: [UInt8] = []
    state.isErrorOpen = drain(state.child.errors) { new.append(contentsOf: $0) }
    state.log += new
    state.fresh += new
    if state.log.count > 2 * keptLog { state.log.removeFirst(state.log.count - keptLog) }
    if state.fresh.count > 2 * keptLog { state.fresh.removeFirst(state.fresh.count - keptLog) }
    return new.count
  }

  /// Ends the child with all that comes from it, and takes how it ended.
  private static func end(_ state: inout State) {
    guard state.status == nil else { return }
    cs_kill(&state.child)
    _ = cs_ended(&state.child, -1)
    state.family.kill()
    state.interrupt?.watch(nil)
    state.status = Int(cs_reap(&state.child))
  }

  private static func ended(_ state: inout State) -> ProcessFailure {
    // A child that closes its output is about to end as a rule.
    let hasEnded = state.status != nil || cs_ended(&state.child, 2000) != 0
    end(&state)
    let log = lastWords(&state)
    return hasEnded ? .ended(status: state.status ?? 0, log: log) : .closedOutput(log: log)
  }

  private static func closedInput(_ state: inout State) -> ProcessFailure {
    if cs_ended(&state.child, 1000) != 0 { return ended(&state) }
    end(&state)
    return .closedInput(log: lastWords(&state))
  }

  private static func lastWords(_ state: inout State) -> String {
    drainErrorsSoFar(&state)
    let lines = String(decoding: state.log.suffix(keptLog), as: UTF8.self).split(separator: "\n")
    return lines.suffix(3).joined(separator: " | ")
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  /// Processor time of this thread.
  private static func threadMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }

  private static func lookUp(_ name: String, _ path: String, _ folder: String) -> String? {
    if name.hasPrefix("/") { return name }
    if name.contains("/") { return "\(folder)/\(name)" }
    return path.split(separator: ":").map { $0.hasPrefix("/") ? "\($0)/\(name)" : "\(folder)/\($0)/\(name)" }
      .first { access($0, X_OK) == 0 }
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
