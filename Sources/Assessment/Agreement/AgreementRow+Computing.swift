internal import Agreement

extension AgreementRow {
  init(_ input: AssessedLabels, _ first: Int, _ second: Int, scope: ItemScope, plan: BootstrapPlan) {
    let items = input.items(in: scope)
    let q = input.table.categories.count
    let (a, b) = (input.table.columns[first], input.table.columns[second])
    var joint = [[Int]](repeating: [Int](repeating: 0, count: q + 1), count: q + 1)
    var clusters: [Int: [Int]] = [:]
    for item in items {
      let (x, y) = (a[item], b[item])
      joint[x ?? q][y ?? q] += 1
      guard let x, let y else { continue }
      clusters[input.table.clusters[item], default: [Int](repeating: 0, count: q * q)][x * q + y] += 1
    }
    self.first = first
    self.second = second
    self.scope = scope
    counts = PairCounts(table: (0..<q).map { Array(joint[$0][..<q]) })
    seen = items.count - joint[q][q]
    // Items that neither was asked about are no agreement on abstaining.
    var third = joint
    third[q][q] = 0
    withAbstentions = PairCounts(table: third)
    let kappa = counts.cohenKappa
    if let reason = kappa.reason {
      kappaInterval = .undefined(reason)
    } else {
      let rows = clusters.keys.sorted().map { clusters[$0] ?? [] }
      kappaInterval =
        plan.intervals(rows, count: 1) { _, sums in
          PairCounts(table: (0..<q).map { Array(sums[($0 * q)..<(($0 + 1) * q)]) }).cohenKappa
        }[0]
    }
    bounds = q == 2 ? AbstentionBounds(counts: third) : nil
  }
}

extension PanelRow {
  init(_ input: AssessedLabels, raters: [Int], scope: ItemScope, plan: BootstrapPlan) {
    let items = input.items(in: scope)
    let q = input.table.categories.count
    let speaking = raters.filter { rater in items.contains { input.table.columns[rater][$0] != nil } }
    let table = input.table.selecting(raters: speaking).selecting(items: items)
    let multi = MultiRater(table)
    self.scope = scope
    self.raters = speaking.count
    percentAgreement = multi.percentAgreement
    alpha = multi.krippendorffAlpha(.nominal)
    fleissKappa = multi.fleissKappaEstimate()
    gwetAC1 = multi.gwetAC1Estimate()
    let withNone = LabelTable(
      categories: table.categories + ["no label"],
      raters: table.raters,
      columns: table.columns.map { column in Labels(column.list.map { $0 ?? q }) },
      clusters: table.clusters
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
