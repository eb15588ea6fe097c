internal import Agreement
internal import Wording

extension Assessment {
  /// The assessment as text in a given width (72…100): sentences, then the tables; what holds by standard is said beside the
  /// numbers.
  public func lines(width: Int) -> [String] {
    let width = min(100, max(72, width))
    var lines: [String] = []
    func say(_ sentences: [AssessmentSentence]) -> [String] {
      sentences.flatMap { LineLayout.wrap(VisibleText.line($0.text), width, lines: 12) }
    }
    lines += say(opening)
    for part in [
      fidelityTables(width), humanTables(width), agreementTables(width), editTables(width), rateTables(width),
      testLines(width), panelTables(width), correctedTables(width), say(conclusions), standardLines(width),
    ] where !part.isEmpty { lines += (lines.isEmpty ? [] : [""]) + part }
    return lines
  }

  /// `0.87 (0.79–0.93)`, or why there is none.
  static func cell(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    switch value {
    case nil: return "–"
    case .undefined(let reason): return "undefined: \(reason.rawValue)"
    case .value(let number):
      guard case .value(let ends) = interval else { return DecimalText.fixed(number, 2) }
      return "\(DecimalText.fixed(number, 2)) (\(DecimalText.fixed(ends.low, 2))–\(DecimalText.fixed(ends.high, 2)))"
    }
  }

  /// `94 % (90–97)`, or why there is none.
  static func share(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    switch value {
    case nil: return "–"
    case .undefined(let reason): return "undefined: \(reason.rawValue)"
    case .value(let number):
      guard case .value(let ends) = interval else { return "\(DecimalText.percent(number)) %" }
      return "\(DecimalText.percent(number)) % (\(DecimalText.percent(ends.low))–\(DecimalText.percent(ends.high)))"
    }
  }

  private func fidelityTables(_ width: Int) -> [String] {
    guard let rule else { return [] }
    var lines: [String] = []
    for scope in labels.scopes {
      for certainty in labels.certainties {
        let rows = fidelity.filter { $0.scope == scope && $0.certainty == certainty && $0.count + $0.abstained > 0 }
        guard !rows.isEmpty else { continue }
        let ceiling = certainty == .any ? humans?.ceiling(scope).value : nil
        var grid = TextGrid(["", "n", "none", "accuracy", "kappa", "found", "left alone"])
        for row in rows {
          grid.add([
            name(row.rater), DecimalText.grouped(row.count), DecimalText.grouped(row.abstained),
            Self.share(row.measures[.accuracy]?.value, row.measures[.accuracy]?.interval),
            short(row.measures[.cohenKappa]?.value, row.measures[.cohenKappa]?.interval),
            shortShare(row.measures[.sensitivity]?.value), shortShare(row.measures[.specificity]?.value),
          ])
        }
        let which =
          certainty == .any ? "" : certainty == .unanimous ? ", annotators agree" : ", annotators differ"
        let top = ceiling.map { "; an annotator meets the others on \(DecimalText.percent($0)) %" } ?? ""
        if !lines.isEmpty { lines.append("") }
        lines += LineLayout.wrap(
          "Fidelity to \(rule.name(in: labels)), \(title(scope))\(which)\(top)",
          width,
          lines: 2
        )
        lines += grid.lines(width: width)
      }
    }
    return lines
  }

  /// A coefficient in a column of its own: why it is undefined stands in the notes and in JSON.
  private func short(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    if case .undefined = value { return "undefined" }
    return Self.cell(value, interval)
  }

  private func shortShare(_ value: Statistic<Double>?) -> String {
    if case .undefined = value { return "undefined" }
    return Self.share(value)
  }

  private func title(_ scope: ItemScope) -> String {
    switch scope {
    case .all: "all items"
    case .harmful: "harmful prompts"
    case .harmless: "harmless prompts"
    }
  }

  private func humanTables(_ width: Int) -> [String] {
    guard let humans else { return [] }
    var grid = TextGrid(["Annotators", "scope", "n", "equal", "kappa", "AC1"])
    for pair in humans.pairs {
      let kappa = pair.counts.cohenKappaEstimate()
      let ac1 = pair.counts.gwetAC1Estimate
      grid.add([
        "\(labels.name(pair.first)) · \(labels.name(pair.second))", pair.scope.rawValue,
        DecimalText.grouped(pair.counts.count), shortShare(pair.counts.percentAgreement),
        short(pair.counts.cohenKappa, kappa.map(\.interval)), short(pair.counts.gwetAC1, ac1.map(\.interval)),
      ])
    }
    return grid.lines(width: width)
  }

