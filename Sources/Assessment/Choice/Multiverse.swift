public import Agreement

/// One way to reach a conclusion: a judge, what its abstentions count as, the reading of its raw answers and, for corrected
/// rates, the adjudication of the annotators.
public struct MultiverseRow: Sendable {
  /// What is concluded about.
  public enum Conclusion: Sendable, Equatable {
    /// A system's refusal rate.
    case rate(system: Int)
    /// The edited system's rate less the original's.
    case difference(SystemPair)
  }

  /// What is concluded about.
  public let conclusion: Conclusion
  /// Over which prompts.
  public let scope: ItemScope
  /// The judge's column.
  public let judge: Int
  /// How its raw answers were read: the parser's name, or nil for the study's own.
  public let parser: String?
  /// What abstentions count as.
  public let abstentions: AbstentionTreatment
  /// How annotators were adjudicated; nil for a rate that is not corrected by people.
  public let adjudication: ReferenceRule?
  /// The estimate.
  public let estimate: Statistic<Double>
  /// Its 95 % interval.
  public let interval: Statistic<Interval>
  /// Items (pairs) it is taken over.
  public let count: Int
}

/// Every way to reach each conclusion.
enum Multiverse {
  /// Rows in the order of conclusions, judges, parsers, treatments.
  static func rows(_ labels: AssessedLabels) -> [MultiverseRow] {
    var rows: [MultiverseRow] = []
    for scope in labels.scopes {
      let items = labels.itemsBySystem(scope)
      let edits = labels.edits.map { (pair: $0, prompts: PromptPairs(labels, items[$0.original], items[$0.edited])) }
      for judge in labels.judges {
        for (parser, column) in [(nil, judge)]
          + (labels.readings[judge] ?? []).map({ (Optional($0.parser), $0.column) })
        {
          for treatment in AbstentionTreatment.allCases {
            for rate in labels.rates(of: column, scope: scope, treatment: treatment, items: items) where rate.of > 0 {
              rows.append(
                MultiverseRow(
                  conclusion: .rate(system: rate.system),
                  scope: scope,
                  judge: judge,
                  parser: parser,
                  abstentions: treatment,
                  adjudication: nil,
                  estimate: rate.rate,
                  interval: rate.interval,
                  count: rate.of
                )
              )
            }
            for (edit, prompts) in edits {
              let found = labels.difference(column, prompts, treatment)
              guard found.pairs > 0 else { continue }
              rows.append(
                MultiverseRow(
                  conclusion: .difference(edit),
                  scope: scope,
                  judge: judge,
                  parser: parser,
                  abstentions: treatment,
                  adjudication: nil,
                  estimate: found.difference,
                  interval: found.interval,
                  count: found.pairs
                )
              )
            }
          }
        }
      }
      rows += corrected(labels, scope, items)
    }
    return rows
  }

  /// Rates corrected by people, one for each adjudication.
  private static func corrected(_ labels: AssessedLabels, _ scope: ItemScope, _ items: [ItemSet]) -> [MultiverseRow] {
    ReferenceRule.all(for: labels).flatMap { rule in
      CorrectedRate.all(labels, rule: rule, scope: scope, items: items).map { one in
        MultiverseRow(
          conclusion: .rate(system: one.system),
          scope: scope,
          judge: one.judge,
          parser: nil,
          abstentions: .leaveOut,
          adjudication: rule,
          estimate: one.mean,
          interval: one.interval,
          count: one.labelled + one.unlabelled
        )
      }
    }
  }
}
