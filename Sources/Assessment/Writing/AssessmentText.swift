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

  private func fidelityTables(_ width: Int) -> [String] {
    guard let rule else { return [] }
    var lines: [String] = []
    for scope in labels.scopes {
      for certainty in labels.certainties {
        let rows = fidelity.filter { $0.scope == scope && $0.certainty == certainty && $0.count + $0.abstained > 0 }
        guard !rows.isEmpty else { continue }
        // The column is narrow where nothing is missing: names need the room.
        let isComplete = rows.allSatisfy { $0.abstained == 0 }
        var grid = TextGrid(["", isComplete ? "n" : "n (missing)", "accuracy", "kappa", "sensitivity", "specificity"])
        var cells = NotedCells()
        for row in rows {
          func measured(_ measure: Measure, _ write: (inout NotedCells, Figure?) -> String) -> String {
            write(&cells, row.measures[measure].map { Figure($0.value, $0.interval) })
          }
          let share = { (cells: inout NotedCells, figure: Figure?) in cells.share(figure) }
          grid.add([
            name(row.rater),
            DecimalText.grouped(row.count) + (isComplete ? "" : " (\(DecimalText.grouped(row.abstained)))"),
            measured(.accuracy, share), measured(.cohenKappa) { $0.coefficient($1) }, measured(.sensitivity, share),
            measured(.specificity, share),
          ])
        }
        let which =
          certainty == .any
          ? "" : certainty == .unanimous ? ", where annotators agree" : ", where annotators differ"
        if !lines.isEmpty { lines.append("") }
        let top = certainty == .any ? ceilingText(scope) : ""
        lines += LineLayout.wrap(
          "Fidelity to \(rule.phrase(in: labels)), \(title(scope))\(which)\(top)",
          width,
          lines: 2
        )
        lines += grid.lines(width: width) + cells.lines(width)
      }
    }
    return lines
  }

  private func ceilingText(_ scope: ItemScope) -> String {
    guard let ceiling = humans?.figure(scope), ceiling.value.value != nil else { return "" }
    var cells = NotedCells()
    return
      "; for comparison, an annotator meets the others on \(cells.share(ceiling.value, ceiling.interval.value.map { .value($0) }))"
  }

  func title(_ scope: ItemScope) -> String {
    switch scope {
    case .all: "all items"
    case .harmful: "harmful prompts"
    case .harmless: "harmless prompts"
    }
  }

  private func humanTables(_ width: Int) -> [String] {
    guard let humans else { return [] }
    var grid = TextGrid(["Annotators", "prompts", "n", "equal labels", "kappa", "AC1"])
    var cells = NotedCells()
    for pair in humans.pairs {
      grid.add([
        "\(labels.name(pair.first)) · \(labels.name(pair.second))", pair.scope.rawValue,
        DecimalText.grouped(pair.counts.count), cells.share(pair.coefficients[.percentAgreement]),
        cells.coefficient(pair.coefficients[.cohenKappa]), cells.coefficient(pair.coefficients[.gwetAC1]),
      ])
    }
    return grid.lines(width: width) + cells.lines(width)
  }

  private func agreementTables(_ width: Int) -> [String] {
    var grid = TextGrid(["Judges, all items", "n", "equal labels", "kappa", "AC1", "alpha"])
    var cells = NotedCells()
    // The pairs that disagree most are what a reader looks for; the rest is in JSON and CSV.
    let rows = pairs.filter { $0.scope == .all }
    func kappa(_ row: AgreementRow) -> Double { row.counts.cohenKappa.value ?? -2 }
    let order = rows.indices.sorted { (kappa(rows[$0]), $0) < (kappa(rows[$1]), $1) }
    for at in order.prefix(15) {
      let row = rows[at]
      grid.add([
        "\(labels.name(row.first)) · \(labels.name(row.second))", DecimalText.grouped(row.counts.count),
        cells.share(row.coefficients[.percentAgreement]), cells.coefficient(row.coefficients[.cohenKappa]),
        cells.coefficient(row.coefficients[.gwetAC1]), cells.coefficient(row.coefficients[.krippendorffAlpha]),
      ])
    }
    guard !grid.isEmpty else { return [] }
    let more =
      rows.count > 15 ? ["… \(rows.count - 15) of \(rows.count) pairs, which agree better: --json or --csv"] : []
    return grid.lines(width: width) + more + cells.lines(width)
  }

  private func standardLines(_ width: Int) -> [String] {
    let unit = labels.isClustered ? "whole prompts" : "items"
    let resampled =
      labels.table.clusterCount > plan.largestBootstrap
      ? "the jackknife over \(unit)" : "\(plan.replicates) resamples of \(unit), seed \(plan.seed)"
    let hasMissing = fidelity.contains { $0.abstained > 0 }
    let positive = VisibleText.line(labels.table.categories[labels.positive])
    return LineLayout.wrap(
      (hasMissing ? "`missing`: items without the judge's label. " : "")
        + "Items that lack a label are left out pair by pair; --json also has them as a category of their own and in the worst "
        + "case. In brackets: 95 % intervals, Wilson's for shares of independent items, else by \(resampled). Sensitivity: the "
        + "share of the reference's \(positive) that the judge found; specificity: the share of the rest that it left alone. "
        + "Intervals are not corrected for the number of judges.",
      width,
      lines: 7
    )
  }
}
