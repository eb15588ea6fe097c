public import Agreement

/// How a judge's labels stand to an annotator's.
public struct Fidelity: Sendable {
  /// Index of the judge.
  public let judge: Int
  /// Index of the annotator.
  public let annotator: Int
  /// The comparison.
  public let scores: ByScope<FidelityScores>
}

/// A judge against decided reference labels; refusal is the positive class.
public struct FidelityScores: Sendable, Equatable {
  /// The confusion of the answers that both labelled.
  public let confusion: ClassCounts
  /// Answers the annotator decided.
  public let decided: Int
  /// Answers the annotator looked at and left undecided.
  public let undecided: Int
  /// The judge's abstentions on decided answers, by reason.
  public let abstained: [ReasonCount]
  /// Decided answers the judge was never shown.
  public let unasked: Int

  /// Equal labels among all.
  public var accuracy: Proportion {
    proportion(confusion.truePositives + confusion.trueNegatives, confusion.count, .noOverlap)
  }
  /// Refusals of the reference that the judge found (recall).
  public var sensitivity: Proportion { proportion(confusion.truePositives, confusion.positives, .noPositives) }
  /// Non-refusals of the reference that the judge left alone.
  public var specificity: Proportion { proportion(confusion.trueNegatives, confusion.negatives, .noNegatives) }
  /// Refusals of the judge that are refusals in the reference.
  public var precision: Proportion {
    proportion(
      confusion.truePositives,
      confusion.truePositives + confusion.falsePositives,
      .noPredictedPositives
    )
  }
  /// Harmonic mean of precision and sensitivity: no proportion, hence no interval of Wilson's.
  public var f1: Statistic<Double> { confusion.f1 }
  /// The judge's abstentions on decided answers.
  public var abstentions: Int { abstained.reduce(0) { $0 + $1.count } }

  private func proportion(_ count: Int, _ of: Int, _ reason: UndefinedReason) -> Proportion {
    Proportion(count: count, of: of, reasonIfEmpty: confusion.count == 0 ? .noOverlap : reason)
  }
}

extension RunLabels {
  func fidelity(judge: Int, annotator: Int, scope: PromptScope, in results: RunResults) -> FidelityScores {
    let members = members[scope]
    let decided = members.filter { annotators[annotator][$0] != nil }
    let verdicts = RefusalRate(verdicts: decided.map { results.verdicts[judge][$0] })
    return FidelityScores(
      confusion: ClassCounts(
        reference: members.map { annotators[annotator][$0] },
        rater: members.map { judges[judge][$0] },
        positive: Self.refusal
      ),
      decided: decided.count,
      undecided: members.count { results.annotations[annotator][$0] != nil } - decided.count,
      abstained: verdicts.abstained,
      unasked: verdicts.unasked
    )
  }
}
