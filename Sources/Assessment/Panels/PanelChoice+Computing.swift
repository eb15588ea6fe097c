public import Agreement

extension PanelChoice {
  /// Compares the panel's subsets with a reference.
  /// - Parameters:
  ///   - costs: what a judge costs an item, by column; 1 where none is said.
  ///   - wanted: the accuracy that `cheapest` must reach.
  ///   - byLowerEnd: whether the lower end of the interval must reach it too.
  ///   - plan: how intervals of correlations are resampled.
  public init(
    _ labels: AssessedLabels,
    reference: Labels,
    costs: [Int: Double] = [:],
    wanted: Double? = nil,
    byLowerEnd: Bool = false,
    plan: BootstrapPlan = BootstrapPlan()
  ) {
    let judges = labels.judges.filter { labels.table.columns[$0].labelled > 0 }
    self.wanted = wanted
    let columns = judges.map { labels.table.columns[$0] }
    let search = PanelSearch(columns, reference: reference)
    let cluster: ((Int) -> Int)? = labels.isClustered ? { labels.table.cluster(of: $0) } : nil
    // What is shown gets its interval over prompts; the search through thousands of subsets needs none.
    func shown(_ members: [Int]) -> (labels: Labels, score: PanelScore) {
      let panel = VoteRule.majority.labels(members.map { columns[$0] }, items: reference.count)
      return (panel, PanelScore(panel, reference: reference, cluster: cluster))
    }
    let everybody = Array(judges.indices)
    let all = shown(everybody)
    whole = all.score
    let isTooLarge = labels.table.itemCount > Self.largestWeighted
    withoutWeights =
      isTooLarge
      ? "weights come from a model of every vote, which is not fitted to more than \(Self.largestWeighted) items" : nil
    let weighted =
      isTooLarge ? [] : [VoteRule.weighted(VoteRule.consensusWeights(labels.table.selecting(raters: judges)))]
    rules =
      [(.majority, all.score)]
      + ([.unanimous] + weighted).map { rule in
        (rule, PanelScore(rule.labels(columns, items: reference.count), reference: reference, cluster: cluster))
      }
    let errors = ErrorCorrelations(labels, columns, reference, plan)
    members = everybody.map { at in
      let without = shown(everybody.filter { $0 != at })
      let near = Self.nearest(labels, judges, at, plan)
      return Member(
        judge: judges[at],
        alone: PanelScore(columns[at], reference: reference, cluster: cluster),
        without: without.score,
        marginalValue: judges.count < 2
          ? Figure(.undefined(.tooFewRaters), .undefined(.tooFewRaters))
          : Self.gain(labels, reference, from: without.labels, to: all.labels),
        nearest: near.map { (judges[$0.at], $0.kappa) },
        sharedErrors: near.map { errors.pair(at, $0.at) }
          ?? Figure(.undefined(.tooFewRaters), .undefined(.tooFewRaters))
      )
    }
    errorCorrelation = errors.mean
    effectiveSize = errors.effectiveSize
    let attained = Labels(
      (0..<reference.count).lazy.map { item in columns.contains { $0[item] == reference[item] } ? reference[item] : nil
      }
    )
    upperBound = PanelScore(attained, reference: reference, cluster: cluster)
    isExhaustive = judges.count <= Self.exhaustiveLimit
    let price = judges.map { costs[$0] ?? 1 }
    let tried =
      isExhaustive
      ? (1..<max(2, 1 << judges.count)).map { mask in everybody.filter { mask & (1 << $0) != 0 } }
        .map { (members: $0, right: search.right($0)) } : search.grown()
    let candidates = judges.isEmpty ? [] : tried.map { Candidate($0.members, $0.right, price) }
    func subset(_ one: Candidate) -> Subset {
      Subset(judges: one.members.map { judges[$0] }, cost: one.cost, score: shown(one.members).score)
    }
    var best: [Int: Candidate] = [:]
    for one in candidates where best[one.members.count].map({ one.isBetter(than: $0) }) ?? true {
      best[one.members.count] = one
    }
    bestOfSize = best.keys.sorted().compactMap { best[$0].map(subset) }
    cheapest = wanted.flatMap { wanted in
      let reaching = candidates.filter { Double($0.right) / Double(max(1, search.referenced)) >= wanted }
        .sorted { $0.cost != $1.cost ? $0.cost < $1.cost : $0.isBetter(than: $1) }
      let found = reaching.first { !byLowerEnd || (shown($0.members).score.interval.value?.low ?? -1) >= wanted }
      return found.map(subset)
    }
  }

  /// A subset that was tried.
  private struct Candidate {
    let members: [Int]
    let right: Int
    let cost: Double

    init(_ members: [Int], _ right: Int, _ price: [Double]) {
      self.members = members
      self.right = right
      cost = members.reduce(0) { $0 + price[$1] }
    }

    /// More right answers first, then the cheaper, then the earlier judges: one order, whatever the machine.
    func isBetter(than other: Candidate) -> Bool {
      if right != other.right { return right > other.right }
      if cost != other.cost { return cost < other.cost }
      return members.lexicographicallyPrecedes(other.members)
    }
  }

  /// The other judge with the highest kappa.
  private static func nearest(_ labels: AssessedLabels, _ judges: [Int], _ at: Int, _ plan: BootstrapPlan) -> (
    at: Int, kappa: Figure
  )? {
    let own = labels.table.columns[judges[at]]
    var best: (at: Int, kappa: Double)?
    for other in judges.indices where other != at {
      let counts = PairCounts(own, labels.table.columns[judges[other]], categories: labels.table.categories.count)
      if let kappa = counts.cohenKappa.value, kappa > best?.kappa ?? -2 { best = (other, kappa) }
    }
    return best.map { best in
      let joint = JointCounts(labels, own, labels.table.columns[judges[best.at]], labels.items(in: .all))
      return (best.at, Figure(.value(best.kappa), plan.intervals(joint, count: 1) { $1.cohenKappa }[0]))
    }
  }

  /// The accuracy of one panel less that of another on the same items.
  private static func gain(_ labels: AssessedLabels, _ reference: Labels, from: Labels, to: Labels) -> Figure {
    var prompts: [Int: (first: Int, second: Int, of: Int)] = [:]
    var alone: [(first: Int, second: Int, of: Int)] = []
    for item in 0..<reference.count {
      guard let truth = reference[item] else { continue }
      let (before, after) = (from[item] == truth ? 1 : 0, to[item] == truth ? 1 : 0)
      guard labels.isClustered else {
        alone.append((before, after, 1))
        continue
      }
      let prompt = labels.table.cluster(of: item)
      let sums = prompts[prompt] ?? (0, 0, 0)
      prompts[prompt] = (sums.first + before, sums.second + after, sums.of + 1)
    }
    let counts = labels.isClustered ? prompts.keys.sorted().compactMap { prompts[$0] } : alone
    let found = PairedDifference(counts, unpaired: 0)
    return Figure(found.difference, found.interval)
  }
}
