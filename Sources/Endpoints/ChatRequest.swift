internal import Foundation
internal import HTTP
internal import JSON
public import JudgeKit

/// A question as it goes over the wire.
struct ChatRequest {
  let endpoint: RemoteEndpoint
  let secrets: EndpointSecrets

  /// The address with its query.
  var url: String {
    let base = endpoint.baseURL.hasSuffix("/") ? String(endpoint.baseURL.dropLast()) : endpoint.baseURL
    var query = endpoint.query.map { "\(Self.percentEncoded($0.key))=\(Self.percentEncoded($0.value))" }
    for (name, secret) in secrets.query {
      query.append(secret.reveal { "\(Self.percentEncoded(name))=\(Self.percentEncoded($0))" })
    }
    return "\(base)/chat/completions" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }

  /// All header lines.
  var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
    headers += endpoint.headers.map { ($0.key, $0.value) }
    for (name, secret) in secrets.headers { headers.append((name, secret.reveal { $0 })) }
    secrets.key?.reveal { key in
      headers.append(endpoint.apiKeyHeader.map { ($0, key) } ?? ("Authorization", "Bearer \(key)"))
    }
    return headers
  }

  /// The body.
  /// - Parameter topTokens: how many of the likeliest tokens to tell with each token; nil asks for no probabilities.
  func body(_ chat: Chat, _ settings: CompletionSettings, topTokens: Int?) -> JSONObject {
    func sends(_ field: RemoteEndpoint.OmittedField) -> Bool { !endpoint.omitted.contains(field) }
    var body: JSONObject = [
      "model": .string(endpoint.model),
      "messages": .array(chat.turns.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
    ]
    if sends(.maximumTokens) { body[endpoint.tokenLimitKey.rawValue] = .integer(Int64(settings.maximumTokens)) }
    if sends(.temperature) { body["temperature"] = .number(settings.temperature) }
    if sends(.seed), settings.temperature > 0 || endpoint.sendsSeed {
      // Endpoints read a seed as a signed number, some of 32 bits.
      body["seed"] = .integer(Int64(truncatingIfNeeded: settings.seed & 0x7FFF_FFFF))
    }
    if endpoint.stream {
      body["stream"] = true
      if sends(.streamOptions) { body["stream_options"] = ["include_usage": true] }
    }
    if let topTokens {
      body["logprobs"] = true
      body["top_logprobs"] = .integer(Int64(topTokens))
    }
    switch endpoint.responseFormat {
    case .text: break
    case .jsonObject: body["response_format"] = ["type": "json_object"]
    case .jsonSchema(let name, let schema):
      body["response_format"] = [
        "type": "json_schema", "json_schema": ["name": .string(name), "strict": true, "schema": schema.asJSON],
      ]
    }
    for (key, value) in endpoint.extra.values { body[key] = value.asJSON }
    return body
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
  )

  /// With everything but RFC 3986's unreserved characters encoded.
  static func percentEncoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}

/// The secrets that an endpoint wants.
public struct EndpointSecrets: Sendable {
  /// The API key.
  public var key: Secret?
  /// Values of headers by name.
  public var headers: [(name: String, value: Secret)]
  /// Values of the address's query by name.
  public var query: [(name: String, value: Secret)]

  /// Gathers secrets.
  public init(
    key: Secret? = nil,
    headers: [(name: String, value: Secret)] = [],
    query: [(name: String, value: Secret)] = []
  ) {
    self.key = key
    self.headers = headers
    self.query = query
  }

  var all: [Secret] { (key.map { [$0] } ?? []) + headers.map(\.value) + query.map(\.value) }
}
