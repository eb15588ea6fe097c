internal import ArgumentParser
internal import JSON
internal import JudgeHost

/// `tribunal judges new`
struct JudgesNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a new judge with its test, in Python, C or Swift.",
    discussion: """
      The judge works as it is: it looks for a few apologies. It comes into a new folder of its name, or the one given; \
      what is there already is never touched. docs/writing-a-judge.md tells the rest.
      """
  )

  @Argument(help: "The judge's name: letters, digits, '-' and '_'.")
  var name: String

  @Option(
    help: "python, c or swift.",
    transform: { word in
      let known = JudgeScaffold.Language.allCases.map(\.rawValue)
      guard let language = JudgeScaffold.Language(rawValue: word) else {
        let hint = Spelling.hint(for: word, among: known)
        throw ValidationError("\"\(word)\" is not one of \(known.joined(separator: ", "))\(hint)")
      }
      return language
    }
  )
  var language: JudgeScaffold.Language

  @Option(help: "The new folder; without, the judge's name.")
  var folder: String?

  func run() throws {
    let folder = folder.map(JudgeScaffold.tidied) ?? name
    do {
      let scaffold = try JudgeScaffold(name: name, language: language)
      try scaffold.write(to: folder)
      Console.output.line(
        """
        \(folder): \(scaffold.files.map(\.path).joined(separator: ", "))
        Test it:        (cd \(folder) && \(scaffold.testCommand))
        Declare it:     put this among the judges of judges.json (paths are relative to that file)
                        \(scaffold.entry(folder: folder).text())
        Try it:         tribunal judges check --judge \(name)
        """.terminalSafe()
      )
    } catch { throw Exit.report(error) }
  }
}
