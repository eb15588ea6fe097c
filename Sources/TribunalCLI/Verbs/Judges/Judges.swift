internal import ArgumentParser

/// `tribunal judges`
struct Judges: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, check and try the judges of judges.json, print its JSON Schema, and write new judges.",
    subcommands: [
      JudgesList.self, JudgesCheck.self, JudgesTry.self, JudgesSchema.self, JudgesNew.self, JudgesHostLibrary.self,
    ]
  )
}
