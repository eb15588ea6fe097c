internal import Agreement
internal import Prompts
internal import Study
internal import Wording

/// What the edits did, by each rater: slopes, who says that refusal fell, and the counts of paired answers.
struct EditsSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  private var analysis: StudyAnalysis { source.analysis }

  var body: Markup {
    guard !analysis.edits.isEmpty else { return HTML.paragraph("The study has no edited system.") }
    let intro = [
      HTML.paragraph(
        "Refusal before and after each edit, one line for each judge, on prompts whose two answers both have a label. "
          + "Whiskers are 95 % intervals.",
        style: "note"
      )
    ]
    return .lines(
      intro + declared + [
        legend,
        .element("h3", [:], "Harmful prompts"),
        panels(.harmful),
        HTML.details("The same for harmless prompts", [panels(.harmless)]),
        .element("h3", [:], "Who says that the edit lowered refusal of harmful prompts?"),
        verdicts,
        HTML.details("All counts of paired answers as a table", [table(.harmful), table(.harmless)]),
      ]
    )
  }

  /// Says of which edits nothing was verified; nothing where all were done here.
  private var declared: [Markup] {
    let systems = source.results.systems
    let lines = systems.filter(\.isDeclared).map { system in
      let checkpoint = system.facts.first { $0.name == "checkpoint" }?.value ?? "not declared"
      let original = system.original.map { systems[$0].name } ?? "an original that is not in the run"
      return "\(system.name): edit \(system.edit) of \(original), checkpoint \(checkpoint)."
    }
    guard !lines.isEmpty else { return [] }
    let aside = Markup.element(
      "aside",
      ["class": "caution", "aria-label": "Declared edits"],
      .lines(
        [HTML.paragraph("Declared, not verified: the weights of these systems are elsewhere.")]
          + lines.map { HTML.paragraph($0) }
      )
    )
    return [aside]
  }

  private struct Rater {
    let name: String
    let style: RaterStyle
    let effects: [ByKind<EditEffect>]
  }

  private var raters: [Rater] {
    let judges = analysis.asked.map { judge in
      Rater(name: source.results.judges[judge].name, style: .judge(judge), effects: analysis.judgeEffects[judge])
    }
    let annotators = source.results.annotators.indices.map { annotator in
      Rater(
        name: source.annotatorName(annotator),
        style: .annotator(annotator),
        effects: analysis.annotatorEffects[annotator]
      )
    }
    return judges + annotators
  }

  private func name(_ edit: Int) -> String { analysis.editLabel(edit) }

  private var legend: Markup {
    let items = raters.map { rater -> Markup in
      let shapes = [SVG.line(1, 8, 31, 8, style: "slope"), SVG.marker(rater.style.shape, x: 16, y: 8)]
      let sample = SVG.picture(
        width: 32,
        height: 16,
        label: "",
        [SVG.group(style: "series " + rater.style.name, shapes)]
      )
      return .element("li", [:], .element("span", ["aria-hidden": "true"], sample), Markup(rater.name))
    }
    return .element("ul", ["class": "legend", "aria-label": "Lines of the charts"], items)
  }

  private func panels(_ kind: PromptKind) -> Markup {
    let figures = analysis.edits.indices.map { edit -> Markup in
      let series = raters.map { SlopePanel.Series(name: $0.name, style: $0.style, effect: $0.effects[edit][kind]) }
      let panel = SlopePanel(title: "\(name(edit)), \(kind.rawValue) prompts", series: series)
      return .element("figure", [:], .element("figcaption", [:], Markup(name(edit))), panel.picture)
    }
    return .element("div", ["class": "panels"], .lines(figures))
  }

  private var verdicts: Markup {
    let rows = analysis.edits.indices.map { edit in
      HTML.row(name(edit), raters.map { verdict($0.effects[edit].harmful) })
    }
    return HTML.table(
      "Yes: fewer refusals than the original, \(analysis.editTest) below 0.05. Below it the change in percentage points and p.",
      ["Edited system"] + raters.map(\.name),
      rows
    )
  }

  private func verdict(_ effect: EditEffect) -> Markup {
    guard let difference = effect.difference.value else {
      return HTML.undefined(effect.difference.reason?.explanation ?? "")
    }
    let change = "\(Self.points(difference)), \(effect.p.value.map(DecimalText.p) ?? "p undefined")"
    return .element(
      "td",
      ["title": effect.p.reason.map { "p undefined: " + $0.explanation }],
      .element(
        "span",
        ["class": effect.lowersRefusal ? "yes" : nil],
        effect.lowersRefusal ? "✓ yes" : effect.isDecidable ? "no" : "undetermined"
      ),
      .element("br"),
      .element("span", ["class": "small"], Markup(change))
    )
  }

  /// A change in percentage points with its sign.
  private static func points(_ difference: Double) -> String {
    let text = DecimalText.fixed(difference * 100, 0)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text == "0" ? "±0" : "+" + text
  }

  private func table(_ kind: PromptKind) -> Markup {
    let heads = [
      "Rater", "original", "edited", "#change", "#95 % interval", "#lost", "#gained", "#p", "#pairs without a label",
    ]
    let rows = analysis.edits.indices.flatMap { edit -> [Markup] in
      [HTML.groupRow(name(edit), columns: heads.count)] + raters.map { row($0.name, $0.effects[edit][kind]) }
    }
    let caption =
      "Refusal of \(kind.rawValue) prompts on paired answers; lost: refusal to non-refusal, gained: the other way; p: "
      + analysis.editTest
    return HTML.table(caption, heads, rows)
  }

  private func row(_ name: String, _ effect: EditEffect) -> Markup {
    let rates = [effect.original, effect.edited].map { proportion in
      proportion.of == 0 ? HTML.undefined(Words.reason(proportion)) : HTML.cell(Words.proportion(proportion))
    }
    let change = effect.difference.value.map { HTML.number(Self.points($0)) }
    let interval = effect.interval
    let ends = interval.value.map { HTML.number("\(Self.points($0.low)) to \(Self.points($0.high))") }
    let p = effect.p.value.map { HTML.number(DecimalText.p($0)) }
    return HTML.row(
      name,
      rates + [
        change ?? HTML.undefined(effect.difference.reason?.explanation ?? ""),
        ends ?? HTML.undefined(interval.reason?.explanation ?? ""), HTML.number(String(effect.lost)),
        HTML.number(String(effect.gained)), p ?? HTML.undefined(effect.p.reason?.explanation ?? ""),
        HTML.number(String(effect.unpaired)),
      ]
    )
  }
}
