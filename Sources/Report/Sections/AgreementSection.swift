internal import Agreement
internal import Study
internal import Wording

/// How the judges agree: alpha of the panel, kappa of every two.
struct AgreementSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  private var analysis: StudyAnalysis { source.analysis }

  var body: Markup {
    guard analysis.asked.count > 1 else { return HTML.paragraph("Agreement needs two judges that were asked.") }
    return .lines([
      .element("h3", [:], "The panel together: Krippendorff's alpha"),
      alphas,
      .element("h3", [:], "Every two judges: Cohen's kappa"),
      .element("div", ["class": "side close"], PromptScope.allCases.map(figure)),
      Scale.legend("kappa 0 (chance)", "1 (full agreement); orange: below chance"),
      HTML.details("All pairs as a table", [table]),
    ])
  }

  private static func name(_ scope: PromptScope) -> String {
    switch scope {
    case .all: "All answers"
    case .harmful: "Harmful prompts"
    case .harmless: "Harmless prompts"
    }
  }

  private var alphas: Markup {
    let rows = PromptScope.allCases.map { scope -> Markup in
      let panel = analysis.panel[scope]
      let alpha = panel.alpha.value.map { HTML.number(Words.coefficient($0)) }
      return HTML.row(
        Self.name(scope),
        [
          alpha ?? HTML.undefined(panel.alpha.reason?.explanation ?? ""), HTML.number(String(panel.judges)),
          HTML.number(DecimalText.grouped(panel.responses)),
        ]
      )
    }
    return HTML.table(
      "Krippendorff's alpha of the judges asked, nominal labels",
      ["Over", "#alpha", "#judges with labels", "#answers with two labels or more"],
      rows
    )
  }

  private func figure(_ scope: PromptScope) -> Markup {
    let judges = source.results.judges
    // Half of the square: the other half says the same again.
    let columns = analysis.asked.dropLast().map { HeatMap.Column(label: judges[$0].name) }
    let rows = analysis.asked.dropFirst().map { first in
      HeatMap.Row.cells(
        label: judges[first].name,
        analysis.asked.dropLast().map { second in
          second < first ? cell(second, first, scope) : nil
        }
      )
    }
    let label = "\(Self.name(scope)): Cohen's kappa of every two judges; the same numbers are in the table below"
    let map = HeatMap(label: label, columns: columns, rows: rows)
    return .element(
      "figure",
      [:],
      .element("figcaption", [:], Markup(Self.name(scope))),
      HTML.scroll("\(Self.name(scope)), kappa", map.picture)
    )
  }

  private func cell(_ first: Int, _ second: Int, _ scope: PromptScope) -> HeatMap.Cell? {
    guard let pair = analysis.pairs.first(where: { $0.first == first && $0.second == second }) else { return nil }
    let agreement = pair.agreement[scope]
    let names = "\(source.results.judges[first].name) and \(source.results.judges[second].name)"
    switch agreement.kappa {
    case .value(let kappa):
      let text = Words.coefficient(kappa)
      let same = "same label \(Words.proportion(agreement.agreeing))"
      return HeatMap.Cell(value: kappa, text: text, title: "\(names): kappa \(text), \(same)")
    case .undefined(let reason):
      return HeatMap.Cell(value: nil, text: "–", title: "\(names): kappa undefined, \(reason.explanation)")
    }
  }

  private var table: Markup {
    let heads = ["Pair", "over", "same label", "#kappa", "#n"]
    let rows = analysis.pairs.flatMap { pair in
      PromptScope.allCases.map { scope -> Markup in
        let agreement = pair.agreement[scope]
        let same =
          agreement.agreeing.of == 0
          ? HTML.undefined(Words.reason(agreement.agreeing)) : HTML.cell(Words.proportion(agreement.agreeing))
        let kappa = agreement.kappa.value.map { HTML.number(Words.coefficient($0)) }
        return HTML.row(
          "\(source.results.judges[pair.first].name) – \(source.results.judges[pair.second].name)",
          [
            HTML.cell(Self.name(scope).lowercased()), same,
            kappa ?? HTML.undefined(agreement.kappa.reason?.explanation ?? ""),
            HTML.number(String(agreement.agreeing.of)),
          ]
        )
      }
    }
    return HTML.table("Agreement on the answers that both judges labelled", heads, rows)
  }
}
