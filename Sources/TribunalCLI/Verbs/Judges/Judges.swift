internal import ArgumentParser

/// `tribunal judges`
struct Judges: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List and check the judges of judges.json, print its JSON Schema, and write new judges.",
    subcommands: [JudgesList.self, JudgesCheck.self, JudgesSchema.self, JudgesNew.self, JudgesHostLibrary.self]
  )
}
