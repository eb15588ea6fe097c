internal import CSpawn

/// What a child may use.
public struct ProcessLimits: Sendable, Equatable {
  /// Address space of each process in megabytes; nil for as much as this process may have.
  public var memoryMegabytes: Int?
  /// Processor seconds of each process over its whole life.
  public var cpuSeconds: Int
  /// Open files of each process.
  public var openFiles: Int
  /// Largest file it may write, in megabytes.
  public var fileMegabytes: Int
  /// Most processes of the child and all it starts, itself counted.
  ///
  /// They are counted while an answer is awaited: the kernel's own limit counts everything that the user runs, and does not
  /// bind root.
  public var processes: Int
  /// Whether it may use the network; without, not even the loopback device is up.
  public var network: Bool

  /// The standard limits.
  public init(
    memoryMegabytes: Int? = 2048,
    cpuSeconds: Int = 3600,
    openFiles: Int = 256,
    fileMegabytes: Int = 64,
    processes: Int = 64,
    network: Bool = true
  ) {
    self.memoryMegabytes = memoryMegabytes
    self.cpuSeconds = cpuSeconds
    self.openFiles = openFiles
    self.fileMegabytes = fileMegabytes
    self.processes = processes
    self.network = network
  }

  /// The same for a child that is this program once more: built with a sanitizer, it does not start under a limit of memory.
  public var ofOwnProgram: ProcessLimits {
    var limits = self
    if cs_is_sanitized() == 1 { limits.memoryMegabytes = nil }
    return limits
  }
}

/// How a child failed.
public enum ProcessFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// It could not be started.
  case cannotStart(command: String, reason: String)
  /// The kernel grants no child without network.
  case cannotIsolate(reason: String)
  /// It ended: exit code, or the negated signal.
  case ended(status: Int, log: String)
  /// It closed its output.
  case closedOutput(log: String)
  /// It closed its input and left there what it was sent.
  case closedInput(log: String)
  /// It said nothing in time.
  case timeout
  /// It wrote a longer line than allowed.
  case lineTooLong(limit: Int)
  /// It started more processes than allowed.
  case tooManyProcesses(limit: Int)
  /// The host no longer waits.
  case interrupted

  /// One line, with the end of what it wrote on stderr.
  public var description: String {
    switch self {
    case .cannotStart(let command, let reason): "\(command): cannot be started: \(reason)"
    case .cannotIsolate(let reason):
      "it cannot be kept from the network: the kernel does not allow it (\(reason)); "
        + "leave \"network\" out of its limits to run it with the network"
    case .ended(let status, let log):
      (status < 0 ? "it was ended by signal \(-status)" : "it ended with exit code \(status)") + Self.lastWords(log)
    case .closedOutput(let log): "it closed its output" + Self.lastWords(log)
    case .closedInput(let log): "it closed its input before it had read everything" + Self.lastWords(log)
    case .timeout: "it said nothing in time"
    case .lineTooLong(let limit): "it wrote a line of more than \(limit) bytes"
    case .tooManyProcesses(let limit): "it started more than \(limit) processes"
    case .interrupted: "it was no longer waited for"
    }
  }

  private static func lastWords(_ log: String) -> String { log.isEmpty ? "" : "; it last said: \(log)" }
}
