internal import ArgumentParser
internal import JSON
internal import Report
internal import Study

/// `tribunal report`
struct ReportVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a run: one self-contained HTML file."
  )

  @Argument(help: "A run: its folder or its run.sqlite.")
  var source: String

  @Option(help: "The file to write; the standard is report.html beside the run file.")
  var output: String?

  func run() throws {
    do {
      let store = try RunStore.reading(source)
      let results = try store.results()
      let target =
        output ?? store.file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        + "/report.html"
      try FileBytes.write(Array(HTMLReport.page(results, StudyAnalysis(results)).utf8), to: target)
      Console.output.line(target.terminalSafe())
    } catch { throw Exit.report(error) }
  }
}
