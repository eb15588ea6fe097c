/// What a judge made of all answers of a run, whether or not it is counted in the analysis.
public struct JudgeAccount: Sendable, Equatable {
  /// Answers with a label.
  public let labelled: Int
  /// Answers without one, by reason, in the order of the closed list; reasons that did not occur are left out.
  public let abstained: [ReasonCount]
  /// Answers that it was never shown.
  public let unasked: Int
  /// Answers whose verdict came from the cache of an earlier run.
  public let cached: Int

  /// Answers without a label, all reasons together.
  public var abstentions: Int { abstained.reduce(0) { $0 + $1.count } }

  init(_ verdicts: [VerdictInfo?]) {
    let rate = RefusalRate(verdicts: verdicts)
    labelled = rate.refusals.of
    abstained = rate.abstained
    unasked = rate.unasked
    cached = verdicts.count { $0?.origin != nil }
  }
}
