internal import ArgumentParser
internal import LabelTables
internal import Prompts
internal import Study

/// `tribunal import responses`
struct ImportResponses: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "responses",
    abstract: "Bring answers made elsewhere into a run, new or existing, to be judged like ours.",
    discussion: "Fields:\n" + ImportHelp.fields(ResponseImport.fields)
  )

  @OptionGroup var options: ImportOptions

  @Option(help: "The kind of prompts whose row does not say it: harmful or harmless.")
  var kind: PromptKind?

  @Option(help: "The study's name, where the run is new.")
  var name: String?

  func run() async throws {
    let request: ImportRequest
    do { request = try options.request(ResponseImport.fields) } catch { throw Exit.report(error) }
    let work = ResponseImport(request, kind: kind, name: name)
    try await options.show { try work.perform() }
  }
}

/// Parts of help pages that follow from what the program knows.
enum ImportHelp {
  static func fields(_ fields: [ImportField]) -> String {
    let width = (fields.map(\.name.count).max() ?? 0) + 2
    return fields.map { field in
      "  " + field.name + String(repeating: " ", count: width - field.name.count) + field.help
    }.joined(separator: "\n")
  }

  static func schemes(_ schemes: [LabelScheme]) -> String {
    schemes.map { scheme in
      let words = scheme.words.map { "\($0.word.isEmpty ? "(empty)" : $0.word) = \($0.meaning.rawValue)" }
      return "  \(scheme.name) (\(scheme.construct.rawValue); column \(scheme.column)): \(scheme.summary)\n"
        + "    \(words.joined(separator: ", "))"
    }.joined(separator: "\n")
  }
}
