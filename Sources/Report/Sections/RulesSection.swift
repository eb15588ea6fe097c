internal import Study
internal import Wording

/// Which rules of the judges matched, and how often each of them alone.
struct RulesSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  /// Rules of a judge that are shown.
  private static let limit = 100

  var body: Markup {
    let uses = source.analysis.rules
    guard !uses.isEmpty else { return HTML.paragraph("No judge names rules that matched.") }
    let judges = source.results.judges.indices.filter { judge in uses.contains { $0.judge == judge } }
    return .lines(
      [
        HTML.paragraph(
          "How often each rule matched an answer. Alone are answers in which no other rule of the judge matched: "
            + "where one rule is enough for a refusal, the refusals among them hang on it. Rules that never matched are not "
            + "listed; where a rule matched is marked in the disputed answers.",
          style: "note"
        )
      ] + judges.map { judge in table(judge, uses.filter { $0.judge == judge }) }
    )
  }

  private func table(_ judge: Int, _ uses: [RuleUse]) -> Markup {
    let name = source.results.judges[judge].name
    let given = source.results.verdicts[judge].count { $0 != nil }
    let rows = uses.prefix(Self.limit).map { use in
      HTML.row(
        use.rule,
        [use.matched.harmful, use.matched.harmless, use.alone].map { HTML.number(DecimalText.grouped($0)) }
      )
    }
    let heads = ["Rule", "#harmful prompts", "#harmless prompts", "#alone"]
    let table = HTML.table("Matches of \(name) in \(DecimalText.grouped(given)) answers", heads, Array(rows))
    guard uses.count > Self.limit else { return table }
    let rest =
      "The \(Self.limit) most frequent of \(DecimalText.grouped(uses.count)) rules; tribunal agree --json has all."
    return .lines([table, HTML.paragraph(rest, style: "note")])
  }
}
