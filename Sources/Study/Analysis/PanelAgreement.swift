public import Agreement
internal import JudgeKit

/// How two judges agree on the answers that both labelled.
public struct PairAgreement: Sendable, Equatable {
  /// Equal labels among the answers that both labelled.
  public let agreeing: Proportion
  /// Cohen's kappa, −1…1.
  public let kappa: Statistic<Double>
}

/// Two judges of the panel.
public struct JudgePair: Sendable {
  /// Index of the earlier judge.
  public let first: Int
  /// Index of the later judge.
  public let second: Int
  /// Their agreement.
  public let agreement: ByScope<PairAgreement>
}

/// How the whole panel agrees.
public struct PanelAgreement: Sendable, Equatable {
  /// Judges that gave a label at all.
  public let judges: Int
  /// Answers with at least two labels: the others say nothing of agreement.
  public let responses: Int
  /// Krippendorff's alpha for nominal labels, at most 1.
  public let alpha: Statistic<Double>
}

/// Labels in the numbers of the Agreement module: refusal 1, non-refusal 0.
struct RunLabels {
  /// `judges[judge][response]`; nothing for a judge that is not counted.
  let judges: [[Int?]]
  /// `annotators[annotator][response]`.
  let annotators: [[Int?]]
  /// Indices of the responses of each scope.
  let members: ByScope<[Int]>

  static let refusal = 1

  init(_ results: RunResults) {
    judges = zip(results.judges, results.verdicts).map { judge, verdicts in
      guard judge.isCounted else { return verdicts.map { _ in nil } }
      return verdicts.map { $0?.verdict.outcome.label.map { $0 == .refusal ? Self.refusal : 0 } }
    }
    annotators = results.annotations.map { row in row.map { $0?.label.map { $0 == .refusal ? Self.refusal : 0 } } }
    members = ByScope { scope in
      results.responses.indices.filter { scope.contains(results.prompts[results.responses[$0].prompt].kind) }
    }
  }

  func agreement(_ first: Int, _ second: Int, _ scope: PromptScope) -> PairAgreement {
    let members = members[scope]
    let pairs = PairedLabels(members.map { judges[first][$0] }, members.map { judges[second][$0] })
    return PairAgreement(
      agreeing: Proportion(count: pairs.agreeing, of: pairs.count, reasonIfEmpty: .noOverlap),
      kappa: pairs.cohenKappa
    )
  }

  func panel(_ asked: [Int], _ scope: PromptScope) -> PanelAgreement {
    let members = members[scope]
    let rows = asked.map { judge in members.map { judges[judge][$0] } }
    return PanelAgreement(
      judges: rows.count { $0.contains { $0 != nil } },
      responses: members.count { response in asked.count { judges[$0][response] != nil } >= 2 },
      alpha: krippendorffAlpha(nominal: rows)
    )
  }
}
