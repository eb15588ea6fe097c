internal import ArgumentParser
internal import JSON
internal import Prompts

/// `tribunal prompts balance`
struct PromptsBalance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "Show how harmful and harmless prompts differ in script, length and form.",
    discussion: """
      A direction read from classes that differ so is in part a direction of script, length or form. Exit code 1: a \
      difference is above its threshold.
      """
  )

  @Argument(help: "Files whose rows say their kind.")
  var files: [String] = []

  @Option(help: "Files of harmful prompts, instead.")
  var harmful: [String] = []

  @Option(help: "Files of harmless prompts.")
  var harmless: [String] = []

  @Flag(help: "Print everything as JSON.")
  var json = false

  @OptionGroup var reading: PromptOptions

  func validate() throws {
    if files.isEmpty ? harmful.isEmpty || harmless.isEmpty : !harmful.isEmpty || !harmless.isEmpty {
      throw ValidationError("expected files whose rows say their kind, or --harmful FILE and --harmless FILE")
    }
  }

  func run() throws {
    let report: BalanceReport
    do {
      let rows =
        try reading.read(files) + reading.read(harmful, kind: .harmful) + reading.read(harmless, kind: .harmless)
      report = try BalanceReport(kindsOf: rows)
    } catch { throw Exit.report(error) }
    if json {
      Console.output.line(report.json.text(.pretty))
    } else {
      Console.output.write(
        TextTable.lines(report.table, titles: ["measure", "harmful", "harmless", "difference", "at most", ""])
      )
    }
    if !report.unbalanced.isEmpty { throw Exit.finding }
  }
}
