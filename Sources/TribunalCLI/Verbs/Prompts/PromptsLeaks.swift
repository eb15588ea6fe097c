internal import ArgumentParser
internal import JSON
internal import Prompts

/// `tribunal prompts leaks`
struct PromptsLeaks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leaks",
    abstract: "Find evaluation prompts that also serve a direction, as they are or nearly so.",
    discussion: """
      Texts are compared after NFKC, case and white space. One file that a split made may serve as both: its rows with \
      "split" direction and evaluation are taken. Exit code 1: there is one.
      """
  )

  @Option(help: "Files of direction prompts.")
  var direction: [String] = []

  @Option(help: "Files of evaluation prompts.")
  var evaluation: [String] = []

  @Argument(help: "A file that holds both, instead.")
  var file: String?

  @Option(help: "The split of such a file that directions are read from.")
  var directionSplit = PromptPart.direction.rawValue

  @Option(help: "The split of such a file that systems are evaluated by.")
  var evaluationSplit = PromptPart.evaluation.rawValue

  @Flag(help: "Print everything as JSON.")
  var json = false

  @OptionGroup var near: NearOptions
  @OptionGroup var reading: PromptOptions

  func validate() throws {
    if file == nil ? direction.isEmpty || evaluation.isEmpty : !direction.isEmpty || !evaluation.isEmpty {
      throw ValidationError("expected --direction FILE and --evaluation FILE, or one file with both splits")
    }
  }

  func run() throws {
    let check: LeakCheck
    do {
      if let file {
        func part(_ name: String) throws -> [PromptRow] {
          var options = reading.options()
          options.split = name
          return try PromptFile(path: file, options: options).rows
        }
        check = LeakCheck(direction: try part(directionSplit), evaluation: try part(evaluationSplit), rule: near.rule)
      } else {
        check = LeakCheck(
          direction: try reading.read(direction),
          evaluation: try reading.read(evaluation),
          rule: near.rule
        )
      }
    } catch { throw Exit.report(error) }
    if json {
      Console.output.line(check.json.text(.pretty))
    } else {
      for leak in check.leaks { Console.output.line("\(leak.evaluation.place): \(leak.problem)".terminalSafe()) }
      Console.output.line("\(check.summary)\n\(check.ruleText)")
    }
    if !check.isClean { throw Exit.finding }
  }
}
