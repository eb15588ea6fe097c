/// Where a remote model is, how one gets in, and what every request says beside the conversation.
public struct RemoteEndpoint: Sendable, Equatable {
  /// Base address such as `https://host/v1`; `/chat/completions` is appended.
  public var baseURL: String
  /// The model's name there.
  public var model: String
  /// The environment variable that holds the API key, if one is needed.
  public var apiKeyVariable: String?
  /// The header that carries the key alone (`api-key`); nil sends `Authorization: Bearer KEY`.
  public var apiKeyHeader: String?
  /// Further headers, in order.
  public var headers: [WordEntry] = []
  /// Further headers whose values are the values of environment variables.
  public var secretHeaders: [WordEntry] = []
  /// What is appended to the address, in order, as in `api-version`.
  public var query: [WordEntry] = []
  /// What is appended to the address from the values of environment variables.
  public var secretQuery: [WordEntry] = []
  /// Whether answers are streamed.
  public var stream: Bool
  /// The name under which the longest answer is asked for.
  public var tokenLimitKey = TokenLimitKey.maxTokens
  /// Whether the seed goes out at temperature 0 too.
  public var sendsSeed = false
  /// What is left out of requests, for endpoints that refuse it.
  public var omitted: Set<OmittedField> = []
  /// The form that the answer is asked to have.
  public var responseFormat = ResponseFormat.text
  /// Further members of the request.
  public var extra = JudgeOptions([])

  /// The two names of the token limit.
  public enum TokenLimitKey: String, Sendable, CaseIterable {
    /// What nearly all endpoints read.
    case maxTokens = "max_tokens"
    /// What newer hosted models, which think before they answer, expect.
    case maxCompletionTokens = "max_completion_tokens"
  }

  /// Members of a request that can be left out.
  public enum OmittedField: String, Sendable, CaseIterable {
    /// Models that think often take one temperature only.
    case temperature
    /// The seed.
    case seed
    /// The token limit.
    case maximumTokens
    /// The wish for token counts at the end of a stream.
    case streamOptions
  }

  /// The form of an answer.
  public enum ResponseFormat: Sendable, Equatable {
    /// As the model likes; nothing is sent.
    case text
    /// Some JSON object.
    case jsonObject
    /// A JSON object that keeps to this schema.
    case jsonSchema(name: String, schema: JudgeOptions)
  }

  /// Describes an endpoint in its plainest form.
  public init(baseURL: String, model: String, apiKeyVariable: String?, stream: Bool) {
    self.baseURL = baseURL
    self.model = model
    self.apiKeyVariable = apiKeyVariable
    self.stream = stream
  }

  /// The members of a request that are set by other options and so cannot be in ``extra``.
  public static let ownMembers = [
    "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "seed",
    "response_format", "logprobs", "top_logprobs", "n", "tools", "tool_choice", "functions", "function_call",
  ]
}
