public import HTTP
internal import JSON
public import JudgeKit

/// An OpenAI-compatible `chat/completions` endpoint.
public struct ChatEndpoint: Sendable {
  private let client: HTTPClient
  private let request: ChatRequest
  private let redaction: Redaction
  private let timeoutSeconds: Double
  private let proxy: HTTPProxy
  private let caFile: String?

  /// Largest answer that is read.
  public static let maximumBytes = 16 << 20

  /// Describes an endpoint. The secrets are sent where they belong and never stored elsewhere.
  /// - Parameter timeoutSeconds: the longest that one request may take.
  public init(
    _ endpoint: RemoteEndpoint,
    secrets: EndpointSecrets = EndpointSecrets(),
    client: HTTPClient,
    timeoutSeconds: Double,
    proxy: HTTPProxy = .none,
    caFile: String? = nil
  ) {
    request = ChatRequest(endpoint: endpoint, secrets: secrets)
    redaction = Redaction(secrets.all)
    self.client = client
    self.timeoutSeconds = timeoutSeconds
    self.proxy = proxy
    self.caFile = caFile
  }

  /// Describes an endpoint with a key at most.
  public init(_ endpoint: RemoteEndpoint, key: Secret?, client: HTTPClient, timeoutSeconds: Double) {
    self.init(endpoint, secrets: EndpointSecrets(key: key), client: client, timeoutSeconds: timeoutSeconds)
  }

  /// Sends one request and reads what comes back.
  /// - Parameters:
  ///   - topTokens: how many of the likeliest tokens to tell with each token; nil asks for no probabilities.
  ///   - secondsLeft: of the run; the request takes no longer.
  ///   - onNewConnection: whether to leave kept connections alone.
  ///   - now: the client's calendar, for a `Retry-After` that is a date.
  public func complete(
    _ chat: Chat,
    settings: CompletionSettings,
    topTokens: Int? = nil,
    secondsLeft: Double? = nil,
    onNewConnection: Bool = false,
    now: HTTPDate = .now
  ) async -> ModelReply<ChatAnswer> {
    let message = HTTPRequest(
      method: "POST",
      url: request.url,
      headers: request.headers,
      body: Array(JSONValue.object(request.body(chat, settings, topTokens: topTokens)).text().utf8),
      timeoutSeconds: min(timeoutSeconds, secondsLeft ?? .infinity),
      maximumBytes: Self.maximumBytes,
      proxy: proxy,
      caFile: caFile,
      onNewConnection: onNewConnection
    )
    do { return redaction.clean(ChatWire.read(try await client.send(message), now: now)) } catch {
      return redaction.clean(ChatWire.read(error))
    }
  }
}
