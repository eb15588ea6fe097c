internal import ArgumentParser

/// `tribunal bench`
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measure speed: engine or statistics against a named peer in the same run, or what the host of judges costs.",
    subcommands: [BenchEngine.self, BenchJudgeHost.self, BenchAgree.self],
    defaultSubcommand: BenchEngine.self
  )
}
