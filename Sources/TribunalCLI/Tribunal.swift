internal import ArgumentParser

/// `tribunal`: one file a verb, no logic here.
@main
struct Main {
  /// As ArgumentParser's own, but a wrong command line exits 2 like any bad input.
  static func main() async {
    do {
      var command = try Tribunal.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      let code = Tribunal.exitCode(for: error)
      guard code == .validationFailure else { Tribunal.exit(withError: error) }
      Console.errors.line(Tribunal.fullMessage(for: error))
      Tribunal.exit(withError: Exit.badInput)
    }
  }
}

/// The command: verbs and nothing else.
struct Tribunal: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tribunal",
    abstract: "Puts refusal judges on trial: how far does a safety conclusion depend on who judges?",
    version: version,
    subcommands: [
      Demo.self, Run.self, JudgeVerb.self, Agree.self, ReportVerb.self, Judges.self, Import.self, Abliterate.self,
      StudyVerb.self, PromptsVerb.self, Replicate.self,
      Inspect.self,
      Pull.self,
      Bench.self,
    ]
  )
}
