internal import ArgumentParser
internal import Inference
internal import JSON

/// `tribunal inspect architecture`
struct InspectArchitecture: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "architecture",
    abstract: "Print what a checkpoint is made of: the declared parts that the engine runs.",
    discussion: "Reads config.json and the headers of the weights, no weights."
  )

  @Argument(help: "Checkpoint folder.")
  var model: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    do {
      let facts = try LanguageCheckpoint.description(folder: model).facts
      if json {
        Console.output.line(facts.text(.pretty))
      } else {
        Console.output.text(ArchitectureText.lines(facts))
      }
    } catch { throw Exit.report(error) }
  }
}
