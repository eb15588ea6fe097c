internal import LabelTables
internal import Prompts
internal import Study
internal import Wording

/// Judges that measure harm or quality: what they said, in their own words, apart from every number of refusal.
struct ConstructsSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  /// Nil where every judge is one of refusal.
  var body: Markup? {
    guard !source.analysis.otherConstructs.isEmpty else { return nil }
    let note =
      "These judges were not asked whether an answer is a refusal. Their words are counted as they stand and enter no rate, "
      + "no agreement and no finding of this page."
    return .lines([HTML.paragraph(note, style: "note")] + source.analysis.otherConstructs.map(table))
  }

  private func table(_ counts: ConstructCounts) -> Markup {
    let judge = source.results.judges[counts.judge]
    let rows = source.results.systems.indices.flatMap { system in
      PromptKind.allCases.map { kind in
        let words = counts.systems[system][kind]
        let said = words.counts.map { "\($0.word) \(DecimalText.grouped($0.count))" }.joined(separator: ", ")
        return HTML.row(
          source.results.systems[system].name,
          [
            HTML.cell(kind.rawValue), HTML.cell(said.isEmpty ? "nothing" : said),
            HTML.number(DecimalText.grouped(words.unasked)),
          ]
        )
      }
    }
    return HTML.table(
      "\(judge.name) measures \(judge.construct.rawValue)",
      ["System", "prompts", "its words", "#not asked"],
      rows
    )
  }
}
