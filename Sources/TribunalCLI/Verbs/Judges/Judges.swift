internal import ArgumentParser

/// `tribunal judges`
struct Judges: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, check and try the judges of judges.json, and print its JSON Schema.",
    subcommands: [JudgesList.self, JudgesCheck.self, JudgesTry.self, JudgesSchema.self]
  )
}
