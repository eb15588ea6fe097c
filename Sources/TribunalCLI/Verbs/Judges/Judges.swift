internal import ArgumentParser

/// `tribunal judges`
struct Judges: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List and check the judges of judges.json, and print its JSON Schema.",
    subcommands: [JudgesList.self, JudgesCheck.self, JudgesSchema.self]
  )
}
