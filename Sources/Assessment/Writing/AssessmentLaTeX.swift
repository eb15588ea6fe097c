internal import Agreement
internal import Wording

extension Assessment {
  /// Tables for a paper in `booktabs` style: fidelity, agreement of the judges, effects of the edits by judge and in all, the
  /// panel. What has no value or no interval bears a raised letter, which the caption explains.
  public var latex: String {
    [fidelityLaTeX, agreementLaTeX, editLaTeX, effectLaTeX, panelLaTeX].compactMap { $0 }.joined(separator: "\n")
  }

  private var fidelityLaTeX: String? {
    guard let rule, !fidelity.isEmpty else { return nil }
    var cells = NotedCells()
    func measured(_ row: FidelityRow, _ measure: Measure) -> String {
      cells.tex(row.measures[measure]?.value, row.measures[measure]?.interval)
    }
    let rows = fidelity.filter { $0.certainty == .any }.map { row in
      [LaTeXTable.escaped(name(row.rater)), row.scope.rawValue, "\(row.count)", "\(row.abstained)"]
        + [Measure.accuracy, .cohenKappa, .sensitivity, .specificity].map { measured(row, $0) }
    }
    return LaTeXTable.text(
      titles: ["Judge", "Prompts", "$n$", "Unlabelled", "Accuracy", "Cohen's $\\kappa$", "Sensitivity", "Specificity"],
      rows: rows,
      caption:
        "Fidelity to \(LaTeXTable.escaped(rule.phrase(in: labels))). Brackets: 95\\,\\% intervals; items that the judge left "
        + "unlabelled do not count in $n$.\(cells.texNotes)"
    )
  }

  private var agreementLaTeX: String? {
    guard !pairs.isEmpty else { return nil }
    var cells = NotedCells()
    let rows = pairs.map { row in
      [
        LaTeXTable.escaped(labels.name(row.first)), LaTeXTable.escaped(labels.name(row.second)), row.scope.rawValue,
        "\(row.counts.count)",
      ]
        + [Coefficient.percentAgreement, .cohenKappa, .gwetAC1, .krippendorffAlpha].map {
          cells.tex(row.coefficients[$0])
        }
    }
    return LaTeXTable.text(
      titles: ["Judge", "Judge", "Prompts", "$n$", "Equal labels", "Cohen's $\\kappa$", "AC1", "$\\alpha$"],
      rows: rows,
      caption:
        "Agreement of the judges, pairwise deletion of missing labels. Brackets: 95\\,\\% intervals by a bootstrap over "
        + (labels.isClustered ? "prompts." : "items; of equal labels Wilson's.") + cells.texNotes
    )
  }

  private var editLaTeX: String? {
    guard !edits.isEmpty else { return nil }
    let rows = edits.map { edit in
      [
        LaTeXTable.escaped(labels.systemNames[edit.systems.edited]), edit.scope.rawValue, "\(edit.views.count)",
        "\(edit.views.count { $0.decision == .lower })", "\(edit.views.count { $0.decision == .higher })",
        edit.range.map { "\(DecimalText.fixed($0.low * 100, 0)) to \(DecimalText.fixed($0.high * 100, 0))" } ?? "--",
        edit.robustness.words,
      ]
    }
    return LaTeXTable.text(
      titles: ["Edited system", "Prompts", "Judges", "Less", "More", "Range, points", "Conclusion"],
      rows: rows,
      caption:
        "Edited less original rate: judges that show less and more by \(editTest) at 5\\,\\%, and the range of their "
        + "differences."
    )
  }

  /// Each judge's difference with its p and Holm's.
  private var effectLaTeX: String? {
    guard !edits.isEmpty else { return nil }
    var cells = NotedCells()
    let rows = edits.flatMap { edit in
      edit.views.map { view in
        [
          LaTeXTable.escaped(labels.systemNames[edit.systems.edited]), edit.scope.rawValue,
          LaTeXTable.escaped(labels.name(view.rater)), "\(view.difference.pairs)",
          cells.tex(view.difference.difference, view.difference.interval), Self.texP(view.difference.p, &cells),
          Self.texP(view.adjustedP, &cells),
        ]
      }
    }
    guard !rows.isEmpty else { return nil }
    return LaTeXTable.text(
      titles: ["Edited system", "Prompts", "Judge", "Pairs", "Difference", "$p$", "$p$, Holm"],
      rows: rows,
      caption:
        "Edited less original rate by judge, with \(editTest). Brackets: 95\\,\\% intervals. Holm: adjusted over the edits of "
        + "one original that the judge saw on these prompts.\(cells.texNotes)"
    )
  }

  private static func texP(_ p: Statistic<Double>, _ cells: inout NotedCells) -> String {
    guard case .value(let value) = p else { return cells.tex(p) }
    return value < 0.001 ? "$<0.001$" : DecimalText.fixed(value, 3)
  }

  private var panelLaTeX: String? {
    guard let panels else { return nil }
    var cells = NotedCells()
    let rows = panels.members.map { member in
      [
        LaTeXTable.escaped(labels.name(member.judge)), "\(member.alone.referenced)",
        cells.tex(member.alone.accuracy, member.alone.interval),
        cells.tex(member.without.accuracy, member.without.interval), cells.tex(member.marginalValue),
        member.nearest.map { LaTeXTable.escaped(labels.name($0.judge)) } ?? "--", cells.tex(member.sharedErrors),
      ]
    }
    let whole = cells.tex(panels.whole.accuracy, panels.whole.interval)
    let size = cells.tex(panels.effectiveSize)
    return LaTeXTable.text(
      titles: ["Judge", "$n$", "Alone", "Panel without it", "It adds", "Nearest judge", "Shared errors $\\phi$"],
      rows: rows,
      caption:
        "What each judge adds to the panel's majority (accuracy \(whole); worth \(size) independent judges); an item without "
        + "a label counts as wrong. Brackets: 95\\,\\% intervals.\(cells.texNotes)"
    )
  }

  /// The test behind decisions about edits.
  var editTest: String {
    labels.isClustered && labels.hasSeveralAnswers ? "sign flips over prompts" : "exact McNemar tests"
  }
}
