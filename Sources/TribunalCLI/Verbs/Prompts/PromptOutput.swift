internal import ArgumentParser
internal import JSON
internal import Prompts

/// Where prompts go.
struct PromptOutput: ParsableArguments {
  @Option(help: "Write the prompts to this file, .jsonl or .txt; without, they are only counted.")
  var output: String?

  @Flag(help: "Print the counts as JSON.")
  var json = false

  /// Writes the prompts whole or not at all, and says what was done.
  func finish(_ rows: [PromptRow], _ facts: JSONObject) throws {
    if let output { try PromptWriter.write(rows, to: output) }
    var facts = facts
    facts["prompts"] = .integer(Int64(rows.count))
    facts["output"] = output.map { .string($0) } ?? .null
    Self.show(facts, json: json)
  }

  /// Facts as JSON, or one a line.
  static func show(_ facts: JSONObject, json: Bool) {
    if json { return Console.output.line(JSONValue.object(facts).text(.pretty)) }
    for (key, value) in facts.members where !value.isNull {
      Console.output.line("\(key)  \(value.string ?? value.text())".terminalSafe(keepingLines: false))
    }
  }
}
