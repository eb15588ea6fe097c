internal import Agreement
internal import Wording

extension Assessment {
  /// Tables for a paper in `booktabs` style: fidelity, agreement of the judges, effects of the edits.
  public var latex: String {
    [fidelityLaTeX, agreementLaTeX, editLaTeX].compactMap { $0 }.joined(separator: "\n")
  }

  private var fidelityLaTeX: String? {
    guard let rule, !fidelity.isEmpty else { return nil }
    let rows = fidelity.filter { $0.certainty == .any }.map { row in
      [
        Self.escaped(name(row.rater)), row.scope.rawValue, "\(row.count)", "\(row.abstained)",
        Self.texCell(row.measures[.accuracy]), Self.texCell(row.measures[.cohenKappa]),
        Self.texCell(row.measures[.sensitivity]),
        Self.texCell(row.measures[.specificity]),
      ]
    }
    return Self.table(
      titles: ["Judge", "Prompts", "$n$", "None", "Accuracy", "Cohen's $\\kappa$", "Sensitivity", "Specificity"],
      rows: rows,
      caption:
        "Fidelity to \(Self.escaped(rule.name(in: labels))). Brackets: 95\\,\\% intervals; items without a label are "
        + "left out and counted under None."
    )
  }

  private var agreementLaTeX: String? {
    guard !pairs.isEmpty else { return nil }
    let rows = pairs.map { row in
      [
        Self.escaped(labels.name(row.first)), Self.escaped(labels.name(row.second)), row.scope.rawValue,
        "\(row.counts.count)", Self.texCell(row.counts.percentAgreement),
        Self.texCell(row.counts.cohenKappa, row.coefficients[.cohenKappa]?.interval),
        Self.texCell(row.counts.gwetAC1), Self.texCell(row.counts.krippendorffAlpha),
      ]
    }
    return Self.table(
      titles: ["Judge", "Judge", "Prompts", "$n$", "Equal", "Cohen's $\\kappa$", "AC1", "$\\alpha$"],
      rows: rows,
      caption: "Agreement of the judges, pairwise deletion of missing labels; intervals by a bootstrap over "
        + (labels.isClustered ? "prompts." : "items.")
    )
  }

  private var editLaTeX: String? {
    guard !edits.isEmpty else { return nil }
    let rows = edits.map { edit in
      [
        Self.escaped(labels.systemNames[edit.systems.edited]), edit.scope.rawValue, "\(edit.views.count)",
        "\(edit.views.count { $0.decision == .lower })", "\(edit.views.count { $0.decision == .higher })",
        edit.range.map { "\(DecimalText.fixed($0.low * 100, 0)) to \(DecimalText.fixed($0.high * 100, 0))" } ?? "--",
        edit.robustness.words,
      ]
    }
    return Self.table(
      titles: ["Edited system", "Prompts", "Judges", "Less", "More", "Range, points", "Conclusion"],
      rows: rows,
      caption: "Edited less original refusal rate: judges that show less and more by exact McNemar tests at 5\\,\\%."
    )
  }

  private static func texCell(_ value: MeasuredValue?) -> String { texCell(value?.value, value?.interval) }

  private static func texCell(_ value: Statistic<Double>?, _ interval: Statistic<Interval>? = nil) -> String {
    guard case .value(let number) = value else { return "--" }
    guard case .value(let ends) = interval else { return DecimalText.fixed(number, 2) }
    return "\(DecimalText.fixed(number, 2)) [\(DecimalText.fixed(ends.low, 2)), \(DecimalText.fixed(ends.high, 2))]"
  }

  private static func table(titles: [String], rows: [[String]], caption: String) -> String {
    let body = rows.map { $0.joined(separator: " & ") + " \\\\\n" }.joined()
    return
      "\\begin{table}\n\\caption{\(caption)}\n\\begin{tabular}{l\(String(repeating: "r", count: titles.count - 1))}\n"
      + "\\toprule\n" + titles.joined(separator: " & ") + " \\\\\n\\midrule\n" + body
      + "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
  }

  /// Text with TeX's own characters made harmless.
  private static func escaped(_ text: String) -> String {
    var shown = ""
    // Scalar by scalar: with a combining mark after it, a TeX character is another Character and as dangerous.
    for character in VisibleText.line(text).unicodeScalars {
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": shown += "\\\(character)"
      case "\\": shown += "\\textbackslash{}"
      case "~": shown += "\\textasciitilde{}"
      case "^": shown += "\\textasciicircum{}"
      default: shown.unicodeScalars.append(character)
      }
    }
    return shown
  }
}
