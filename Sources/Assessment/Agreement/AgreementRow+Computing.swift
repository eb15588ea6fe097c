internal import Agreement

extension AgreementRow {
  init(_ input: AssessedLabels, _ first: Int, _ second: Int, scope: ItemScope, plan: BootstrapPlan) {
    let items = input.items(in: scope)
    let q = input.table.categories.count
    let (a, b) = (input.table.columns[first], input.table.columns[second])
    let both = JointCounts(input, a, b, items)
    let third = Self.withNone(a.selecting(items), b.selecting(items), categories: q)
    self.first = first
    self.second = second
    self.scope = scope
    counts = both.total
    withAbstentions = PairCounts(table: third)
    seen = withAbstentions.count
    let asked = Coefficient.allCases.filter { input.isOrdinal || !$0.isWeighted }
    let intervals = plan.intervals(both, count: asked.count) { asked[$0].value($1) }
    var coefficients: [Coefficient: (value: Statistic<Double>, interval: Statistic<Interval>)] = [:]
    for (coefficient, interval) in zip(asked, intervals) {
      let value = coefficient.value(both.total)
      let lowest: Double = coefficient == .percentAgreement ? 0 : -1
      let cut = interval.map { Interval(low: max(lowest, $0.low), high: $0.high) }
      coefficients[coefficient] = (value, value.reason.map { .undefined($0) } ?? cut)
    }
    self.coefficients = coefficients
    bounds = q == 2 ? AbstentionBounds(counts: third) : nil
  }

  /// Joint counts with "no label" as the last category.
  private static func withNone(_ a: Labels, _ b: Labels, categories q: Int) -> [[Int]] {
    var flat = [Int](repeating: 0, count: (q + 1) * (q + 1))
    a.withCodes { first in
      b.withCodes { second in
        for item in 0..<min(first.count, second.count) {
          let (x, y) = (min(Int(first[item]), q), min(Int(second[item]), q))
          flat[x * (q + 1) + y] += 1
        }
      }
    }
    return (0...q).map { Array(flat[($0 * (q + 1))..<(($0 + 1) * (q + 1))]) }
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
    percentAgreement = multi.percentAgreement
    alpha = multi.krippendorffAlpha(.nominal)
    ordinalAlpha = input.isOrdinal ? multi.krippendorffAlpha(.ordinal) : nil
    fleissKappa = multi.fleissKappaEstimate()
    gwetAC1 = multi.gwetAC1Estimate()
    let withNone = LabelTable(
      categories: table.categories + ["no label"],
      raters: table.raters,
      columns: table.columns.map { column in Labels((0..<column.count).lazy.map { column[$0] ?? q }) }
    )
    alphaWithAbstentions = MultiRater(withNone).krippendorffAlpha(.nominal)
    var labelled = 0
    for item in 0..<table.itemCount where table.columns.count(where: { $0[item] != nil }) >= 2 { labelled += 1 }
    self.items = labelled
    if let reason = alpha.reason {
      alphaInterval = .undefined(reason)
    } else {
      alphaInterval = plan.interval(of: .nominalAlpha(table))
    }
  }
}
