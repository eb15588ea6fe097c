internal import Agreement
internal import Wording

extension Assessment {
  /// Conclusions by kind of prompt; where kinds are known, pooled ones are not drawn.
  func isDrawn(_ scope: ItemScope) -> Bool { scope != .all || labels.scopes.count == 1 }

  func editTables(_ width: Int) -> [String] {
    let shown = edits.filter { isDrawn($0.scope) }
    guard !shown.isEmpty else { return [] }
    var grid = TextGrid([
      "Edited less original, points", "prompts", "judges", "less", "more", "after Holm", "range", "conclusion",
    ])
    for edit in shown {
      grid.add([
        labels.systemNames[edit.systems.edited], edit.scope.rawValue, "\(edit.views.count)",
        "\(edit.views.count { $0.decision == .lower })", "\(edit.views.count { $0.decision == .higher })",
        "\(edit.views.count { ($0.adjustedP.value ?? 1) < 0.05 })",
        edit.range.map { "\(DecimalText.fixed($0.low * 100, 0)) to \(DecimalText.fixed($0.high * 100, 0))" } ?? "–",
        edit.robustness.words,
      ])
    }
    return grid.lines(width: width)
      + LineLayout.wrap(
        "`less`, `more`: judges that show it by \(editTest) at 5 %; `after Holm`: those that still do, each with its p adjusted "
          + "over the edits of one original; `range`: the judges' smallest and largest difference. Each judge's own with its "
          + "interval: --json, --csv or --latex.",
        width,
        lines: 4
      )
  }

  func rateTables(_ width: Int) -> [String] {
    let shown = rates.filter { isDrawn($0.scope) && $0.rates.count > 1 }
    guard !shown.isEmpty else { return [] }
    let what = labels.measuresRefusal ? "Refusal rate, %" : "Rate of \(labels.table.categories[labels.positive]), %"
    let hasPeople = shown.contains { !$0.annotators.isEmpty }
    var grid = TextGrid(
      [what, "prompts", "judges", "lowest", "highest"] + (hasPeople ? ["annotators"] : []) + ["conclusion"]
    )
    var cells = NotedCells()
    for row in shown {
      func end(_ rate: SystemRate?) -> String { cells.percent(rate?.rate, rate?.interval) }
      let known = row.rates.filter { $0.rate.value != nil }
      func value(_ rate: SystemRate) -> Double { rate.rate.value ?? 0 }
      let people = row.annotators.compactMap(\.rate.value)
      let span = people.min().flatMap { low in people.max().map { (low, $0) } }
      let persons = span.map { low, high in
        low == high ? DecimalText.percent(low) : "\(DecimalText.percent(low)) to \(DecimalText.percent(high))"
      }
      grid.add(
        [
          labels.systemNames[row.system], row.scope.rawValue, "\(row.rates.count)",
          end(known.min { value($0) < value($1) }), end(known.max { value($0) < value($1) }),
        ] + (hasPeople ? [persons ?? "–"] : []) + [row.robustness.words]
      )
    }
    return grid.lines(width: width) + cells.lines(width)
  }

  /// The alternative-annotator test and the sources of variance.
  func testLines(_ width: Int) -> [String] {
    var lines: [String] = []
    let tested = alternative.filter { $0.scope == .all }
    if !tested.isEmpty {
      var grid = TextGrid([
        "May it stand in for an annotator?", "annotators beaten", "advantage probability", "verdict",
      ])
      var cells = NotedCells()
      for row in tested {
        let passed = row.test.value.map { $0.passed ? "yes" : "not shown" } ?? "–"
        let won = row.test.value.map { test in
          "\(test.comparisons.count { $0.won }) of \(test.comparisons.count { $0.p.value != nil })"
        }
        grid.add([
          labels.name(row.judge), won ?? cells.share(row.winningRate), cells.share(row.advantageProbability), passed,
        ])
      }
      lines += grid.lines(width: width) + cells.lines(width)
      lines += LineLayout.wrap(
        "Alternative-annotator test (Calderon et al. 2025), ε = \(DecimalText.fixed(epsilon, 2)): `yes` where the judge beats at "
          + "least half of the annotators by test; advantage probability: how often it is no further from the others than an "
          + "annotator is.",
        width,
        lines: 4
      )
    }
    for (scope, shares) in variance where isDrawn(scope) {
      if !lines.isEmpty { lines.append("") }
      switch shares {
      case .undefined(let reason):
        lines += LineLayout.wrap(
          "Where the variance of verdicts comes from, \(title(scope)): undefined, because \(reason.explanation).",
          width,
          lines: 3
        )
      case .value(let shares): lines += varianceLines(scope, shares, width)
      }
    }
    return lines
  }

  private func varianceLines(_ scope: ItemScope, _ shares: VarianceShares, _ width: Int) -> [String] {
    var cells = NotedCells()
    let parts = VarianceShares.Source.allCases.map { "\($0.words) \(cells.share(shares.share($0)))" }
    let left =
      shares.incompletePrompts == 0 ? "" : ", \(shares.incompletePrompts) without a verdict on every answer left out"
    return LineLayout.wrap(
      "Where the variance of verdicts comes from, \(title(scope)) (\(shares.prompts) prompts\(left)): "
        + parts.joined(separator: ", ") + ". The intervals take these judges and systems as they are.",
      width,
      lines: 6
    ) + cells.lines(width)
  }

  func correctedTables(_ width: Int) -> [String] {
    // A correction says little where nearly every answer has a reference label; --json has all of them.
    let all = corrected.filter { $0.labelled > 1 && $0.unlabelled >= $0.labelled && isDrawn($0.scope) }
    guard !all.isEmpty else { return [] }
    let rows = all.prefix(24)
    let asksBudget = rows.contains { $0.budget != nil }
    var grid = TextGrid(
      ["Rate corrected by people, %", "prompts", "judge", "with + without", "judge alone", "people alone", "corrected"]
        + (asksBudget ? ["more labels"] : [])
    )
    var cells = NotedCells()
    for row in rows {
      grid.add(
        [
          labels.systemNames[row.system], row.scope.rawValue, labels.name(row.judge),
          "\(row.labelled) + \(row.unlabelled)", cells.percent(row.judgeRate.value), cells.percent(row.classical.value),
          cells.percent(row.corrected.value, row.corrected.interval),
        ] + (asksBudget ? [budgetText(row.budget, &cells)] : [])
      )
    }
    let more = all.count > rows.count ? ["… \(all.count - rows.count) of \(all.count) more: --json or --csv"] : []
    var note =
      "Prediction-powered inference; `with + without`: answers with a human label and without. It holds where the answers with "
      + "one are a random sample of all."
    if asksBudget {
      note +=
        " `more labels`: how many more human labels bring the interval to the wanted width, with the judge's help / without; "
        + "`never`: more labels on these answers do not."
    }
    return grid.lines(width: width) + more + cells.lines(width) + LineLayout.wrap(note, width, lines: 4)
  }

  /// `120 / 340`.
  private func budgetText(_ budget: Statistic<HumanLabelBudget>?, _ cells: inout NotedCells) -> String {
    func one(_ need: HumanLabelBudget.Need) -> String {
      switch need {
      case .more(let labels): DecimalText.grouped(labels)
      case .unreachable: "never"
      }
    }
    switch budget {
    case nil: return "–"
    case .undefined(let reason): return cells.coefficient(.undefined(reason))
    case .value(let budget): return "\(one(budget.predictionPowered)) / \(one(budget.classical))"
    }
  }
}
