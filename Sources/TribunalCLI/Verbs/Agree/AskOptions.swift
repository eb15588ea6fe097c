internal import ArgumentParser
internal import JSON
internal import StatisticCatalog

/// Single statistics of datasets, asked for by name.
struct AskOptions: ParsableArguments {
  @Option(help: "Folder of dataset files (*.json).")
  var datasets: String?

  @Option(help: "File of questions: {\"cases\": [{\"id\", \"dataset\", \"stat\", \"args\"}]}.")
  var ask: String?

  func validate() throws {
    if (datasets == nil) != (ask == nil) { throw ValidationError("--datasets and --ask go together.") }
  }

  /// Answers every question in one line of JSON on stdout; those that cannot be asked are errors after it.
  func run() throws {
    guard let datasets, let ask else { return }
    let (answers, problems) = try Questionnaire(file: ask, datasets: datasets).answers()
    Console.output.line(answers.text())
    if !problems.isEmpty { throw JSONErrors(problems) }
  }
}
