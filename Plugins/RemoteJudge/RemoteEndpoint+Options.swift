package import JudgeKit

extension RemoteEndpoint {
  /// The keys of an entry that say where the endpoint is and how it is asked.
  package static let options = [
    JudgeOption("endpoint", .string, required: true, help: "base address such as https://host/v1"),
    JudgeOption("model", .string, required: true, help: "the model's name there"),
    JudgeOption("apiKeyEnv", .secretVariable, help: "environment variable that holds the API key"),
    JudgeOption("apiKeyHeader", .string, help: "header that carries the key alone, as api-key; else a bearer token"),
    JudgeOption("headers", .texts, help: "further headers, as OpenAI-Organization"),
    JudgeOption("headersEnv", .secretVariables, help: "further headers, each with the variable that holds its value"),
    JudgeOption("query", .texts, help: "appended to the address, as api-version"),
    JudgeOption(
      "queryEnv",
      .secretVariables,
      help: "appended to the address, each with the variable that holds its value"
    ),
    JudgeOption("stream", .bool, standard: .bool(false), help: "whether answers are streamed"),
    JudgeOption(
      "tokenLimit",
      .choice(TokenLimitKey.allCases.map(\.rawValue)),
      standard: .string(TokenLimitKey.maxTokens.rawValue),
      help: "the name under which read.maximumTokens is sent; newer hosted models expect max_completion_tokens"
    ),
    JudgeOption("omit", .strings, help: "what requests leave out: temperature, seed, maximumTokens, streamOptions"),
    JudgeOption(
      "responseFormat",
      .object([
        JudgeOption(
          "type",
          .choice(FormatWord.allCases.map(\.rawValue)),
          required: true,
          help: "text, json-object, or json-schema for a form that the endpoint enforces"
        ),
        JudgeOption("name", .string, help: "the schema's name; verdict where absent"),
        JudgeOption(
          "schema",
          .anyObject,
          help: "a JSON Schema; where absent an object whose read.key is one of the labels"
        ),
      ]),
      help: "the form of the answer"
    ),
    JudgeOption("extra", .anyObject, help: "further members of the request, as they are"),
  ]

  enum FormatWord: String, CaseIterable {
    case text
    case jsonObject = "json-object"
    case jsonSchema = "json-schema"
  }

  /// The endpoint that checked options describe.
  package init(_ options: JudgeOptions) {
    self.init(
      baseURL: options.string("endpoint") ?? "",
      model: options.string("model") ?? "",
      apiKeyVariable: options.string("apiKeyEnv"),
      stream: options.bool("stream") ?? false
    )
    apiKeyHeader = options.string("apiKeyHeader")
    headers = options.words("headers") ?? []
    secretHeaders = options.words("headersEnv") ?? []
    query = options.words("query") ?? []
    secretQuery = options.words("queryEnv") ?? []
    tokenLimitKey = options.string("tokenLimit").flatMap(TokenLimitKey.init) ?? .maxTokens
    sendsSeed = options.integer("seed") ?? 0 != 0
    omitted = Set((options.strings("omit") ?? []).compactMap(OmittedField.init))
    extra = options.object("extra") ?? JudgeOptions([])
    let format = options.object("responseFormat")
    switch format?.string("type").flatMap(FormatWord.init) {
    case nil, .text?: responseFormat = .text
    case .jsonObject?: responseFormat = .jsonObject
    case .jsonSchema?:
      responseFormat = .jsonSchema(
        name: format?.string("name") ?? "verdict",
        schema: format?.object("schema") ?? Self.labelSchema(options)
      )
    }
  }

  /// An object with one member, the key that the parser reads, which is one of the labels.
  private static func labelSchema(_ options: JudgeOptions) -> JudgeOptions {
    let key = options.object("read")?.string("key") ?? "label"
    let words = ModelReading.words(options).entries.map(\.word)
    let label = JudgeOptions([("type", .string("string")), ("enum", .strings(words))])
    return JudgeOptions([
      ("type", .string("object")),
      ("properties", .object(JudgeOptions([(key, .object(label))]))),
      ("required", .strings([key])),
      ("additionalProperties", .bool(false)),
    ])
  }
}
