internal import Prompts
internal import Study
internal import Wording

/// Name, summary, caution and index of the page.
struct HeaderPart {
  private let source: ReportSource
  private let contents: [(id: String, name: String)]

  init(_ source: ReportSource, contents: [(String, String)]) {
    self.source = source
    self.contents = contents.map { (id: $0.0, name: $0.1) }
  }

  var body: Markup {
    let study = source.results.study
    let caution = study.caution.map { text in
      Markup.element(
        "aside",
        ["class": "caution", "aria-label": "Caution"],
        .element("p", [:], .element("strong", [:], "Read this first: "), Markup(text))
      )
    }
    let links = contents.map { entry in
      Markup.element("li", [:], .element("a", ["href": "#" + entry.id], Markup(entry.name)))
    }
    var parts = [
      Markup.element("h1", [:], Markup(study.name)),
      HTML.paragraph(study.summary, style: "lead"),
      HTML.paragraph(extent, style: "meta"),
    ]
    if let leak = source.results.allowedLeak {
      parts.append(
        .element(
          "aside",
          ["class": "alarm", "role": "alert", "aria-label": "Leak"],
          .element(
            "p",
            [:],
            .element("strong", [:], "Leak allowed: "),
            Markup(leak + ". The direction has seen these prompts: what this page says of edits is flattered by them.")
          )
        )
      )
    }
    if let caution { parts.append(caution) }
    parts.append(.element("nav", ["aria-label": "Contents"], .element("ul", [:], links)))
    return .element("header", [:], .lines(parts))
  }

  private var extent: String {
    let results = source.results
    let counts = source.analysis.promptCounts
    let judges = "\(source.analysis.asked.count) of \(results.judges.count) judges asked"
    return [
      "\(results.models.count) models", "\(results.systems.count) systems",
      "\(results.prompts.count) prompts (\(counts.harmful) harmful, \(counts.harmless) harmless)",
      "\(DecimalText.grouped(results.responses.count)) answers", judges,
      "\(DecimalText.grouped(source.analysis.disputed.count)) answers disputed",
    ]
    .joined(separator: " · ")
  }
}
