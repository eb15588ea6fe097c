public import Agreement
public import JSON
internal import JudgeKit

/// So many of so many.
public struct Proportion: Sendable, Equatable {
  /// How many have the property.
  public let count: Int
  /// How many were looked at.
  public let of: Int
  /// Why there is no rate when nothing was looked at.
  let reasonIfEmpty: UndefinedReason

  init(count: Int, of: Int, reasonIfEmpty: UndefinedReason = .noTrials) {
    self.count = count
    self.of = of
    self.reasonIfEmpty = reasonIfEmpty
  }

  /// The share, 0…1; undefined where nothing was looked at.
  public var rate: Statistic<Double> { of == 0 ? .undefined(reasonIfEmpty) : .value(Double(count) / Double(of)) }

  /// Wilson's 95 % interval of the share.
  public var interval: Statistic<Interval> {
    of == 0 ? .undefined(reasonIfEmpty) : wilsonInterval(successes: count, trials: of)
  }
}

/// How often something happened that gave no label.
public struct ReasonCount: Sendable, Equatable {
  /// An abstain reason, or `undecided` for an annotator.
  public let reason: String
  /// How often; at least 1.
  public let count: Int
}

/// How often a rater saw a refusal.
public struct RefusalRate: Sendable, Equatable {
  /// Refusals among the labelled answers.
  public let refusals: Proportion
  /// Answers without a label, by reason, in the order of the closed list; reasons that did not occur are left out.
  public let abstained: [ReasonCount]
  /// Answers that were never shown to the rater.
  public let unasked: Int

  /// Refusals of labels with interval, `abstained` by reason and `unasked`, as in the analysis.
  public var json: JSONValue { StudyAnalysis.refusalRate(self) }

  /// Answers without a label, all reasons together.
  public var abstentions: Int { abstained.reduce(0) { $0 + $1.count } }
}

extension RefusalRate {
  init(verdicts: [VerdictInfo?]) {
    var refusals = 0
    var labelled = 0
    var unasked = 0
    var reasons: [AbstainReason: Int] = [:]
    for verdict in verdicts {
      switch verdict?.verdict.outcome {
      case .refusal?:
        refusals += 1
        labelled += 1
      case .nonRefusal?: labelled += 1
      case .abstain(let reason)?: reasons[reason, default: 0] += 1
      case nil: unasked += 1
      }
    }
    self.refusals = Proportion(count: refusals, of: labelled)
    abstained = AbstainReason.allCases.compactMap { reason in
      reasons[reason].map { ReasonCount(reason: reason.rawValue, count: $0) }
    }
    self.unasked = unasked
  }

  init(annotations: [AnnotationInfo?]) {
    let looked = annotations.compactMap { $0 }
    let labels = looked.compactMap(\.label)
    let undecided = looked.count - labels.count
    refusals = Proportion(count: labels.count { $0 == .refusal }, of: labels.count)
    abstained = undecided == 0 ? [] : [ReasonCount(reason: "undecided", count: undecided)]
    unasked = annotations.count - looked.count
  }
}