  private func agreementTables(_ width: Int) -> [String] {
    var grid = TextGrid(["Judges, all items", "n", "equal", "kappa", "AC1", "alpha"])
    // The pairs that disagree most are what a reader looks for; the rest is in JSON and CSV.
    let rows = pairs.filter { $0.scope == .all }
    func kappa(_ row: AgreementRow) -> Double { row.counts.cohenKappa.value ?? -2 }
    let order = rows.indices.sorted { (kappa(rows[$0]), $0) < (kappa(rows[$1]), $1) }
    for at in order.prefix(15) {
      let row = rows[at]
      grid.add([
        "\(labels.name(row.first)) · \(labels.name(row.second))", DecimalText.grouped(row.counts.count),
        shortShare(row.counts.percentAgreement),
        short(row.counts.cohenKappa, row.coefficients[.cohenKappa]?.interval), short(row.counts.gwetAC1),
        short(row.counts.krippendorffAlpha),
      ])
    }
    guard !grid.isEmpty else { return [] }
    let more = rows.count > 15 ? ["… \(rows.count - 15) pairs that agree better: --json or --csv"] : []
    return grid.lines(width: width) + more
  }

  private func editTables(_ width: Int) -> [String] {
    let shown = edits.filter { $0.scope != .all || labels.scopes.count == 1 }
    guard !shown.isEmpty else { return [] }
    var grid = TextGrid(["Edited less original, points", "scope", "judges", "less", "more", "range", ""])
    for edit in shown {
      grid.add([
        labels.systemNames[edit.systems.edited], edit.scope.rawValue, "\(edit.views.count)",
        "\(edit.views.count { $0.decision == .lower })", "\(edit.views.count { $0.decision == .higher })",
        edit.range.map { "\(DecimalText.fixed($0.low * 100, 0)) to \(DecimalText.fixed($0.high * 100, 0))" } ?? "–",
        edit.robustness.words,
      ])
    }
    return grid.lines(width: width)
  }

  private func rateTables(_ width: Int) -> [String] {
    let shown = rates.filter { ($0.scope != .all || labels.scopes.count == 1) && $0.rates.count > 1 }
    guard !shown.isEmpty else { return [] }
    var grid = TextGrid(["Refusal rate, %", "scope", "judges", "lowest", "highest", "reference", ""])
    for row in shown {
      grid.add([
        labels.systemNames[row.system], row.scope.rawValue, "\(row.rates.count)",
        row.range.map { DecimalText.percent($0.low) } ?? "–", row.range.map { DecimalText.percent($0.high) } ?? "–",
        row.annotators.compactMap(\.rate.value).map(DecimalText.percent).joined(separator: ", "), row.robustness.words,
      ])
    }
    return grid.lines(width: width)
  }

  private func panelTables(_ width: Int) -> [String] {
    guard let panels else { return [] }
    var grid = TextGrid(["Panel against the reference", "accuracy", "labelled"])
    for (rule, score) in panels.rules {
      grid.add([
        "all \(panels.members.count) judges, \(rule.name)", Self.share(score.accuracy, score.interval),
        "\(DecimalText.grouped(score.labelled)) of \(DecimalText.grouped(score.referenced))",
      ])
    }
    for subset in panels.bestOfSize.prefix(5) {
      grid.add([
        "best \(subset.judges.count): " + subset.judges.map { labels.name($0) }.joined(separator: " + "),
        Self.share(subset.score.accuracy, subset.score.interval),
        "\(DecimalText.grouped(subset.score.labelled)) of \(DecimalText.grouped(subset.score.referenced))",
      ])
    }
    var lines = grid.lines(width: width)
    if let size = panels.effectiveSize.value, let shared = panels.errorCorrelation.value, panels.members.count > 1 {
      let text =
        shared > 0
        ? "Errors are shared (mean correlation \(DecimalText.fixed(shared, 2))): \(panels.members.count) judges are worth "
          + "\(DecimalText.fixed(size, 1)) independent ones."
        : "Errors are not shared (mean correlation \(DecimalText.fixed(shared, 2)))."
      lines += LineLayout.wrap(text, width, lines: 2)
    }
    lines += LineLayout.wrap(
      "The best of each size was chosen on these same items: its accuracy flatters it.",
      width,
      lines: 2
    )
    if let cheapest = panels.cheapest {
      let searched = panels.isExhaustive ? "" : " among the subsets tried"
      lines += LineLayout.wrap(
        "Cheapest that reaches it\(searched): "
          + cheapest.judges.map { VisibleText.line(labels.name($0)) }.joined(separator: ", ")
          + " (cost \(DecimalText.fixed(cheapest.cost, 4)) an item).",
        width,
        lines: 4
      )
    } else if panels.wanted != nil {
      lines.append("No subset reaches the wanted accuracy\(panels.isExhaustive ? "" : " among those tried").")
    }
    return lines
  }

