internal import ArgumentParser

/// The exit codes of every verb.
enum Exit {
  /// A check found something.
  static let finding = ExitCode(1)
  /// The input is bad.
  static let badInput = ExitCode(2)
  /// Something outside (a network, a service) is not there.
  static let unavailable = ExitCode(3)
  /// Stopped by Ctrl-C.
  static let interrupted = ExitCode(130)

  /// Prints an error on stderr and gives the exit to throw.
  static func report(_ error: any Error, code: ExitCode = badInput) -> ExitCode { report("\(error)", code: code) }

  /// Prints what went wrong on stderr and gives the exit to throw.
  static func report(_ problem: String, code: ExitCode) -> ExitCode {
    for line in problem.split(separator: "\n", omittingEmptySubsequences: false) {
      Console.errors.line("error: " + String(line).terminalSafe())
    }
    return code
  }
}
