internal import ArgumentParser
internal import JSON
internal import Study

/// `tribunal agree`
struct Agree: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Agreement of the judges of a run, their fidelity to reference labels, and original against edited."
  )

  @Argument(help: "A run: its folder or its run.sqlite.")
  var source: String

  @Flag(help: "Print everything as JSON.")
  var json = false

  func run() throws {
    do {
      let analysis = StudyAnalysis(try RunStore.reading(source).results())
      if json {
        Console.output.line(analysis.json.text(.pretty))
      } else {
        let width = Console.output.isTerminal ? min(Console.output.width, 100) : 80
        for text in analysis.summaryLines(width: width) { Console.output.line(text.terminalSafe()) }
      }
    } catch { throw Exit.report(error) }
  }
}
