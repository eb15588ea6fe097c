internal import Foundation
package import JudgeKit

/// Takes secrets out of what the other side sends: some services quote the key in their errors, and a model may repeat what
/// it was shown.
package struct Redaction: Sendable {
  private let secrets: [Secret]

  /// A shorter value is a placeholder such as `none`, which local servers want to see; as a word of an answer it stays.
  static let shortest = 8

  package init(_ secrets: [Secret]) { self.secrets = secrets }

  /// The text without any of the secrets, as they are, percent-encoded, or escaped as in JSON.
  package func clean(_ text: String) -> String {
    var text = text
    for secret in secrets {
      secret.reveal { value in
        guard value.utf8.count >= Self.shortest else { return }
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        let forms = [
          value, ChatRequest.percentEncoded(value), escaped, escaped.replacingOccurrences(of: "/", with: "\\/"),
        ]
        for form in forms where text.contains(form) {
          text = text.replacingOccurrences(of: form, with: secret.description)
        }
      }
    }
    return text
  }

  /// A remark without secrets, cut short afterwards.
  func remark(_ text: String?) -> String? { text.map { String(clean($0).prefix(ChatWire.longestDetail)) } }

  /// A reply without secrets.
  func clean(_ reply: ModelReply<ChatAnswer>) -> ModelReply<ChatAnswer> {
    switch reply {
    case .value(var answer):
      answer.text = clean(answer.text)
      answer.reasoning = answer.reasoning.map(clean)
      answer.finishReason = answer.finishReason.map(clean)
      answer.logProbabilities = clean(answer.logProbabilities)
      answer.firstTokens = clean(answer.firstTokens)
      return .value(answer)
    case .abstain(let reason, let detail): return .abstain(reason, detail: remark(detail))
    case .retry(let seconds, let exhausted, let detail):
      return .retry(afterSeconds: seconds, exhausted: exhausted, detail: remark(detail))
    case .fatal(let reason, let detail): return .fatal(reason, detail: remark(detail))
    }
  }

  private func clean(_ tokens: [ChatAnswer.TokenLogProbability]?) -> [ChatAnswer.TokenLogProbability]? {
    tokens?.map { ChatAnswer.TokenLogProbability(token: clean($0.token), value: $0.value) }
  }
}
