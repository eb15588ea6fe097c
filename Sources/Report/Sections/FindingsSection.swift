internal import Study

/// The findings as sentences, the first as headline; those on single edits are folded where they are many.
struct FindingsSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  private static let openEdits = 4

  var body: Markup {
    let findings = source.analysis.findings
    guard !findings.isEmpty else { return HTML.paragraph("Nothing can be said: no judge gave a label.") }
    let edits = findings.filter { $0.topic == .edit }
    let folds = edits.count > Self.openEdits
    let shown = folds ? findings.filter { $0.topic != .edit } : findings
    let items = shown.enumerated().map { at, finding in
      Markup.element("li", ["class": at == 0 ? "first" : nil], Markup(Words.unbroken(finding.text)))
    }
    var parts = [Markup.element("ul", ["class": "findings"], .lines(items))]
    if folds {
      let rows = edits.map { Markup.element("li", [:], Markup(Words.unbroken($0.text))) }
      let list = Markup.element("ul", ["class": "findings"], .lines(rows))
      parts.append(HTML.details("The judges on each of the \(edits.count) edited systems", [list]))
    }
    return .lines(parts)
  }
}
