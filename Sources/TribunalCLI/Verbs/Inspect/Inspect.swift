internal import ArgumentParser

/// `tribunal inspect`
struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the parts do: tokens, chat templates, forward passes.",
    subcommands: [InspectTokens.self, InspectTemplate.self, InspectForward.self]
  )
}
