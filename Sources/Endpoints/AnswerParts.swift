internal import JSON
internal import JudgeKit

/// Content, refusal, reasoning and calls gathered from a message or from the pieces of a stream.
struct AnswerParts {
  private var text = ""
  private var refusal = ""
  private var reasoning = ""
  private var hasCall = false
  private var logProbabilities: [ChatAnswer.TokenLogProbability]?
  private var firstTokens: [ChatAnswer.TokenLogProbability]?
  var finishReason: String?
  var usage: TokenUsage?

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

  /// Adds the `logprobs` of a choice, of a whole answer or of a piece.
  mutating func add(logProbabilities value: JSONValue?) {
    guard let entries = value?["content"]?.array else { return }
    if firstTokens == nil, let first = entries.first?["top_logprobs"]?.array, !first.isEmpty {
      firstTokens = first.compactMap(Self.token)
    }
    logProbabilities = (logProbabilities ?? []) + entries.compactMap(Self.token)
  }

  private static func token(_ entry: JSONValue) -> ChatAnswer.TokenLogProbability? {
    guard let token = entry["token"]?.string, let value = entry["logprob"]?.double else { return nil }
    return ChatAnswer.TokenLogProbability(token: token, value: value)
  }

  /// What the parts amount to: the first cause that keeps them from being a whole answer wins.
  func answer() -> ChatAnswer {
    let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    let abstention: AbstainReason? =
      if !refusal.isEmpty {
        .judgeRefused
      } else if finishReason == "content_filter" {
        .contentFilter
      } else if finishReason == "length" {
        .truncated
      } else if isBlank, hasCall {
        .toolCall
      } else if isBlank {
        .emptyAnswer
      } else {
        nil
      }
    var answer = ChatAnswer(
      text: refusal.isEmpty ? text : refusal,
      abstention: abstention,
      reasoning: reasoning.isEmpty ? nil : reasoning,
      finishReason: finishReason
    )
    answer.usage = usage
    answer.logProbabilities = logProbabilities
    answer.firstTokens = firstTokens
    return answer
  }
}
