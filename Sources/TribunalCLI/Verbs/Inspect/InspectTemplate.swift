internal import ArgumentParser
internal import ChatTemplates
internal import JSON

/// `tribunal inspect template`
struct InspectTemplate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Render conversations with a chat template, as JSON lines from stdin to stdout.",
    discussion: """
      In: {"messages": […], "add_generation_prompt": true, "vars": {…}, "now": "2025-03-05T09:07:08"}.
      Out: {"text": "…"} or {"error": {"type": "…", "message": "…", "line": 3}}.
      """
  )

  @Option(help: modelHelp, transform: { try checkpointFolder($0) })
  var model: String?

  @Option(help: "A template file instead of a checkpoint's.")
  var template: String?

  func run() throws {
    let source: (template: ChatTemplate, variables: JSONObject)
    do {
      switch (model, template) {
      case (let folder?, nil): source = try CheckpointTemplate.read(folder: folder)
      case (nil, let file?): source = (try CheckpointTemplate.parse(file: file), [:])
      default: throw ValidationError("give either --model DIR or --template FILE.jinja")
      }
    } catch let error as ValidationError { throw error } catch { throw Exit.report(error) }
    LineService.run { request in
      guard let messages = request["messages"], messages.array != nil else {
        throw LineService.Refusal(answer: Self.error("RequestError", "expected an object with a list \"messages\"", 0))
      }
      guard let clock = TemplateClock(request["now"]?.string ?? "2025-01-01T00:00:00") else {
        throw LineService.Refusal(answer: Self.error("RequestError", "\"now\" must look like 2025-03-05T09:07:08", 0))
      }
      var variables = source.variables
      for (name, value) in request["vars"]?.object?.members ?? [] { variables[name] = value }
      do {
        let text = try source.template.render(
          messages: messages,
          addGenerationPrompt: request["add_generation_prompt"]?.bool ?? false,
          variables: variables,
          clock: clock
        )
        return ["text": .string(text)]
      } catch let error as TemplateError {
        throw LineService.Refusal(answer: Self.error(error.kind.rawValue, error.message, error.line))
      }
    }
  }

  private static func error(_ type: String, _ message: String, _ line: Int) -> JSONValue {
    ["error": ["type": .string(type), "message": .string(message), "line": .integer(Int64(line))]]
  }
}
