public import JudgeKit

/// Asks a model behind an OpenAI-compatible endpoint.
public struct RemoteJudge: Judge {
  /// Selects it in `judges.json`.
  public static let kind = "remote"
  /// One sentence for `judges list`.
  public static let summary = "a model behind an OpenAI-compatible endpoint"
  /// Items of a batch. One item a request: a failure then costs one verdict, and the host retries exactly what failed.
  public static let batchSize = 1
  /// Requests under way at once.
  public static let concurrency = 8

  /// The keys of its entry.
  public static let options =
    [
      JudgeOption("endpoint", .string, required: true, help: "base address such as https://host/v1"),
      JudgeOption("model", .string, required: true, help: "the model's name there"),
      JudgeOption("apiKeyEnv", .secretVariable, help: "environment variable that holds the API key"),
      JudgeOption("stream", .bool, standard: .bool(false), help: "whether answers are streamed"),
      ModelQuestion.promptOption,
    ] + ModelQuestion.exampleOptions + ModelReading.options(methods: [.generate])

  private let model: any LanguageModel
  private let question: ModelQuestion
  private let reading: ModelReading

  /// Makes the judge from checked options.
  public init(configuration: JudgeConfiguration, context: any JudgeContext) async throws {
    let options = configuration.options
    if let problem = Self.problems(with: options).first { throw problem }
    question = try ModelQuestion(
      try PromptTemplate.named(options.string("prompt") ?? "binary-v1", context),
      options,
      context
    )
    reading = ModelReading(options, standard: .generate)
    model = try await context.remoteModel(
      RemoteEndpoint(
        baseURL: options.string("endpoint") ?? "",
        model: options.string("model") ?? "",
        apiKeyVariable: options.string("apiKeyEnv"),
        stream: options.bool("stream") ?? false
      )
    )
  }

  /// What its table of options cannot say.
  public static func problems(with options: JudgeOptions) -> [ConfigurationError] {
    let template = PromptTemplate.builtIn.first { $0.name == options.string("prompt") ?? "binary-v1" }
    var problems = ModelReading.problems(with: options) + ModelQuestion.problems(with: options, template: template)
    let endpoint = options.string("endpoint") ?? ""
    if !endpoint.hasPrefix("https://"), !endpoint.hasPrefix("http://") {
      problems.append(ConfigurationError(["endpoint"], "\"\(endpoint)\" is no address; expected https://host/v1"))
    } else if options.string("apiKeyEnv") != nil, endpoint.hasPrefix("http://"), !isLoopback(endpoint) {
      problems.append(ConfigurationError(["endpoint"], "a key must not travel unencrypted; expected https://"))
    }
    // What stands before an @ or after a ? may be a credential and would be written into every run.
    if endpoint.contains("@") || endpoint.contains("?") || endpoint.contains("#") {
      problems.append(
        ConfigurationError(["endpoint"], "an address without '@', '?' and '#' is expected; a key goes into apiKeyEnv")
      )
    }
    return problems
  }

  private static func isLoopback(_ endpoint: String) -> Bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { host in
      endpoint == host || endpoint.hasPrefix(host + ":") || endpoint.hasPrefix(host + "/")
    }
  }

  /// One verdict an item, in their order.
  public func verdicts(on items: [Item]) async throws -> [Verdict] {
    try await reading.verdicts(of: model) { order in items.map { question.chat(for: $0, order: order) } }
  }
}