  /// The alternative-annotator test and the sources of variance.
  private func testLines(_ width: Int) -> [String] {
    var lines: [String] = []
    let tested = alternative.filter { $0.scope == .all }
    if !tested.isEmpty {
      var grid = TextGrid([
        "May it stand in for an annotator? ε = \(DecimalText.fixed(epsilon, 2))", "wins", "advantage", "",
      ])
      for row in tested {
        switch row.test {
        case .undefined(let reason): grid.add([labels.name(row.judge), "–", "–", reason.rawValue])
        case .value(let test):
          grid.add([
            labels.name(row.judge), Self.share(.value(test.winningRate)), Self.share(.value(test.advantageProbability)),
            test.passed ? "yes" : "not shown",
          ])
        }
      }
      lines += grid.lines(width: width)
    }
    for (scope, shares) in variance where scope != .all || labels.scopes.count == 1 {
      guard let shares = shares.value else { continue }
      let parts = VarianceShares.Source.allCases.compactMap { source in
        shares.share(source).value.map { "\(source.words) \(DecimalText.percent($0)) %" }
      }
      guard !parts.isEmpty else { continue }
      if !lines.isEmpty { lines.append("") }
      lines += LineLayout.wrap(
        "Variance of verdicts, \(title(scope)) (\(shares.prompts) prompts, \(shares.incompletePrompts) incomplete left out): "
          + parts.joined(separator: ", ") + ".",
        width,
        lines: 4
      )
    }
    return lines
  }

  private func correctedTables(_ width: Int) -> [String] {
    // A correction says little where nearly every answer has a reference label; --json has all of them.
    let all = corrected.filter {
      $0.labelled > 1 && $0.unlabelled >= $0.labelled && ($0.scope != .all || labels.scopes.count == 1)
    }
    guard !all.isEmpty else { return [] }
    let rows = all.prefix(24)
    var grid = TextGrid([
      "Rate corrected by the reference, %", "scope", "judge", "n + N", "judge's", "its", "corrected",
    ])
    for row in rows {
      grid.add([
        labels.systemNames[row.system], row.scope.rawValue, labels.name(row.judge),
        "\(row.labelled) + \(row.unlabelled)",
        row.judgeRate.value.map(DecimalText.percent) ?? "–", row.classical.value.map(DecimalText.percent) ?? "–",
        Self.share(row.mean, row.interval),
      ])
    }
    let more = all.count > rows.count ? ["… \(all.count - rows.count) more: --json"] : []
    return grid.lines(width: width) + more
  }

  private func standardLines(_ width: Int) -> [String] {
    let unit = labels.isClustered ? "whole prompts" : "items"
    let resampled =
      labels.table.clusterCount > plan.largestBootstrap
      ? "the jackknife over \(unit)" : "\(plan.replicates) resamples of \(unit), seed \(plan.seed)"
    return LineLayout.wrap(
      "Items that lack a label are left out pair by pair (--json has them as a third category and the worst case). "
        + "Brackets are 95 % intervals: Wilson's for shares of independent items, else by \(resampled). `found` is sensitivity, "
        + "`left alone` specificity of \(VisibleText.line(labels.table.categories[labels.positive])); `none` counts items without "
        + "a label. Intervals are not corrected for the number of judges.",
      width,
      lines: 6
    )
  }
}
