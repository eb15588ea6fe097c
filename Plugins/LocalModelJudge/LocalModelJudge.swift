public import JudgeKit

/// Asks a checkpoint on disk.
public struct LocalModelJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "local-model"
  /// One sentence for `judges list`.
  public static let summary = "a checkpoint on disk reads prompt and response"

  /// The keys of its entry.
  public static let options = [
    JudgeOption("model", .checkpoint, required: true, help: "checkpoint folder in Hugging Face form"),
    JudgeOption(
      "prompt",
      .file(orWord: PromptTemplate.builtIn.map(\.name)),
      standard: .string("refusal-v1"),
      help: "what it is asked: a built-in wording or a file with the slots {prompt}, {response}, {delimiter}"
    ),
    ModelReading.option(methods: [.logprob, .generate]),
  ]

  private let model: any LanguageModel
  private let template: PromptTemplate
  private let reading: ModelReading

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    let options = configuration.options
    template = try PromptTemplate.named(options.string("prompt") ?? "refusal-v1", context)
    reading = ModelReading(options, standard: .logprob)
    model = try await context.languageModel(options.string("model") ?? "")
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    ModelReading.problems(with: options)
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    try await reading.verdicts(
      of: model,
      on: items.map { Chat(user: template.filled(prompt: $0.prompt, response: $0.response)) }
    )
  }
}
