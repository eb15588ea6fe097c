public import Study

/// The report of a run: one HTML file that needs nothing else, neither network nor script.
public struct HTMLReport {
  /// The whole page. The same results give the same bytes.
  public static func page(_ results: RunResults, _ analysis: StudyAnalysis) -> String {
    let source = ReportSource(results: results, analysis: analysis)
    let apart = ConstructsSection(source).body.map { [("constructs", "Judges of something else", $0)] } ?? []
    let sections: [(id: String, name: String, body: Markup)] =
      [
        ("findings", "Findings", FindingsSection(source).body),
        ("rates", "Refusal rates", RatesSection(source).body),
        ("abstentions", "Answers without a label", AbstentionsSection(source).body),
        ("edits", "Original and edited", EditsSection(source).body),
        ("agreement", "Agreement of the judges", AgreementSection(source).body),
        ("fidelity", "Judges against the reference", FidelitySection(source).body),
        ("rules", "Rules that matched", RulesSection(source).body),
      ] + apart + [
        ("disputed", "Disputed answers", DisputedSection(source).body),
        ("method", "What each number means", MethodSection.body),
        ("provenance", "Provenance", ProvenanceSection(source).body),
      ]
    let head = Markup.element(
      "head",
      [:],
      .lines([
        .element("meta", ["charset": "utf-8"]),
        .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .element("meta", ["name": "referrer", "content": "no-referrer"]),
        // The page runs nothing and loads nothing; a browser that reads this line makes sure of it.
        .element(
          "meta",
          ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"]
        ),
        .element("title", [:], Markup("\(results.study.name) – refusal judges on trial")),
        .style(.page),
      ])
    )
    let body = Markup.element(
      "body",
      [:],
      .lines([
        .element("a", ["class": "skip", "href": "#findings"], "Skip to the findings"),
        HeaderPart(source, contents: sections.map { ($0.id, $0.name) }).body,
        .element("main", [:], .lines(sections.map { HTML.section($0.id, $0.name, [$0.body]) })),
        .element(
          "footer",
          [:],
          HTML.paragraph(
            "Study \(results.study.hash). Every number on this page is in tribunal agree --json.",
            style: "note"
          )
        ),
      ])
    )
    return "<!DOCTYPE html>\n" + Markup.element("html", ["lang": "en"], .lines([head, body])).html + "\n"
  }
}
