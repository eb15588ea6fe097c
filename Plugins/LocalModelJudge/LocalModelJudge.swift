public import JudgeKit

/// Asks a checkpoint on disk.
public struct LocalModelJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "local-model"
  /// One sentence for `judges list`.
  public static let summary = "a checkpoint on disk reads prompt and response"
  /// Raised with every change that can change a verdict.
  public static let revision = 2

  /// The keys of its entry.
  public static let options =
    [
      JudgeOption(
        "model",
        .checkpoint,
        required: true,
        help: "checkpoint folder in Hugging Face form, or hub:OWNER/NAME@REVISION in the cache"
      ),
      ModelQuestion.promptOption,
    ] + ModelQuestion.exampleOptions + ModelReading.options(methods: [.logprob, .firstToken, .generate])

  private let model: any LanguageModel
  private let question: ModelQuestion
  private let reading: ModelReading

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    let options = configuration.options
    question = try ModelQuestion(
      try PromptTemplate.named(options.string("prompt") ?? "binary-v1", context),
      options,
      context
    )
    reading = ModelReading(options, standard: .logprob)
    model = try await context.languageModel(options.string("model") ?? "")
    if reading.method == .firstToken, let problem = model.firstTokenProblem(among: reading.words.entries.map(\.word)) {
      throw ConfigurationError(["read", "method"], problem)
    }
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    let template = PromptTemplate.builtIn.first { $0.name == options.string("prompt") ?? "binary-v1" }
    return ModelReading.problems(with: options) + ModelQuestion.problems(with: options, template: template)
      + (template.map { ModelReading.formProblems(with: options, wording: $0.name) } ?? [])
  }

  /// What is wrong with its question or its examples.
  public static func problems(with options: JudgeOptions, reading text: (_ file: String) throws -> String)
    -> [ConfigurationError]
  {
    ModelQuestion.problems(inFilesOf: options, reading: text) {
      try PromptTemplate.named(options.string("prompt") ?? "binary-v1", reading: text)
    }
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    try await reading.verdicts(of: model) { order in items.map { question.chat(for: $0, order: order) } }
  }
}
