public import HTTP
internal import JSON
public import JudgeKit

/// What an OpenAI-compatible endpoint answered.
public struct ChatAnswer: Sendable, Equatable {
  /// The text; never the reasoning.
  public var text: String
  /// What the model thought aloud, where the endpoint says so.
  public var reasoning: String?
  /// `stop`, or what the endpoint calls it.
  public var finishReason: String?
  /// Tokens of prompt and answer, where counted.
  public var usage: (prompt: Int, completion: Int)?
  /// Log-probability of each token of the text, where sent.
  public var logProbabilities: [(token: String, value: Double)]?

  /// Makes an answer.
  public init(text: String, reasoning: String? = nil, finishReason: String? = nil) {
    self.text = text
    self.reasoning = reasoning
    self.finishReason = finishReason
  }

  /// Equal text, reasoning and end.
  public static func == (left: ChatAnswer, right: ChatAnswer) -> Bool {
    left.text == right.text && left.reasoning == right.reasoning && left.finishReason == right.finishReason
  }
}

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
    parts.logProbabilities = choice["logprobs"]?["content"]?.array?.compactMap { entry in
      guard let token = entry["token"]?.string, let value = entry["logprob"]?.double else { return nil }
      return (token, value)
    }
    return parts.reply()
  }

  static func usage(_ value: JSONValue?) -> (prompt: Int, completion: Int)? {
    guard let prompt = value?["prompt_tokens"]?.integer, let completion = value?["completion_tokens"]?.integer else {
      return nil
    }
    return (prompt, completion)
  }

  /// The words of an error body, whatever its form, cut short.
  static func message(of root: JSONValue) -> String? {
    let text =
      root["error"]?["message"]?.string ?? root["error"]?.string ?? root["message"]?.string ?? root["detail"]?.string
    return text.map { String($0.prefix(500)) }
  }

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
      if has(["context_length_exceeded"]) || words.contains("context length") || words.contains("context window") {
        return .abstain(.contextLength, detail: detail)
      }
      if has(["content_filter", "content_policy_violation"]) { return .abstain(.contentFilter, detail: detail) }
      return .fatal(.badRequest, detail: detail)
    case 429:
      if has(["insufficient_quota", "billing_hard_limit_reached"]) { return .fatal(.quota, detail: detail) }
      return .retry(afterSeconds: retryAfter(response, now: now), exhausted: .rateLimited, detail: detail)
    case 408, 409, 425, 500...:
      return .retry(
        afterSeconds: retryAfter(response, now: now),
        exhausted: .serverError,
        detail: detail
      )
    case 400..<500: return .fatal(.badRequest, detail: detail)
    default: return malformed(detail)
    }
  }

  private static func retryAfter(_ response: HTTPResponse, now: HTTPDate?) -> Double? {
    guard let text = response.header("Retry-After") else { return nil }
    if let seconds = Double(text), seconds.isFinite, seconds >= 0 { return seconds }
    guard let then = HTTPDate(text), let now = now ?? response.header("Date").flatMap({ HTTPDate($0) }) else {
      return nil
    }
    return max(0, Double(then.seconds - now.seconds))
  }
}

/// Content, refusal, reasoning and calls gathered from a message or from the pieces of a stream.
struct AnswerParts {
  var text = ""
  var refusal = ""
  var reasoning = ""
  var hasCall = false
  var finishReason: String?
  var usage: (prompt: Int, completion: Int)?
  var logProbabilities: [(token: String, value: Double)]?

  /// Adds a message or a delta; false if its content has a form that nobody sends.
  mutating func add(_ message: JSONValue) -> Bool {
    switch message["content"] {
    case nil, .null?: break
    case .string(let content)?: text += content
    case .array(let parts)?:
      for part in parts {
        if let piece = part["text"]?.string { text += piece }
        if let piece = part["refusal"]?.string { refusal += piece }
      }
    default: return false
    }
    refusal += message["refusal"]?.string ?? ""
    reasoning += message["reasoning_content"]?.string ?? message["reasoning"]?.string ?? ""
    if message["tool_calls"]?.array?.isEmpty == false || message["function_call"]?.object != nil { hasCall = true }
    return true
  }

  /// What the parts amount to: the first cause that keeps them from being a whole answer wins.
  func reply() -> ModelReply<ChatAnswer> {
    let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    let kept = text.isEmpty ? nil : text
    if !refusal.isEmpty { return .abstain(.judgeRefused, detail: refusal) }
    if finishReason == "content_filter" { return .abstain(.contentFilter, detail: kept) }
    if finishReason == "length" { return .abstain(.truncated, detail: kept) }
    if isBlank, hasCall { return .abstain(.toolCall, detail: nil) }
    if isBlank { return .abstain(.emptyAnswer, detail: nil) }
    var answer = ChatAnswer(text: text, reasoning: reasoning.isEmpty ? nil : reasoning, finishReason: finishReason)
    answer.usage = usage
    answer.logProbabilities = logProbabilities
    return .value(answer)
  }
}

/// Server-sent events of a streamed answer.
enum EventStream {
  static func read(_ body: [UInt8]) -> ModelReply<ChatAnswer> {
    var parts = AnswerParts()
    var isDone = false
    var hasChoice = false
    for data in events(body) {
      if data == "[DONE]" {
        isDone = true
        break
      }
      let event: JSONValue
      do { event = try JSONDocument.parse(data, name: "event").root } catch { return ChatWire.malformed("\(error)") }
      if let error = event["error"], !error.isNull {
        return .retry(afterSeconds: nil, exhausted: .serverError, detail: ChatWire.message(of: event))
      }
      parts.usage = ChatWire.usage(event["usage"]) ?? parts.usage
      guard let choice = event["choices"]?.array?.first(where: { ($0["index"]?.integer ?? 0) == 0 }) else { continue }
      hasChoice = true
      guard parts.add(choice["delta"] ?? choice["message"] ?? .null) else {
        return ChatWire.malformed("a piece of the stream has a content of unknown form")
      }
      if let reason = choice["finish_reason"]?.string { parts.finishReason = reason }
    }
    if !hasChoice { return ChatWire.malformed("the stream holds no choice") }
    // With a finish reason the answer is whole even if the closing mark is missing.
    guard isDone || parts.finishReason != nil else {
      return .retry(afterSeconds: nil, exhausted: .truncatedResponse, detail: "the stream ended before the answer did")
    }
    return parts.reply()
  }

  /// The data of each whole event: lines end with LF, CR LF or CR, an empty line ends the event.
  private static func events(_ body: [UInt8]) -> [String] {
    var events: [String] = []
    var data: [String] = []
    var line: [UInt8] = []
    var lastWasCR = false
    func field(_ line: [UInt8]) {
      guard line.starts(with: Array("data".utf8)) else { return }
      let rest = line.dropFirst(4)
      if rest.isEmpty { return data.append("") }
      guard rest.first == UInt8(ascii: ":") else { return }
      let value = rest.dropFirst()
      data.append(String(decoding: value.first == 0x20 ? value.dropFirst() : value, as: UTF8.self))
    }
    for byte in body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...] {
      if byte == 0x0A, lastWasCR {
        lastWasCR = false
        continue
      }
      lastWasCR = byte == 0x0D
      guard byte == 0x0A || byte == 0x0D else {
        line.append(byte)
        continue
      }
      if line.isEmpty {
        if !data.isEmpty { events.append(data.joined(separator: "\n")) }
        data.removeAll()
      } else {
        field(line)
        line.removeAll()
      }
    }
    return events
  }
}
