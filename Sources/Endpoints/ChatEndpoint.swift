internal import Foundation
public import HTTP
internal import JSON
public import JudgeKit

/// An OpenAI-compatible `chat/completions` endpoint.
public struct ChatEndpoint: Sendable {
  private let client: HTTPClient
  private let endpoint: RemoteEndpoint
  private let key: Secret?
  private let timeoutSeconds: Double

  /// Largest answer that is read.
  public static let maximumBytes = 16 << 20

  /// Describes an endpoint; the key is sent as a bearer token and never stored elsewhere.
  public init(_ endpoint: RemoteEndpoint, key: Secret?, client: HTTPClient, timeoutSeconds: Double) {
    self.endpoint = endpoint
    self.key = key
    self.client = client
    self.timeoutSeconds = timeoutSeconds
  }

  /// Asks for one answer.
  public func complete(_ chat: Chat, settings: CompletionSettings) async -> ModelReply<ChatAnswer> {
    var body: JSONObject = [
      "model": .string(endpoint.model),
      "messages": .array(chat.turns.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
      "max_tokens": .integer(Int64(settings.maximumTokens)),
      "temperature": .number(settings.temperature),
    ]
    if settings.temperature > 0 { body["seed"] = .integer(Int64(truncatingIfNeeded: settings.seed & 0x7FFF_FFFF)) }
    if endpoint.stream {
      body["stream"] = true
      body["stream_options"] = ["include_usage": true]
    }
    var headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
    key?.reveal { headers.append(("Authorization", "Bearer \($0)")) }
    let base = endpoint.baseURL.hasSuffix("/") ? String(endpoint.baseURL.dropLast()) : endpoint.baseURL
    let request = HTTPRequest(
      method: "POST",
      url: "\(base)/chat/completions",
      headers: headers,
      body: Array(JSONValue.object(body).text().utf8),
      timeoutSeconds: timeoutSeconds,
      maximumBytes: Self.maximumBytes
    )
    do { return redacted(ChatWire.read(try await client.send(request), now: .now)) } catch {
      return redacted(ChatWire.read(error))
    }
  }

  /// Some services quote the key in what they answer; it must not reach a record that way.
  private func redacted(_ reply: ModelReply<ChatAnswer>) -> ModelReply<ChatAnswer> {
    guard let key else { return reply }
    func clean(_ text: String) -> String {
      key.reveal { $0.isEmpty ? text : text.replacingOccurrences(of: $0, with: key.description) }
    }
    switch reply {
    case .value(var answer):
      answer.text = clean(answer.text)
      answer.reasoning = answer.reasoning.map(clean)
      answer.logProbabilities = answer.logProbabilities?.map { (clean($0.token), $0.value) }
      return .value(answer)
    case .abstain(let reason, let detail): return .abstain(reason, detail: detail.map(clean))
    case .retry(let seconds, let exhausted, let detail):
      return .retry(afterSeconds: seconds, exhausted: exhausted, detail: detail.map(clean))
    case .fatal(let reason, let detail): return .fatal(reason, detail: detail.map(clean))
    }
  }
}
