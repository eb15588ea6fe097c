internal import ArgumentParser

/// `tribunal inspect`
struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the parts are and do: architectures, tokens, chat templates, forward passes, rounded weights.",
    subcommands: [
      InspectArchitecture.self, InspectTokens.self, InspectTemplate.self, InspectForward.self, InspectDamage.self,
    ]
  )
}
