internal import ArgumentParser
internal import JSON
internal import Prompts

/// `tribunal prompts filter`
struct PromptsFilter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Keep prompts by the scripts they are written in.",
    discussion: """
      Scripts are those of Unicode (han, hiragana, latin …; cjk stands for five of them), declared and not guessed: the \
      same prompts always stay.
      """
  )

  @Argument(help: "The files.")
  var files: [String]

  @Option(help: "Leave out prompts with a character of one of these scripts: han,hiragana,katakana,hangul or cjk.")
  var dropScripts: String?

  @Option(help: "Leave out prompts with a letter of any other script than these: latin.")
  var keepScripts: String?

  @OptionGroup var reading: PromptOptions
  @OptionGroup var output: PromptOutput

  func validate() throws {
    if dropScripts == nil, keepScripts == nil {
      throw ValidationError("nothing to filter by; say --drop-scripts or --keep-scripts")
    }
  }

  func run() throws {
    do {
      let filter = ScriptFilter(
        drop: try dropScripts.map { try ScriptSet($0) } ?? ScriptSet([]),
        keep: try keepScripts.map { try ScriptSet($0) }
      )
      let outcome = filter.apply(try reading.read(files))
      try output.finish(
        outcome.kept,
        [
          "dropped": .integer(Int64(outcome.dropped.count)),
          "droppedByScript": .object(JSONObject(outcome.byScript.map { ($0.name, .integer(Int64($0.prompts))) })),
        ]
      )
    } catch { throw Exit.report(error) }
  }
}
