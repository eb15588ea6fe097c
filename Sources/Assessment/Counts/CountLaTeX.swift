internal import Agreement
internal import LabelTables
internal import Wording

extension CountAssessment {
  /// Tables for a paper in `booktabs` style: rates, fidelity, agreement of two, all judges, effects of edits. Brackets are 95 %
  /// intervals, dashes the ends of bounds; what has no value bears a raised letter, which the caption explains.
  public var latex: String {
    [ratesLaTeX, fidelityLaTeX, agreementLaTeX, panelLaTeX, editLaTeX].compactMap { $0 }.joined(separator: "\n")
  }

  private static let boundsNote =
    "Ranges are the smallest and largest value over every labelling of the answers that has these counts."

  private var ratesLaTeX: String? {
    guard !rates.isEmpty else { return nil }
    var cells = NotedCells()
    let rows = rates.map { row in
      [
        LaTeXTable.escaped(row.rater), row.system.map(LaTeXTable.escaped) ?? "all", LaTeXTable.escaped(row.scope.name),
        "\(row.count.total)", "\(row.coverage.missing)", cells.tex(row.rate, row.interval),
      ]
    }
    return LaTeXTable.text(
      titles: ["Rater", "System", "Prompts", "$n$", "Cells missing", "Refusal rate"],
      rows: rows,
      caption:
        "Refusal rates from counts. Brackets: Wilson's 95\\,\\% intervals, which take answers as independent.\(cells.texNotes)"
    )
  }

  private var fidelityLaTeX: String? {
    let shown = fidelity.filter { $0.reference == rule }
    guard let first = shown.first else { return nil }
    var cells = NotedCells()
    let rows = shown.map { row in
      [LaTeXTable.escaped(row.rater), LaTeXTable.escaped(row.scope.name), "\(row.count)"]
        + [Measure.accuracy, .cohenKappa, .sensitivity, .specificity].map { cells.texBounds(row.measures[$0]) }
    }
    return LaTeXTable.text(
      titles: ["Judge", "Prompts", "$n$", "Accuracy", "Cohen's $\\kappa$", "Sensitivity", "Specificity"],
      rows: rows,
      caption: "Fidelity to \(LaTeXTable.escaped(first.referenceName)) from counts. \(Self.boundsNote)\(cells.texNotes)"
    )
  }

  private var agreementLaTeX: String? {
    guard !agreement.isEmpty else { return nil }
    var cells = NotedCells()
    let rows = agreement.map { row in
      [
        LaTeXTable.escaped(row.first), LaTeXTable.escaped(row.second), LaTeXTable.escaped(row.scope.name),
        "\(row.count)",
        cells.texBounds(row.percentAgreement), cells.texBounds(row.cohenKappa), cells.texBounds(row.gwetAC1),
        cells.texBounds(row.krippendorffAlpha),
      ]
    }
    return LaTeXTable.text(
      titles: ["Rater", "Rater", "Prompts", "$n$", "Equal labels", "Cohen's $\\kappa$", "AC1", "$\\alpha$"],
      rows: rows,
      caption: "Agreement of two raters from counts. \(Self.boundsNote)\(cells.texNotes)"
    )
  }

  private var panelLaTeX: String? {
    guard !panel.isEmpty else { return nil }
    var cells = NotedCells()
    let rows = panel.map { row in
      [
        LaTeXTable.escaped(row.scope.name), "\(row.raters)", "\(row.items)", "\(row.coverage.missing)",
        cells.texBounds(row.fleissKappa), cells.texBounds(row.krippendorffAlpha),
      ]
    }
    return LaTeXTable.text(
      titles: ["Prompts", "Judges", "$n$", "Cells left out", "Fleiss' $\\kappa$", "$\\alpha$"],
      rows: rows,
      caption: "Agreement of all judges from counts. \(Self.boundsNote)\(cells.texNotes)"
    )
  }

  private var editLaTeX: String? {
    guard !edits.isEmpty else { return nil }
    var cells = NotedCells()
    let rows = edits.map { row in
      [
        LaTeXTable.escaped(row.edited), LaTeXTable.escaped(row.scope.name), LaTeXTable.escaped(row.rater),
        "\(row.after.total)", cells.tex(row.difference, row.interval),
        row.p.map { cells.texBounds($0, places: 3) } ?? "--",
      ]
    }
    return LaTeXTable.text(
      titles: ["Edited system", "Prompts", "Rater", "$n$", "Difference", "McNemar $p$"],
      rows: rows,
      caption:
        "Edited less original refusal rate from counts. Brackets: Newcombe's 95\\,\\% intervals of unpaired rates; $p$: exact, "
        + "over every pairing of the answers that has these counts, a dash where the cells differ in size.\(cells.texNotes)"
    )
  }
}
