public import JSON
internal import JudgeKit

extension JudgeTrial {
  /// The trial as one object: `item`, `prompt`, `response`, `exchanges` (`recipient`, `request`, `answer`, `seconds`),
  /// `verdict` (`label`, `reason`, `detail`, `score`, `raw`, `reading`, `scaleLabel`), `rules` that fired in the response,
  /// `answerEvidence` in the judge's answer, `attempts`, `seconds`, `failure`, `log`. Places count Unicode scalars from 0.
  public var json: JSONValue {
    let verdict = judgement.verdict
    var reason: JSONValue = .null
    if case .abstain(let why) = verdict.outcome { reason = .string(why.rawValue) }
    return [
      "item": .string(item.id), "prompt": .string(item.prompt), "response": .string(item.response),
      "exchanges": .array(exchanges.map(\.json)),
      "verdict": [
        "label": .string(verdict.outcome.label?.rawValue ?? "abstain"), "reason": reason,
        "detail": Self.text(verdict.detail),
        "score": verdict.score.map { .number($0) } ?? .null, "raw": Self.text(verdict.raw),
        "reading": .string(verdict.reading), "scaleLabel": Self.text(verdict.scaleLabel),
      ],
      "rules": .array(
        verdict.evidence.map {
          Self.stretch($0.start..<($0.start + $0.length), of: item.response, rule: $0.rule)
        }
      ),
      "answerEvidence": answerEvidence.map { Self.stretch($0, of: verdict.raw ?? "", rule: verdict.reading) } ?? .null,
      "attempts": .integer(Int64(judgement.attempts)), "seconds": .number(judgement.seconds),
      "failure": Self.text(failure), "log": .array(log.map { .string($0) }),
    ]
  }

  private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  private static func stretch(_ range: Range<Int>, of text: String, rule: String) -> JSONValue {
    [
      "rule": .string(rule), "start": .integer(Int64(range.lowerBound)), "length": .integer(Int64(range.count)),
      "text": .string(excerpt(range, of: text)),
    ]
  }

  /// A stretch of a text by Unicode scalars; what lies beyond its end is left out.
  public static func excerpt(_ range: Range<Int>, of text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(range.lowerBound).prefix(range.count)))
  }
}

extension JudgeExchange {
  /// The exchange as one object.
  public var json: JSONValue {
    [
      "recipient": .string(recipient), "request": requestJSON, "answer": answerJSON,
      "seconds": seconds.map { .number($0) } ?? .null,
    ]
  }

  private var requestJSON: JSONValue {
    func messages(_ chat: Chat) -> JSONValue {
      .array(chat.turns.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] })
    }
    switch request {
    case .complete(let chat, let settings):
      return [
        "messages": messages(chat), "maximumTokens": .integer(Int64(settings.maximumTokens)),
        "temperature": .number(settings.temperature), "seed": .integer(Int64(bitPattern: settings.seed)),
      ]
    case .score(let chat, let choices):
      return ["messages": messages(chat), "choices": .array(choices.map { .string($0) })]
    case .line(let line): return ["line": .string(line)]
    }
  }

  private var answerJSON: JSONValue {
    switch answer {
    case .text(let text, let truncated)?: ["text": .string(text), "truncated": .bool(truncated)]
    case .scores(let scores, let outside)?:
      ["logProbabilities": .array(scores.map { .number($0) }), "massOutside": .number(outside)]
    case .failure(let reason, let detail)?:
      ["reason": .string(reason.rawValue), "detail": detail.map { .string($0) } ?? .null]
    case nil: .null
    }
  }
}
