public import Agreement

extension PanelChoice {
  /// Compares the panel's subsets with a reference.
  /// - Parameters:
  ///   - costs: what a judge costs an item, by column; 1 where none is said.
  ///   - wanted: the accuracy that `cheapest` must reach.
  ///   - byLowerEnd: whether the lower end of the interval must reach it too.
  /// - Returns: nil for a panel of more than 62 judges.
  public init?(
    _ labels: AssessedLabels,
    reference: Labels,
    costs: [Int: Double] = [:],
    wanted: Double? = nil,
    byLowerEnd: Bool = false
  ) {
    let judges = labels.judges.filter { labels.table.columns[$0].labelled > 0 }
    guard judges.count <= 62 else { return nil }
    self.wanted = wanted
    let columns = judges.map { labels.table.columns[$0] }
    // Two classes are counted in bit planes; of more, votes are counted one by one and only as many subsets as that allows.
    let isBinary = labels.table.categories.count == 2
    let planes = isBinary ? PanelSearch(columns, reference: reference, positive: labels.positive) : nil
    @Sendable func score(_ mask: Int) -> PanelScore {
      if let planes { return planes.score(mask) }
      let chosen = columns.indices.filter { mask & (1 << $0) != 0 }.map { columns[$0] }
      return PanelScore(VoteRule.majority.labels(chosen), reference: reference)
    }
    // What is shown gets its interval over prompts; the search through thousands of subsets needs none.
    let cluster: ((Int) -> Int)? = labels.isClustered ? { labels.table.cluster(of: $0) } : nil
    func shown(_ mask: Int) -> PanelScore {
      guard cluster != nil else { return score(mask) }
      let chosen = columns.indices.filter { mask & (1 << $0) != 0 }.map { columns[$0] }
      return PanelScore(VoteRule.majority.labels(chosen), reference: reference, cluster: cluster)
    }
    let everybody = (1 << judges.count) - 1
    whole = shown(everybody)
    let weighted =
      labels.table.itemCount > Self.largestWeighted
      ? [] : [VoteRule.weighted(VoteRule.consensusWeights(labels.table.selecting(raters: judges)))]
    rules = ([VoteRule.majority, .unanimous] + weighted).map { rule in
      (rule, PanelScore(rule.labels(columns), reference: reference, cluster: cluster))
    }
    let errors = columns.map { column in
      Labels(
        (0..<reference.count).map { item in
          guard let truth = reference[item], let label = column[item] else { return nil }
          return label == truth ? 0 : 1
        }
      )
    }
    let correlations = errors.map { first in errors.map { PairCounts(first, $0, categories: 2).phi } }
    members = judges.indices.map { at in
      let near = judges.indices.filter { $0 != at }.compactMap { other in
        PairCounts(columns[at], columns[other], categories: labels.table.categories.count).cohenKappa.value
          .map { (other, $0) }
      }.max { $0.1 < $1.1 }
      let without = shown(everybody & ~(1 << at))
      return Member(
        judge: judges[at],
        alone: shown(1 << at),
        without: without,
        marginalValue: Self.difference(score(everybody), score(everybody & ~(1 << at))),
        nearest: near.map { (judges[$0.0], $0.1) },
        sharedErrors: near.map { correlations[at][$0.0] } ?? .undefined(.tooFewRaters)
      )
    }
    var known: [Double] = []
    for a in judges.indices {
      for b in judges.indices where b > a { correlations[a][b].value.map { known.append($0) } }
    }
    if known.isEmpty {
      errorCorrelation = .undefined(judges.count < 2 ? .tooFewRaters : .constantRater)
    } else {
      errorCorrelation = .value(known.reduce(0, +) / Double(known.count))
    }
    let n = Double(judges.count)
    effectiveSize = errorCorrelation.map { n / (1 + (n - 1) * max(0, $0)) }
    isExhaustive = judges.count <= (isBinary ? Self.exhaustiveLimit : 8)
    let price = judges.map { costs[$0] ?? 1 }
    func subset(_ mask: Int, _ score: (Int) -> PanelScore) -> Candidate {
      let chosen = judges.indices.filter { mask & (1 << $0) != 0 }
      let subset = Subset(
        judges: chosen.map { judges[$0] },
        cost: chosen.reduce(0) { $0 + price[$1] },
        score: score(mask)
      )
      return Candidate(mask: mask, subset: subset)
    }
    let masks = isExhaustive ? Array(1...max(1, everybody)) : PanelSearch.grown(judges.count, score: score)
    let subsets = judges.isEmpty ? [] : masks.map { subset($0, score) }
    bestOfSize = (1...max(1, judges.count)).compactMap { size in
      subsets.filter { $0.subset.judges.count == size }.min { Self.isBetter($0.subset, $1.subset) }
        .map { subset($0.mask, shown).subset }
    }
    cheapest = wanted.flatMap { wanted in
      let reaching = subsets.filter { ($0.subset.score.accuracy.value ?? -1) >= wanted }.sorted { first, second in
        let (a, b) = (first.subset, second.subset)
        return a.cost != b.cost ? a.cost < b.cost : Self.isBetter(a, b)
      }
      let found = reaching.first { !byLowerEnd || (shown($0.mask).interval.value?.low ?? -1) >= wanted }
      return found.map { subset($0.mask, shown).subset }
    }
  }

  /// A subset with its bits.
  private struct Candidate {
    let mask: Int
    let subset: Subset
  }

  private static func difference(_ first: PanelScore, _ second: PanelScore) -> Statistic<Double> {
    guard let a = first.accuracy.value, let b = second.accuracy.value else { return .undefined(.noOverlap) }
    return .value(a - b)
  }

  /// More right answers first, then the cheaper, then the earlier judges: one order, whatever the machine.
  private static func isBetter(_ first: Subset, _ second: Subset) -> Bool {
    if first.score.right != second.score.right { return first.score.right > second.score.right }
    if first.cost != second.cost { return first.cost < second.cost }
    return first.judges.lexicographicallyPrecedes(second.judges)
  }
}
