internal import ArgumentParser

/// `tribunal prompts`
struct PromptsVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompts",
    abstract: "Import, filter and split prompts; look for leaks and for what sets their classes apart.",
    discussion: "docs/prompts.md tells the formats, the rules and the numbers.",
    subcommands: [PromptsImport.self, PromptsFilter.self, PromptsSplit.self, PromptsLeaks.self, PromptsBalance.self]
  )
}
