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
      JudgeOption("temperature", .number(0...2), standard: .number(0), help: "0 is greedy"),
      JudgeOption("seed", .integer(0...0x7FFF_FFFF), help: "sent with every request; endpoints promise little for it"),
      JudgeOption(
        "prompt",
        .file(orWord: PromptTemplate.builtIn.map(\.name)),
        standard: .string("refusal-v1"),
        help: "what it is asked: a built-in wording or a file with the slots {prompt}, {response}, {delimiter}"
      ),
      ModelReading.option(methods: [.generate]),
    ]

  private let model: any LanguageModel
  private let template: PromptTemplate
  private let reading: ModelReading
  private let settings: CompletionSettings
  private let system: String?

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    let options = configuration.options
    if let problem = Self.problems(with: options).first { throw problem }
    template = try PromptTemplate.named(options.string("prompt") ?? "refusal-v1", context)
    reading = ModelReading(options, standard: .generate)
    system = options.string("system")
    settings = CompletionSettings(
      maximumTokens: reading.maximumTokens,
      temperature: options.number("temperature") ?? 0,
      seed: UInt64(options.integer("seed") ?? 0)
    )
    model = try await context.remoteModel(RemoteEndpoint(options, labels: reading.refusal + reading.nonRefusal))
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    ModelReading.problems(with: options) + RemoteEndpoint.problems(with: options)
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    let before = system.map { [ChatTurn(.system, $0)] } ?? []
    return try await reading.verdicts(
      of: model,
      on: items.map { Chat(before + [ChatTurn(.user, template.filled(prompt: $0.prompt, response: $0.response))]) },
      settings: settings
    )
  }
}
