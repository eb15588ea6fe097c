internal import ArgumentParser

/// `tribunal import`
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring answers, verdicts and people's labels that were made elsewhere into a run.",
    discussion: """
      A file is read whole before anything is kept: every problem is told with its line and column, and then nothing is \
      imported. Importing the same file again changes nothing. docs/importing.md has the columns and label schemes.
      """,
    subcommands: [ImportResponses.self, ImportLabels.self, ImportAnnotations.self]
  )
}
