internal import Agreement

extension AgreementRow {
  init(_ input: AssessedLabels, _ first: Int, _ second: Int, scope: ItemScope, plan: BootstrapPlan) {
    let items = input.items(in: scope)
    let q = input.table.categories.count
    let (a, b) = (input.table.columns[first], input.table.columns[second])
    let both = JointCounts(input, a, b, items)
    let third = JointCounts(input, a.withNone(q), b.withNone(q), items, categories: q + 1)
    self.first = first
    self.second = second
    self.scope = scope
    counts = both.total
    withAbstentions = third.total
    seen = withAbstentions.count
    let isClustered = input.isClustered
    coefficients = Self.figures(
      Coefficient.allCases.filter { input.isOrdinal || !$0.isWeighted },
      both,
      isClustered: isClustered,
      plan
    )
    thirdCategory = Self.figures(Coefficient.allCases.filter { !$0.isWeighted }, third, isClustered: isClustered, plan)
    let flat = third.flat
    bounds =
      q == 2
      ? AbstentionBounds(counts: (0...q).map { Array(flat[($0 * (q + 1))..<(($0 + 1) * (q + 1))]) }) : nil
  }

  private static func figures(
    _ asked: [Coefficient],
    _ joint: JointCounts,
    isClustered: Bool,
    _ plan: BootstrapPlan
  ) -> [Coefficient: Figure] {
    let total = joint.total
    let intervals = plan.intervals(joint, count: asked.count) { asked[$0].value($1) }
    var figures: [Coefficient: Figure] = [:]
    for (coefficient, interval) in zip(asked, intervals) {
      figures[coefficient] =
        coefficient == .percentAgreement
        ? .share(total.agreeing, of: total.count, prompts: joint.clusterCount, isClustered: isClustered, interval)
        : Figure(coefficient.value(total), interval)
    }
    return figures
  }
}

extension PanelRow {
  init(_ input: AssessedLabels, raters: [Int], scope: ItemScope, plan: BootstrapPlan) {
    let items = input.items(in: scope)
    let q = input.table.categories.count
    let speaking = raters.filter { input.table.columns[$0].selecting(items).labelled > 0 }
    let some = input.table.selecting(raters: speaking)
    let table: LabelTable =
      switch items {
      case .all: some
      case .some(let list): some.selecting(items: list.map { Int($0) })
      }
    let multi = MultiRater(table)
    self.scope = scope
    self.raters = speaking.count
    var labelled = 0
    for item in 0..<table.itemCount where table.columns.count(where: { $0[item] != nil }) >= 2 { labelled += 1 }
    self.items = labelled
    seen = table.itemCount
    let withNone = LabelTable(
      categories: table.categories + ["no label"],
      raters: table.raters,
      columns: table.columns.map { $0.withNone(q) }
    )
    let columns = speaking.map { input.table.columns[$0] }
    let intervals = Self.intervals(input, columns, items, plan)
    percentAgreement = Figure(multi.percentAgreement, intervals[0], within: 0...1)
    alpha = Figure(multi.krippendorffAlpha(.nominal), intervals[1])
    ordinalAlpha = input.isOrdinal ? Figure(multi.krippendorffAlpha(.ordinal), intervals[4]) : nil
    alphaWithAbstentions = Figure(
      MultiRater(withNone).krippendorffAlpha(.nominal),
      Self.intervalWithNone(input, columns, items, plan)
    )
    // Independent items have a closed form; answers to one prompt are no independent evidence.
    fleissKappa =
      input.isClustered ? Figure(multi.fleissKappa(), intervals[2]) : Figure(multi.fleissKappaEstimate())
    gwetAC1 = input.isClustered ? Figure(multi.gwetAC1(), intervals[3]) : Figure(multi.gwetAC1Estimate())
  }

  /// Of equal pairs, nominal alpha, Fleiss' kappa, AC1 and, of ordinal categories, ordinal alpha. For Fleiss' kappa and AC1 an
  /// item with one label counts too: it says something of chance agreement.
  private static func intervals(_ input: AssessedLabels, _ columns: [Labels], _ items: ItemSet, _ plan: BootstrapPlan)
    -> [Statistic<Interval>]
  {
    let isOrdinal = input.isOrdinal
    guard columns.count > 1 else { return Array(repeating: .undefined(.tooFewRaters), count: 5) }
    let totals = RatingTotals(raters: columns.count, categories: input.table.categories.count)
    func rows(_ least: Int) -> PromptRows {
      Self.rows(input, columns, items, totals) { codes in codes.count { $0 != PromptRows.none } >= least }
    }
    let paired = plan.intervals(rows(2), count: isOrdinal ? 3 : 2) { sums in
      [totals.percentAgreement(sums), totals.krippendorffAlpha(.nominal, sums)]
        + (isOrdinal ? [totals.krippendorffAlpha(.ordinal, sums)] : [])
    }
    // Of independent items these two have a closed form.
    let pooled =
      input.isClustered
      ? plan.intervals(rows(1), count: 2) { [totals.fleissKappa($0), totals.gwetAC1($0)] }
      : [.undefined(.tooFewClusters), .undefined(.tooFewClusters)]
    return paired.prefix(2) + pooled + paired.dropFirst(2)
  }

  private static func intervalWithNone(
    _ input: AssessedLabels,
    _ columns: [Labels],
    _ items: ItemSet,
    _ plan: BootstrapPlan
  ) -> Statistic<Interval> {
    guard columns.count > 1 else { return .undefined(.tooFewRaters) }
    let q = input.table.categories.count
    let totals = RatingTotals(raters: columns.count, categories: q + 1)
    let rows = rows(input, columns.map { $0.withNone(q) }, items, totals) { _ in true }
    return plan.intervals(rows, count: 1) { [totals.krippendorffAlpha(.nominal, $0)] }[0]
  }

  private static func rows(
    _ input: AssessedLabels,
    _ columns: [Labels],
    _ items: ItemSet,
    _ totals: RatingTotals,
    where counts: ([UInt16]) -> Bool
  ) -> PromptRows {
    PromptRows(input, columns, items, width: totals.width, where: counts) { codes, row in
      var own = [Int](repeating: 0, count: totals.categories)
      for code in codes where code != PromptRows.none { own[Int(code)] += 1 }
      totals.add(own, to: &row)
    }
  }
}
