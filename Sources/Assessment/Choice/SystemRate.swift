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

  /// Wilson's 95 % interval: the answers of one system to different prompts are independent draws; of several samples a
  /// prompt it is too narrow, and the assessment says so.
  public var interval: Statistic<Interval> { wilsonInterval(successes: count, trials: of) }
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
    let column = table.columns[rater]
    return items.enumerated().map { system, items in
      var (count, of, unlabelled) = (0, 0, 0)
      for item in items {
        let label = column[item]
        if label == nil { unlabelled += 1 }
        guard let isPositive = treatment.isPositive(label, positive: positive) else { continue }
        of += 1
        if isPositive { count += 1 }
      }
      return SystemRate(
        rater: rater,
        system: system,
        scope: scope,
        treatment: treatment,
        count: count,
        of: of,
        unlabelled: unlabelled
      )
    }
  }

  /// Items of two systems paired by prompt, and by order where a prompt has several answers.
  func pairedItems(_ first: ItemSet, _ second: ItemSet) -> [(Int, Int)] {
    var waiting: [Int: [Int]] = [:]
    for item in second { waiting[table.cluster(of: item), default: []].append(item) }
    var used: [Int: Int] = [:]
    return first.compactMap { item in
      let cluster = table.cluster(of: item)
      let next = used[cluster, default: 0]
      guard let there = waiting[cluster], next < there.count else { return nil }
      used[cluster] = next + 1
      return (item, there[next])
    }
  }
}
