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
  public let judgeRate: Statistic<Double>
  /// The corrected rate.
  public let mean: Statistic<Double>
  /// Its 95 % interval, cut to 0…1; answers count as independent. Where the reference labels are all alike: Wilson's of
  /// them.
  public let interval: Statistic<Interval>
  /// The rate of the human labels alone.
  public let classical: Statistic<Double>
  /// Its 95 % interval.
  public let classicalInterval: Statistic<Interval>
  /// The weight λ of the judge, 0…1: 0 where its labels say nothing of the people's.
  public let lambda: Statistic<Double>
  /// How many more human labels would bring the interval to the wanted width; nil where none was asked for.
  public let budget: Statistic<HumanLabelBudget>?
}

extension CorrectedRate {
  static func all(_ labels: AssessedLabels, rules: [ReferenceRule], wantedWidth: Double?) -> [CorrectedRate] {
    labels.scopes.flatMap { scope in
      let items = labels.itemsBySystem(scope)
      return rules.flatMap { all(labels, rule: $0, scope: scope, items: items, wantedWidth: wantedWidth) }
    }
  }

  static func all(
    _ labels: AssessedLabels,
    rule: ReferenceRule,
    scope: ItemScope,
    items: [ItemSet],
    wantedWidth: Double? = nil
  ) -> [CorrectedRate] {
    let reference = rule.reference(labels)
    return items.indices.flatMap { system in
      let own = items[system]
      let human = reference.selecting(own)
      return own.isEmpty
        ? []
        : labels.judges.map { judge in
          CorrectedRate(
            judge: judge,
            system: system,
            scope: scope,
            rule: rule,
            human: human,
            said: labels.table.columns[judge].selecting(own),
            positive: labels.positive,
            wantedWidth: wantedWidth
          )
        }
    }
  }

  private init(
    judge: Int,
    system: Int,
    scope: ItemScope,
    rule: ReferenceRule,
    human: Labels,
    said: Labels,
    positive: Int,
    wantedWidth: Double?
  ) {
    let powered = PredictionPoweredMean(human: human, judge: said, positive: positive)
    let tuned = powered.tuned()
    let classical = powered.classical()
    // Counted item by item: lists of optionals would cost sixteen bytes an answer.
    var (both, positives, given, saidPositive) = (0, 0, 0, 0)
    for item in 0..<human.count {
      guard let label = said[item] else { continue }
      given += 1
      if label == positive { saidPositive += 1 }
      guard let truth = human[item] else { continue }
      both += 1
      if truth == positive { positives += 1 }
    }
    // Labels that are all alike have no variance: a normal interval without width would claim certainty.
    let isConstant = positives == 0 || positives == both
    func cut(_ interval: Interval) -> Interval {
      let cut = Interval(low: max(0, interval.low), high: min(1, interval.high))
      return isConstant ? wilsonInterval(successes: positives, trials: both).value ?? cut : cut
    }
    self.judge = judge
    self.system = system
    self.scope = scope
    self.rule = rule
    labelled = powered.labelledCount
    unlabelled = powered.unlabelledCount
    judgeRate = given == 0 ? .undefined(.noTrials) : .value(Double(saidPositive) / Double(given))
    self.classical = classical.map(\.mean)
    classicalInterval = classical.map { cut($0.interval) }
    lambda = powered.lambda
    switch tuned {
    // A judge that never varies, or no answer without a human label: the people's own rate is the best there is.
    case .undefined(.noUnlabelled), .undefined(.noVariance):
      mean = classical.map(\.mean)
      interval = classical.map { cut($0.interval) }
    default:
      mean = tuned.map(\.mean)
      interval = tuned.map { cut($0.interval) }
    }
    // A plan needs variances, and labels that are all alike have none.
    budget = wantedWidth.map { isConstant ? .undefined(.noVariance) : powered.humanLabelBudget(width: $0) }
  }
}
