internal import ArgumentParser
internal import JSON
internal import JudgeHost
internal import Study

/// `tribunal judges schema`
struct JudgesSchema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of judges.json, made from the tables that read it."
  )

  func run() { Console.output.line(PanelFile.schema(StandardJudges.registry).text(.pretty)) }
}
