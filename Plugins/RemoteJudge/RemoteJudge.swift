public import JudgeKit

/// Asks a model behind an OpenAI-compatible endpoint.
public struct RemoteJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "remote"
  /// One sentence for `judges list`.
  public static let summary = "a model behind an OpenAI-compatible endpoint"
  /// Items of a batch. One item a request: a failure then costs one verdict.
  public static let batchSize = 1
  /// Requests under way at once.
  public static let concurrency = 8
  /// Each request has its deadline, and the pauses between them are not the judge's.
  public static let keepsTime = true
  /// It asks through the context's remote model.
  public static let usesEndpoints = true

  /// The keys of its entry.
  public static let options =
    RemoteEndpoint.options + [
      JudgeOption("system", .string, help: "a system prompt before the question"),
      ModelQuestion.promptOption,
    ] + ModelQuestion.exampleOptions + ModelReading.options(methods: [.generate, .firstToken])

  private let model: any LanguageModel
  private let question: ModelQuestion
  private let reading: ModelReading
  private let system: [ChatTurn]

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    let options = configuration.options
    if let problem = Self.problems(with: options).first { throw problem }
    let template = try PromptTemplate.named(options.string("prompt") ?? "binary-v1", context)
    if let problem = Self.systemProblem(options, template) { throw problem }
    question = try ModelQuestion(template, options, context)
    reading = ModelReading(options, standard: .generate)
    system = options.string("system").map { [ChatTurn(.system, $0)] } ?? []
    model = try await context.remoteModel(RemoteEndpoint(options))
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    let template = PromptTemplate.builtIn.first { $0.name == options.string("prompt") ?? "binary-v1" }
    return ModelReading.problems(with: options) + ModelQuestion.problems(with: options, template: template)
      + RemoteEndpoint.problems(with: options)
      + (template.flatMap { systemProblem(options, $0) }.map { [$0] } ?? [])
      + (template.map { formProblems(options, $0) } ?? [])
  }

  /// What is wrong with its question or its examples.
  public static func problems(with options: JudgeOptions, reading text: (_ file: String) throws -> String)
    -> [ConfigurationError]
  {
    ModelQuestion.problems(inFilesOf: options, reading: text) {
      let template = try PromptTemplate.named(options.string("prompt") ?? "binary-v1", reading: text)
      if let problem = systemProblem(options, template) { throw problem }
      return template
    }
  }

  /// The form of an answer may also be asked for by the system prompt or by members of the request.
  private static func formProblems(_ options: JudgeOptions, _ template: PromptTemplate) -> [ConfigurationError] {
    if options.string("system") != nil || options.object("extra")?.values.isEmpty == false { return [] }
    let isJSON = options.object("responseFormat")?.string("type") ?? "text" != "text"
    if isJSON, options.object("read")?.string("parser") == "json-v1" { return [] }
    return ModelReading.formProblems(with: options, wording: template.name)
  }

  private static func systemProblem(_ options: JudgeOptions, _ template: PromptTemplate) -> ConfigurationError? {
    guard options.string("system") != nil, template.hasSystem else { return nil }
    return ConfigurationError(["system"], "the prompt \(template.name) has a system part of its own")
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    try await reading.verdicts(of: model) { order in
      items.map { question.chat(for: $0, order: order, system: system) }
    }
  }
}
