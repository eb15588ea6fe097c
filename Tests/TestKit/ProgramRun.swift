public import Foundation

/// One run of a built program: what it printed and how it ended.
public struct ProgramRun: Sendable {
  /// Standard output.
  public let output: String
  /// Standard error.
  public let errors: String
  /// Exit code; negative for a signal.
  public let code: Int32

  /// The built `tribunal`, beside the test bundle.
  public static var tribunal: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("tribunal")
  }

  /// Runs a program to its end without blocking a thread of the pool; output goes through files, so that no pipe fills.
  public static func running(_ arguments: [String], program: URL = tribunal) async throws -> ProgramRun {
    try await Folders.temporary { folder in
      let files = ["out", "err"].map { folder.appendingPathComponent($0) }
      for file in files { try Data().write(to: file) }
      let process = Process()
      process.executableURL = program
      process.arguments = arguments
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: files[0])
      process.standardError = try FileHandle(forWritingTo: files[1])
      let code = try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
        process.terminationHandler = {
          ended.resume(returning: $0.terminationReason == .exit ? $0.terminationStatus : -$0.terminationStatus)
        }
        do { try process.run() } catch {
          process.terminationHandler = nil
          ended.resume(throwing: error)
        }
      }
      return ProgramRun(
        output: try String(contentsOf: files[0], encoding: .utf8),
        errors: try String(contentsOf: files[1], encoding: .utf8),
        code: code
      )
    }
  }
}
