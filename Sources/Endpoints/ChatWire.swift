public import HTTP
internal import JSON
public import JudgeKit

/// Reads what comes over the wire and sorts failures into what concerns one item, what may pass, and what will not.
public enum ChatWire {
  /// Reads an answer.
  /// - Parameter now: the client's clock, for a `Retry-After` that is a date.
  public static func read(_ response: HTTPResponse, now: HTTPDate?) -> ModelReply<ChatAnswer> {
    guard response.status == 200 else { return failure(response, now: now) }
    let start = response.body.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    let isStream =
      response.header("Content-Type")?.lowercased().hasPrefix("text/event-stream") ?? false
      || start.starts(with: Array("data:".utf8)) || start.starts(with: Array("event:".utf8))
    return isStream ? EventStream.read(response.body) : whole(response.body)
  }

  /// What a transport failure means.
  public static func read(_ error: HTTPError) -> ModelReply<ChatAnswer> {
    switch error {
    case .badURL(let problem): .fatal(.badRequest, detail: problem)
    case .timeout: .retry(afterSeconds: nil, exhausted: .timeout, detail: "\(error)")
    case .unreachable: .retry(afterSeconds: nil, exhausted: .unreachable, detail: "\(error)")
    case .truncated: .retry(afterSeconds: nil, exhausted: .truncatedResponse, detail: "\(error)")
    case .tooLarge: .retry(afterSeconds: nil, exhausted: .responseTooLarge, detail: "\(error)")
    case .cancelled: .abstain(.cancelled, detail: nil)
    }
  }

  static func malformed(_ detail: String) -> ModelReply<ChatAnswer> {
    .retry(afterSeconds: nil, exhausted: .malformedResponse, detail: detail)
  }

  private static func whole(_ body: [UInt8]) -> ModelReply<ChatAnswer> {
    let root: JSONValue
    do { root = try JSONDocument.parse(body, name: "answer").root } catch { return malformed("\(error)") }
    guard root.object != nil else { return malformed("the answer is \(root.typeName), not an object") }
    if let error = root["error"], !error.isNull {
      return .retry(afterSeconds: nil, exhausted: .serverError, detail: message(of: root))
    }
    guard let choice = root["choices"]?.array?.first else { return malformed("the answer has no choices") }
    guard let message = choice["message"], message.object != nil else { return malformed("the choice has no message") }
    var parts = AnswerParts()
    guard parts.add(message) else { return malformed("the message's content is neither text nor parts") }
    parts.finishReason = choice["finish_reason"]?.string
    parts.usage = usage(root["usage"])
    parts.add(logProbabilities: choice["logprobs"])
    return .value(parts.answer())
  }

  /// Counts that nobody can have used are no counts: their sum would not fit.
  static func usage(_ value: JSONValue?) -> TokenUsage? {
    guard let prompt = value?["prompt_tokens"]?.integer, let completion = value?["completion_tokens"]?.integer,
      (0...1_000_000_000).contains(prompt), (0...1_000_000_000).contains(completion)
    else { return nil }
    return TokenUsage(prompt: prompt, completion: completion)
  }

  /// The words of an error body, whatever its form. They are cut to ``longestDetail`` by whoever has taken out the secrets: a
  /// secret cut in two would not be found.
  static func message(of root: JSONValue) -> String? {
    root["error"]?["message"]?.string ?? root["error"]?.string ?? root["message"]?.string ?? root["detail"]?.string
  }

  /// Characters of a remark that are kept.
  static let longestDetail = 500

  /// How servers say that a question is longer than the model can read.
  private static let tooLong = ["context length", "context window", "context size", "maximum model length"]

  private static func failure(_ response: HTTPResponse, now: HTTPDate?) -> ModelReply<ChatAnswer> {
    let root = (try? JSONDocument.parse(response.body, name: "error").root) ?? .null
    let status = response.status
    let detail = ["status \(status)", message(of: root)].compactMap { $0 }.joined(separator: ": ")
    let code = [root["error"]?["code"]?.string, root["error"]?["type"]?.string].compactMap { $0 }
    let words = (message(of: root) ?? "").lowercased()
    func has(_ parts: [String]) -> Bool { code.contains { parts.contains($0) } }
    switch status {
    case 300..<400: return .fatal(.redirect, detail: detail)
    case 401: return .fatal(.authentication, detail: detail)
    case 402: return .fatal(.quota, detail: detail)
    case 403: return .fatal(.permission, detail: detail)
    case 404:
      let isModel = has(["model_not_found"]) || !root.isNull && words.contains("model")
      return .fatal(isModel ? .modelNotFound : .notFound, detail: detail)
    case 413: return .abstain(.contextLength, detail: detail)
    case 400:
      if has(["context_length_exceeded", "exceed_context_size_error"]) || Self.tooLong.contains(where: words.contains) {
        return .abstain(.contextLength, detail: detail)
      }
      if has(["content_filter", "content_policy_violation"]) { return .abstain(.contentFilter, detail: detail) }
      return .fatal(.badRequest, detail: detail)
    case 429:
      if has(["insufficient_quota", "billing_hard_limit_reached"]) { return .fatal(.quota, detail: detail) }
      return .retry(afterSeconds: response.retryAfterSeconds(now: now), exhausted: .rateLimited, detail: detail)
    case 408, 409, 425, 500...:
      return .retry(
        afterSeconds: response.retryAfterSeconds(now: now),
        exhausted: .serverError,
        detail: detail
      )
    case 400..<500: return .fatal(.badRequest, detail: detail)
    default: return malformed(detail)
    }
  }
}
