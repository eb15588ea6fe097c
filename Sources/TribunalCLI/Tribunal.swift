internal import ArgumentParser

/// `tribunal`: one file a verb, no logic here.
@main
struct Tribunal: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tribunal",
    abstract: "Puts refusal judges on trial: how far does a safety conclusion depend on who judges?",
    version: version,
    subcommands: [Inspect.self]
  )
}
