package import Endpoints
internal import HTTP
package import JudgeKit

/// The way to one endpoint: a client with its secrets, and the gate that all its requests go through.
package struct EndpointConnection: Sendable {
  /// Asks for answers.
  package let client: EndpointClient
  /// Counts and limits what is asked.
  package let gate: RequestGate
  private let identity: String

  /// Opens no connection yet; looks the secrets up.
  /// - Parameter baseFolder: the folder that `caFile` is relative to.
  /// - Throws: `JudgeFailure` where an environment variable is not set.
  package init(
    _ endpoint: RemoteEndpoint,
    host: HostOptions,
    baseFolder: String,
    environment: [String: String],
    pace: any Pace = RealPace()
  ) throws {
    try self.init(
      endpoint,
      host: host,
      baseFolder: baseFolder,
      environment: environment,
      client: HTTPClient(),
      gate: RequestGate(host.requestLimits, pace: pace),
      pace: pace
    )
  }

  /// The same through connections and a gate that others use too.
  init(
    _ endpoint: RemoteEndpoint,
    host: HostOptions,
    baseFolder: String,
    environment: [String: String],
    client: HTTPClient,
    gate: RequestGate,
    pace: any Pace
  ) throws {
    let secrets = EndpointSecrets(
      key: try endpoint.apiKeyVariable.map { try Self.secret($0, of: environment) },
      headers: try endpoint.secretHeaders.map { ($0.key, try Self.secret($0.value, of: environment)) },
      query: try endpoint.secretQuery.map { ($0.key, try Self.secret($0.value, of: environment)) }
    )
    let chat = ChatEndpoint(
      endpoint,
      secrets: secrets,
      client: client,
      timeoutSeconds: host.timeoutSeconds,
      proxy: HTTPProxy(to: endpoint.baseURL, declared: host.proxy, environment: environment),
      caFile: host.caFile.map { OptionReader(baseFolder: baseFolder).path($0) }
    )
    let policy = RetryPolicy(attempts: host.attempts, baseSeconds: Double(host.baseMilliseconds) / 1000)
    self.gate = gate
    self.client = EndpointClient(chat, gate: gate, policy: policy, pace: pace)
    identity = "remote \(endpoint.baseURL) \(endpoint.model)"
  }

  /// The endpoint's model with the face of a local one.
  /// - Parameter count: hears of the tokens that each answer took.
  package func model(count: @escaping @Sendable (TokenUsage) -> Void = { _ in }) -> any LanguageModel {
    RemoteLanguageModel(client: client, identity: identity, count: count)
  }

  static func secret(_ variable: String, of environment: [String: String]) throws -> Secret {
    guard let value = environment[variable], !value.isEmpty else {
      throw JudgeFailure.fatal(.authentication, detail: "the environment variable \(variable) is not set")
    }
    return Secret(value)
  }
}
