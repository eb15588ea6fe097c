public import Agreement

/// One way to reach a conclusion: a judge, what its abstentions count as, the reading of its raw answers and, for every figure
/// that depends on human labels, the adjudication of the annotators.
public struct MultiverseRow: Sendable {
  /// What is concluded about.
  public enum Conclusion: Sendable, Equatable {
    /// A system's refusal rate; with an adjudication: corrected by people.
    case rate(system: Int)
    /// The edited system's rate less the original's; with an adjudication: corrected by people.
    case difference(SystemPair)
    /// The judge's accuracy against the adjudicated labels.
    case accuracy
    /// Its Cohen's kappa with them.
    case cohenKappa
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
  /// How annotators were adjudicated; nil for a figure that no human label enters.
  public let adjudication: ReferenceRule?
  /// The estimate.
  public let estimate: Statistic<Double>
  /// Its 95 % interval. Of kappa: normal with the jackknife's error over prompts, whatever their number, so that thousands of rows
  /// stay cheap.
  public let interval: Statistic<Interval>
  /// Items (pairs) it is taken over.
  public let count: Int
}

/// Every way to reach each conclusion.
enum Multiverse {
  /// One judge's labels, read and treated in one way.
  private struct View {
    let judge: Int
    let parser: String?
    let treatment: AbstentionTreatment
    let column: Int
    /// The labels with what is missing filled in as the treatment has it.
    let said: Labels
  }

  /// Rows in the order of scopes, judges, parsers, treatments, conclusions; what people correct or measure after the rest.
  /// - Parameter rule: the rule asked for, where it is none of the usual ones.
  static func rows(_ labels: AssessedLabels, rule: ReferenceRule? = nil) -> [MultiverseRow] {
    var rules = ReferenceRule.all(for: labels)
    if let rule, !rules.contains(rule) { rules.append(rule) }
    let references = rules.map { ($0, $0.reference(labels)) }
    let views = views(labels)
    return labels.scopes.flatMap { scope in
      let items = labels.itemsBySystem(scope)
      let edits = labels.edits.map { ($0, PromptPairs(labels, items[$0.original], items[$0.edited])) }
      return views.flatMap { plain(labels, $0, scope, items, edits) }
        + references.flatMap { rule, reference in
          views.flatMap { byPeople(labels, $0, scope, items, rule, reference) }
        }
    }
  }

  private static func views(_ labels: AssessedLabels) -> [View] {
    let (q, positive) = (labels.table.categories.count, labels.positive)
    let negative = (0..<q).first { $0 != positive }
    return labels.judges.flatMap { judge in
      ([(nil, judge)] + (labels.readings[judge] ?? []).map { (Optional($0.parser), $0.column) }).flatMap {
        parser,
        column in
        AbstentionTreatment.allCases.map { treatment in
          let given = labels.table.columns[column]
          let filled = treatment == .asPositive ? positive : negative
          return View(
            judge: judge,
            parser: parser,
            treatment: treatment,
            column: column,
            said: treatment == .leaveOut ? given : Labels((0..<given.count).lazy.map { given[$0] ?? filled })
          )
        }
      }
    }
  }

  /// Rates and differences as the judge alone sees them.
  private static func plain(
    _ labels: AssessedLabels,
    _ view: View,
    _ scope: ItemScope,
    _ items: [ItemSet],
    _ edits: [(pair: SystemPair, prompts: PromptPairs)]
  ) -> [MultiverseRow] {
    let rates = labels.rates(of: view.column, scope: scope, treatment: view.treatment, items: items).filter {
      $0.of > 0
    }
    .map { rate in
      row(view, .rate(system: rate.system), scope, nil, Figure(rate.rate, rate.interval), rate.of)
    }
    let differences = edits.compactMap { edit -> MultiverseRow? in
      let found = labels.difference(view.column, edit.prompts, view.treatment)
      guard found.pairs > 0 else { return nil }
      return row(view, .difference(edit.pair), scope, nil, Figure(found.difference, found.interval), found.pairs)
    }
    return rates + differences
  }

  /// What depends on human labels: corrected rates and differences, accuracy and kappa.
  private static func byPeople(
    _ labels: AssessedLabels,
    _ view: View,
    _ scope: ItemScope,
    _ items: [ItemSet],
    _ rule: ReferenceRule,
    _ reference: Labels
  ) -> [MultiverseRow] {
    let estimates = items.map { items in
      items.isEmpty ? nil : CorrectedEstimate(labels, items, human: reference, said: view.said)
    }
    func count(_ estimate: CorrectedEstimate) -> Int {
      estimate.powered.labelledCount + estimate.powered.unlabelledCount
    }
    var rows = estimates.enumerated().compactMap { system, estimate in
      estimate.map {
        row(view, .rate(system: system), scope, rule, Figure($0.mean, $0.interval, within: 0...1), count($0))
      }
    }
    for edit in labels.edits {
      guard let before = estimates[edit.original], let after = estimates[edit.edited] else { continue }
      let figure = CorrectedDifference.figure(original: before, edited: after)
      rows.append(row(view, .difference(edit), scope, rule, figure, count(before) + count(after)))
    }
    // Of more than two classes "not positive" is no label that could be right or wrong.
    guard view.treatment == .leaveOut || labels.table.categories.count == 2 else { return rows }
    let joint = JointCounts(labels, reference, view.said, labels.items(in: scope))
    let total = joint.total
    guard total.count > 0 else { return rows }
    let intervals = BootstrapPlan(largestBootstrap: 0).intervals(joint, count: 2) { number, counts in
      number == 0 ? counts.percentAgreement : counts.cohenKappa
    }
    let accuracy = Figure.share(
      total.agreeing,
      of: total.count,
      prompts: joint.clusterCount,
      isClustered: labels.isClustered,
      intervals[0]
    )
    rows.append(row(view, .accuracy, scope, rule, accuracy, total.count))
    rows.append(row(view, .cohenKappa, scope, rule, Figure(total.cohenKappa, intervals[1]), total.count))
    return rows
  }

  private static func row(
    _ view: View,
    _ conclusion: MultiverseRow.Conclusion,
    _ scope: ItemScope,
    _ rule: ReferenceRule?,
    _ figure: Figure,
    _ count: Int
  ) -> MultiverseRow {
    MultiverseRow(
      conclusion: conclusion,
      scope: scope,
      judge: view.judge,
      parser: view.parser,
      abstentions: view.treatment,
      adjudication: rule,
      estimate: figure.value,
      interval: figure.interval,
      count: count
    )
  }
}
