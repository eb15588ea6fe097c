internal import ArgumentParser

/// `tribunal bench`
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed: the engine against a named peer in the same run, or what the host of judges costs.",
    subcommands: [BenchEngine.self, BenchJudgeHost.self],
    defaultSubcommand: BenchEngine.self
  )
}
