internal import ArgumentParser
internal import JudgeHost

/// `tribunal judges host-library`: what a library judge's child runs; people have no use for it.
struct JudgesHostLibrary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host-library",
    abstract: "Speak the protocol of process judges for a shared library.",
    shouldDisplay: false
  )

  @Argument(help: "The library.")
  var path: String

  func run() throws {
    do { try LibraryServer.serve(path: path) } catch { throw Exit.report(error) }
  }
}
