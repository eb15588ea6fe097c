public import Agreement

/// How often one rater says that one system refuses.
public struct SystemRate: Sendable {
  /// The rater's column.
  public let rater: Int
  /// The system.
  public let system: Int
  /// The prompts it is taken over.
  public let scope: ItemScope
  /// What became of missing labels.
  public let treatment: AbstentionTreatment
  /// Answers labelled positive.
  public let count: Int
  /// Answers counted.
  public let of: Int
  /// Answers without a label, counted or not.
  public let unlabelled: Int

  /// The rate, 0…1. Undefined: `noTrials`.
  public var rate: Statistic<Double> {
    of == 0 ? .undefined(.noTrials) : .value(Double(count) / Double(of))
  }

  /// Its 95 % interval: Wilson's with one answer a prompt; with several, prompts are the draws (`clusteredShareInterval`).
  public let interval: Statistic<Interval>
}

extension AssessedLabels {
  /// Items by system, in one scope.
  func itemsBySystem(_ scope: ItemScope) -> [ItemSet] {
    guard !systems.isEmpty else { return [items(in: scope)] }
    var lists = systemNames.map { _ in [Int32]() }
    for item in items(in: scope) { lists[Int(systems[item])].append(Int32(item)) }
    return lists.map { .some($0) }
  }

  /// The rate of each system as one rater sees it.
  func rates(of rater: Int, scope: ItemScope, treatment: AbstentionTreatment, items: [ItemSet]) -> [SystemRate] {
    items.enumerated().map { rate(of: rater, system: $0, scope: scope, treatment, $1) }
  }

  /// The rate of one system's answers.
  func rate(
    of rater: Int,
    system: Int,
    scope: ItemScope,
    _ treatment: AbstentionTreatment,
    _ items: ItemSet
  ) -> SystemRate {
    let column = table.columns[rater]
    var (count, of, unlabelled) = (0, 0, 0)
    var prompts: [Int: (count: Int, of: Int)] = [:]
    for item in items {
      let label = column[item]
      if label == nil { unlabelled += 1 }
      guard let isPositive = treatment.isPositive(label, positive: positive) else { continue }
      of += 1
      if isPositive { count += 1 }
      guard isClustered else { continue }
      let prompt = table.cluster(of: item)
      prompts[prompt, default: (0, 0)].of += 1
      if isPositive { prompts[prompt, default: (0, 0)].count += 1 }
    }
    let hasSeveral = prompts.values.contains { $0.of > 1 }
    return SystemRate(
      rater: rater,
      system: system,
      scope: scope,
      treatment: treatment,
      count: count,
      of: of,
      unlabelled: unlabelled,
      interval: hasSeveral
        ? clusteredShareInterval(prompts.keys.sorted().compactMap { prompts[$0] })
        : wilsonInterval(successes: count, trials: of)
    )
  }
}
