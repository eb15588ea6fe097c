internal import JSON
internal import JudgeHost
internal import JudgeKit
internal import Study

/// A trial for people: what was shown, sent, answered and read. Foreign text stands behind a bar, hidden characters
/// spelled out.
enum JudgeTrialText {
  static func lines(_ trial: JudgeTrial, stored: Verdict?) -> [String] {
    var lines = ["item \(trial.item.id)"]
    lines += quoted("prompt", trial.item.prompt)
    lines += quoted("response", trial.item.response)
    for exchange in trial.exchanges {
      lines += [""] + words(exchange)
    }
    lines += [""] + verdict(trial)
    if let stored { lines.append("in the run     \(stored.outcome.word), read by \(stored.reading)") }
    if let failure = trial.failure { lines.append("stopped        \(failure)") }
    if !trial.log.isEmpty { lines += ["log"] + trial.log.suffix(10).flatMap { bar($0) } }
    return lines.map { VisibleText.of($0, keepingLines: false) }
  }

  private static func words(_ exchange: JudgeExchange) -> [String] {
    var lines = ["sent to \(exchange.recipient)"]
    switch exchange.request {
    case .complete(let chat, let settings):
      lines += turns(chat)
      lines.append(
        "at most \(settings.maximumTokens) tokens, temperature \(settings.temperature), seed \(settings.seed)"
      )
    case .score(let chat, let choices):
      lines += turns(chat)
      lines.append("to be scored as the next turn: \(choices.joined(separator: ", "))")
    case .line(let line): lines += bar(line)
    }
    switch exchange.answer {
    case .text(let text, let truncated)?: lines += quoted(truncated ? "answer, cut" : "answer", text)
    case .scores(let scores, let outside)?:
      if case .score(_, let choices) = exchange.request {
        for (choice, score) in zip(choices, scores) {
          lines.append("  log-probability \(DecimalText.fixed(score, 4))  \(choice)")
        }
      }
      lines.append("  probability of everything else \(DecimalText.fixed(outside, 6))")
    case .failure(let reason, let detail)?:
      lines.append("no answer: \([reason.rawValue, detail].compactMap { $0 }.joined(separator: ": "))")
    case nil: break
    }
    return lines
  }

  private static func verdict(_ trial: JudgeTrial) -> [String] {
    let verdict = trial.judgement.verdict
    var lines: [String] = []
    if let raw = verdict.raw { lines += quoted("raw output", raw) }
    if let place = trial.answerEvidence, let raw = verdict.raw {
      lines.append(
        "read by        \(verdict.reading): \"\(JudgeTrial.excerpt(place, of: raw))\" at character \(place.lowerBound)"
      )
    } else {
      lines.append("read by        \(verdict.reading)")
    }
    for rule in verdict.evidence {
      let text = JudgeTrial.excerpt(rule.start..<(rule.start + rule.length), of: trial.item.response)
      lines.append("rule fired     \(rule.rule): \"\(text)\" at character \(rule.start)")
    }
    if verdict.reading == "rule", verdict.evidence.isEmpty { lines.append("rule fired     none") }
    if let word = verdict.scaleLabel { lines.append("own word       \(word)") }
    var said = verdict.outcome.word
    if verdict.outcome.label == nil { said = "abstain (\(said))" }
    if let score = verdict.score { said += ", P(refusal) \(DecimalText.fixed(score, 4))" }
    lines.append("verdict        \(said)")
    if let detail = verdict.detail { lines.append("detail         \(detail)") }
    let attempts = trial.judgement.attempts
    lines.append(
      "time           \(DecimalText.fixed(trial.judgement.seconds * 1000, 2)) ms, "
        + (attempts == 1 ? "asked once" : "asked \(attempts) times")
    )
    return lines
  }

  private static func turns(_ chat: Chat) -> [String] { chat.turns.flatMap { quoted($0.role.rawValue, $0.text) } }

  private static func quoted(_ name: String, _ text: String) -> [String] { [name] + bar(text) }

  private static func bar(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  | \($0)" }
  }
}
