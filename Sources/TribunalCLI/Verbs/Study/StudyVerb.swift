internal import ArgumentParser
internal import Inference
internal import JSON
internal import Prompts
internal import Study

/// `tribunal study`
struct StudyVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Check a study without running it.",
    subcommands: [StudyCheck.self, StudySchemaVerb.self]
  )
}

/// `tribunal study check`
struct StudyCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read a study with its prompts, checkpoints and panel; every problem is told with its place."
  )

  @Argument(help: "The study (study.json).")
  var study: String

  @Flag(help: "Print what the study amounts to as JSON.")
  var json = false

  @Option(help: "Prompts that stand twice: error, drop or keep.")
  var duplicates: PromptPolicy?

  @Option(help: "Empty prompts: error, drop or keep.")
  var empty: PromptPolicy?

  @Flag(help: "Let evaluation prompts stand that also serve the direction.")
  var allowLeak = false

  func run() throws {
    do {
      let overrides = StudyOverrides(duplicates: duplicates, empty: empty, allowsLeak: allowLeak)
      let plan = try StudyPlan.read(file: study, registry: StandardJudges.registry, overrides: overrides)
      let outline = plan.outline
      if json {
        Console.output.line(outline.text(.pretty))
      } else {
        for (key, value) in outline.object?.members ?? [] {
          if key == "discrepancies" {
            for line in value.array ?? [] { Console.output.line("- \(line.string ?? "")".terminalSafe()) }
          } else {
            Console.output.line("\(key): \(value.string ?? value.text())".terminalSafe())
          }
        }
      }
    } catch { throw Exit.report(error) }
  }
}

/// `tribunal study schema`
struct StudySchemaVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of study.json."
  )

  func run() { Console.output.line(StudySchema.json.text(.pretty)) }
}
