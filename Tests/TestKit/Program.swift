internal import Foundation
internal import Locking

/// Runs the built `tribunal`.
public struct Program {
  /// How a run ended.
  public struct Outcome: Sendable {
    /// Exit code, or the negated signal.
    public let status: Int
    /// What it printed on stdout.
    public let output: String
    /// What it printed on stderr.
    public let errors: String
  }

  /// Children that run at once. Swift Testing starts all tests together: hundreds of children would only push each other off
  /// the cores, and with some 1,400 open descriptors Foundation's `Process`, which lists them before it starts a child, reads
  /// past the end of its buffer.
  private static let turns: OperationQueue = {
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 8
    return queue
  }()

  /// Runs it to its end.
  /// - Parameters:
  ///   - input: its stdin.
  ///   - killAtErrorLine: ends it with SIGKILL as soon as it has printed so many lines on stderr.
  ///   - cache: folder of its verdict cache; a fresh one if nil.
  ///   - launcher: a command that gets the program and its arguments and becomes it.
  public static func run(
    _ arguments: [String],
    input: String = "",
    killAtErrorLine: Int? = nil,
    cache: String? = nil,
    launcher: [String] = []
  ) async throws -> Outcome {
    try await withCheckedThrowingContinuation { continuation in
      // Waiting for a child blocks: not on a thread of the shared pool.
      turns.addOperation {
        continuation.resume(with: Result { try runBlocking(arguments, input, killAtErrorLine, cache, launcher) })
      }
    }
  }

  /// Runs it with a stdout that is a pipe which does not block, and reads nothing before the pipe is full or the program
  /// has ended.
  /// - Returns: its exit code and how many lines came out.
  public static func runIntoFullPipe(_ arguments: [String]) async throws -> (status: Int, lines: Int) {
    let pipe = Pipe()
    let end = pipe.fileHandleForWriting.fileDescriptor
    guard fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) == 0 else { throw POSIXError(.EBADF) }
    return try await withCheckedThrowingContinuation { continuation in
      turns.addOperation {
        continuation.resume(
          with: Result {
            let process = try started(arguments, output: pipe.fileHandleForWriting)
            try pipe.fileHandleForWriting.close()
            var waiting: Int32 = 0
            while process.isRunning, waiting < 60_000 {
              _ = ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &waiting)
              sched_yield()
            }
            let lines = pipe.fileHandleForReading.readDataToEndOfFile().count { $0 == 0x0A }
            process.waitUntilExit()
            return (Int(process.terminationStatus), lines)
          }
        )
      }
    }
  }

  /// Runs it with its stdout in a file that is there already.
  /// - Returns: its exit code.
  public static func run(_ arguments: [String], output path: String) async throws -> Int {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result {
            guard let file = FileHandle(forWritingAtPath: path) else { throw POSIXError(.ENOENT) }
            let process = try started(arguments, output: file)
            process.waitUntilExit()
            return Int(process.terminationStatus)
          }
        )
      }
    }
  }

  private static func started(_ arguments: [String], output: FileHandle) throws -> Process {
    let process = Process()
    process.executableURL = try executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static func runBlocking(
    _ arguments: [String],
    _ input: String,
    _ killAtErrorLine: Int?,
    _ cache: String?,
    _ launcher: [String]
  ) throws -> Outcome {
    let process = Process()
    let program = try executable
    process.executableURL = launcher.isEmpty ? program : URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = launcher.isEmpty ? arguments : launcher + [program.path] + arguments
    process.currentDirectoryURL = Folders.root
    var environment = ProcessInfo.processInfo.environment
    environment["NO_COLOR"] = "1"
    // Verdicts of other tests, or of the person who runs them, are none of this run's.
    let ownCache = FileManager.default.temporaryDirectory.appendingPathComponent("tribunal-cache-\(UUID().uuidString)")
      .path
    environment["TRIBUNAL_CACHE"] = cache ?? ownCache
    defer { try? FileManager.default.removeItem(atPath: ownCache) }
    process.environment = environment
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
    try process.run()
    let output = Locked(Data())
    let reading = DispatchGroup()
    DispatchQueue.global().async(group: reading) {
      let data = stdout.fileHandleForReading.readDataToEndOfFile()
      output.withLock { $0 = data }
    }
    DispatchQueue.global().async(group: reading) {
      try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try? stdin.fileHandleForWriting.close()
    }
    var errors = Data()
    while true {
      let chunk = stderr.fileHandleForReading.availableData
      if chunk.isEmpty { break }
      errors.append(chunk)
      if let killAtErrorLine, errors.count(where: { $0 == 0x0A }) >= killAtErrorLine {
        kill(process.processIdentifier, SIGKILL)
      }
    }
    process.waitUntilExit()
    reading.wait()
    let status = Int(process.terminationStatus)
    return Outcome(
      status: process.terminationReason == .uncaughtSignal ? -status : status,
      output: output.withLock { String(decoding: $0, as: UTF8.self) },
      errors: String(decoding: errors, as: UTF8.self)
    )
  }

  /// Beside the test program.
  private static var executable: URL {
    get throws {
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("tribunal")
    }
  }
}
