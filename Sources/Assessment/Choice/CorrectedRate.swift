public import Agreement

/// A system's refusal rate as a judge sees it, corrected by the human labels there are: prediction-powered inference (PPI++;
/// Angelopoulos, Duchi & Zrnic 2023). With human labels on every answer there is nothing to correct, and the rate is the
/// people's own. It holds where the labelled answers are a random sample of all: labels given to the hard ones alone correct
/// nothing.
public struct CorrectedRate: Sendable {
  /// The judge's column.
  public let judge: Int
  /// The system.
  public let system: Int
  /// Over which prompts.
  public let scope: ItemScope
  /// How annotators became one reference.
  public let rule: ReferenceRule
  /// Answers with a human and a judge's label.
  public let labelled: Int
  /// Answers with the judge's label alone.
  public let unlabelled: Int
  /// The judge's own rate over both.
  public let judgeRate: Figure
  /// The corrected rate with its interval, cut to 0…1: see `CorrectedEstimate`.
  public let corrected: Figure
  /// The rate of the human labels alone.
  public let classical: Figure
  /// The weight λ of the judge, 0…1: 0 where its labels say nothing of the people's. It is chosen, so it has no interval.
  public let lambda: Figure
  /// How many more human labels would bring the interval to the wanted width, answers taken as independent; nil where none was
  /// asked for.
  public let budget: Statistic<HumanLabelBudget>?
}

/// The effect of an edit as a judge sees it, corrected by the human labels there are: the edited system's corrected rate less the
/// original's.
public struct CorrectedDifference: Sendable {
  /// The judge's column.
  public let judge: Int
  /// The systems.
  public let systems: SystemPair
  /// Over which prompts.
  public let scope: ItemScope
  /// How annotators became one reference.
  public let rule: ReferenceRule
  /// Answers of either system with a human and a judge's label.
  public let labelled: Int
  /// Answers of either with the judge's label alone.
  public let unlabelled: Int
  /// The corrected difference, −1…1. Its interval goes by what each prompt adds to the errors of both rates, so that answers to one
  /// prompt stay together (`CorrectedEstimate.student`); where the reference labels of a system are all alike, the two rates'
  /// intervals are joined by square and add (Zou & Donner 2008), which takes them as independent.
  public let corrected: Figure
}

extension CorrectedRate {
  /// Of every system, by scope, rule and judge.
  static func all(_ labels: AssessedLabels, rules: [ReferenceRule], wantedWidth: Double?) -> [CorrectedRate] {
    let references = rules.map { ($0, $0.reference(labels)) }
    return labels.scopes.flatMap { scope -> [CorrectedRate] in
      let items = labels.itemsBySystem(scope)
      return references.flatMap { rule, reference in
        items.indices.filter { !items[$0].isEmpty }.flatMap { system in
          labels.judges.map { judge in
            let said = labels.table.columns[judge]
            return CorrectedRate(
              labels,
              judge: judge,
              system: system,
              scope: scope,
              rule: rule,
              estimate: CorrectedEstimate(labels, items[system], human: reference, said: said),
              rate: labels.rate(of: judge, system: system, scope: scope, .leaveOut, items[system]),
              wantedWidth: wantedWidth
            )
          }
        }
      }
    }
  }

  private init(
    _ labels: AssessedLabels,
    judge: Int,
    system: Int,
    scope: ItemScope,
    rule: ReferenceRule,
    estimate: CorrectedEstimate,
    rate: SystemRate,
    wantedWidth: Double?
  ) {
    self.judge = judge
    self.system = system
    self.scope = scope
    self.rule = rule
    labelled = estimate.powered.labelledCount
    unlabelled = estimate.powered.unlabelledCount
    judgeRate = Figure(rate.rate, rate.interval, within: 0...1)
    corrected = Figure(estimate.mean, estimate.interval, within: 0...1)
    classical = Figure(estimate.classical, estimate.classicalInterval, within: 0...1)
    lambda = Figure(estimate.lambda, .undefined(.chosenWeight), within: 0...1)
    // A plan needs variances, and labels that are all alike have none.
    budget = wantedWidth.map {
      estimate.isConstant ? .undefined(.noVariance) : estimate.powered.humanLabelBudget(width: $0)
    }
  }
}

extension CorrectedDifference {
  /// Of every edit, by scope, rule and judge.
  static func all(_ labels: AssessedLabels, rules: [ReferenceRule]) -> [CorrectedDifference] {
    guard !labels.edits.isEmpty else { return [] }
    let references = rules.map { ($0, $0.reference(labels)) }
    return labels.scopes.flatMap { scope in
      let items = labels.itemsBySystem(scope)
      return references.flatMap { rule, reference in
        labels.edits.flatMap { edit in
          labels.judges.map { judge in
            let estimates = [edit.original, edit.edited].map {
              CorrectedEstimate(labels, items[$0], human: reference, said: labels.table.columns[judge])
            }
            return CorrectedDifference(
              judge: judge,
              systems: edit,
              scope: scope,
              rule: rule,
              labelled: estimates.reduce(0) { $0 + $1.powered.labelledCount },
              unlabelled: estimates.reduce(0) { $0 + $1.powered.unlabelledCount },
              corrected: figure(original: estimates[0], edited: estimates[1])
            )
          }
        }
      }
    }
  }

  /// The difference of two corrected rates.
  static func figure(original: CorrectedEstimate, edited: CorrectedEstimate) -> Figure {
    guard case .value(let before) = original.mean else { return undefined(original.mean.reason) }
    guard case .value(let after) = edited.mean else { return undefined(edited.mean.reason) }
    let point = after - before
    guard original.isConstant || edited.isConstant else {
      var byPrompt: [Int: Double] = [:]
      for (prompt, value) in edited.influence { byPrompt[prompt, default: 0] += value }
      for (prompt, value) in original.influence { byPrompt[prompt, default: 0] -= value }
      let influence = byPrompt.keys.sorted().compactMap { byPrompt[$0] }
      return Figure(.value(point), CorrectedEstimate.student(point, influence))
    }
    guard let a = edited.interval.value, let b = original.interval.value else {
      return Figure(.value(point), .undefined(edited.interval.reason ?? original.interval.reason ?? .noLabelled))
    }
    func join(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    let ends = Interval(
      low: point - join(after - a.low, b.high - before),
      high: point + join(a.high - after, before - b.low)
    )
    return Figure(.value(point), .value(ends))
  }

  private static func undefined(_ reason: UndefinedReason?) -> Figure {
    Figure(.undefined(reason ?? .noLabelled), .undefined(reason ?? .noLabelled))
  }
}
