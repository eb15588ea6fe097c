internal import ArgumentParser
internal import JSON
internal import Prompts

/// `tribunal prompts import`
struct PromptsImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read prompts from text, JSON, JSON lines, CSV or Parquet, and write them as JSON lines or text."
  )

  @Argument(help: "The files.")
  var files: [String]

  @OptionGroup var reading: PromptOptions
  @OptionGroup var output: PromptOutput

  func run() throws {
    do {
      let found = try files.map { try PromptFile(path: $0, options: reading.options()) }
      try output.finish(
        found.flatMap(\.rows),
        [
          "files": .integer(Int64(files.count)),
          "droppedDuplicates": .integer(Int64(found.reduce(0) { $0 + $1.dropped.duplicates })),
          "droppedEmpty": .integer(Int64(found.reduce(0) { $0 + $1.dropped.empty })),
        ]
      )
    } catch { throw Exit.report(error) }
  }
}
