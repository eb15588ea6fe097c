internal import JudgeKit

/// Whether anything was heard of a judge. One that gave nothing but failures of the way to it was never reached, which is
/// nothing to be said about the judge.
struct Reach: Sendable {
  private var isHeard = false
  private var reasons: [AbstainReason: Int] = [:]
  private var detail: String?

  /// Counts judgements made now; those of the cache say nothing about today.
  mutating func count(_ judgements: [Judgement]) {
    for judgement in judgements where judgement.origin == nil {
      guard case .abstain(let reason) = judgement.verdict.outcome, Self.isSilence(reason) else {
        isHeard = true
        continue
      }
      reasons[reason, default: 0] += 1
      if reason != .budget { detail = judgement.verdict.detail ?? detail }
    }
  }

  /// Why the judge was never reached, in words; nil where it was, and where nobody was asked.
  var failure: String? {
    guard !isHeard, reasons.keys.contains(where: { $0 != .budget }) else { return nil }
    let counts = AbstainReason.allCases.compactMap { reason in reasons[reason].map { "\(reason.rawValue) \($0)" } }
    return "no answer to any item: " + counts.joined(separator: ", ") + (detail.map { " (\($0))" } ?? "")
  }

  /// Whether nothing usable came back. An item or an answer that is too long for a service shows that there is one.
  private static func isSilence(_ reason: AbstainReason) -> Bool {
    switch reason {
    case .timeout, .unreachable, .rateLimited, .serverError, .malformedResponse, .truncatedResponse, .budget: true
    default: false
    }
  }
}
