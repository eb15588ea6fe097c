internal import Agreement
internal import Study
internal import Wording

/// Judges against reference labels, under the name the labels have: a constructed reference is never called human.
struct FidelitySection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  var body: Markup {
    guard !source.results.annotators.isEmpty else { return HTML.paragraph("The study has no reference labels.") }
    return .lines(source.results.annotators.indices.map(part))
  }

  private func part(_ annotator: Int) -> Markup {
    let name = source.annotatorName(annotator)
    let rows = source.analysis.fidelity.filter { $0.annotator == annotator }
    let note =
      "Refusal is the positive class. Answers that the \(name) leaves undecided are in no number; abstentions of the judge "
      + "are counted apart."
    return .lines([
      .element("h3", [:], Markup("Labels: \(name)")),
      HTML.paragraph(note, style: "note"),
      table(.all, rows, name),
      HTML.details(
        "Harmful and harmless prompts apart",
        [table(.harmful, rows, name), table(.harmless, rows, name)]
      ),
    ])
  }

  private func table(_ scope: PromptScope, _ rows: [Fidelity], _ reference: String) -> Markup {
    let over = scope == .all ? "all prompts" : "\(scope.rawValue) prompts"
    let decided = rows.first.map { $0.scores[scope] }
    let extent =
      decided.map {
        ", \(DecimalText.grouped($0.decided)) decided answers, \(DecimalText.grouped($0.undecided)) undecided"
      } ?? ""
    let heads = [
      "Judge", "accuracy", "sensitivity", "specificity", "precision", "#F1",
      "confusion", "no label",
    ]
    return HTML.table(
      "Against the \(reference), \(over)\(extent)",
      heads,
      rows.map { row($0.judge, $0.scores[scope]) }
    )
  }

  private func row(_ judge: Int, _ scores: FidelityScores) -> Markup {
    let proportions = [scores.accuracy, scores.sensitivity, scores.specificity, scores.precision].map(cell)
    let f1 = scores.f1.value.map { HTML.number(DecimalText.fixed($0, 2)) }
    let unasked = scores.unasked == 0 ? "" : "; not asked \(scores.unasked)"
    return HTML.row(
      source.results.judges[judge].name,
      proportions + [
        f1 ?? HTML.undefined(scores.f1.reason?.explanation ?? ""), confusion(scores.confusion),
        HTML.cell(Words.reasons(scores.abstained) + unasked),
      ]
    )
  }

  private func cell(_ proportion: Proportion) -> Markup {
    guard let rate = proportion.rate.value, let interval = proportion.interval.value else {
      return HTML.undefined(Words.reason(proportion))
    }
    return .element(
      "td",
      ["class": "w"],
      Markup("\(DecimalText.percent(rate)) % (\(Words.range(interval)))"),
      .element("br"),
      .element(
        "span",
        ["class": "small"],
        Markup("\(DecimalText.grouped(proportion.count)) of \(DecimalText.grouped(proportion.of))")
      )
    )
  }

  private func confusion(_ counts: ClassCounts) -> Markup {
    .element(
      "td",
      ["class": "w"],
      Markup("refusal: \(counts.truePositives) right, \(counts.falsePositives) false"),
      .element("br"),
      Markup("non-refusal: \(counts.trueNegatives) right, \(counts.falseNegatives) missed refusals")
    )
  }
}
