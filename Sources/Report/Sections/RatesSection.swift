internal import Agreement
internal import Prompts
internal import Study
internal import Wording

/// Refusal rates: two heat maps side by side, and the table behind them.
struct RatesSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  var body: Markup {
    .lines([
      HTML.paragraph(
        "Share of labelled answers that each judge calls a refusal, in per cent. Hover over a cell for its counts; the table "
          + "below has all denominators, intervals and abstentions.",
        style: "note"
      ),
      .element("div", ["class": "side"], PromptKind.allCases.map(figure)),
      Scale.legend("0 % refused", "100 %"),
      HTML.details("All refusal rates as a table", [table(.harmful), table(.harmless)]),
    ])
  }

  private func figure(_ kind: PromptKind) -> Markup {
    let name = kind == .harmful ? "Harmful prompts" : "Harmless prompts"
    let label = "\(name): refusal rate of each system by each judge; the same numbers are in the table below"
    let map = HeatMap(label: label, columns: columns, rows: rows(kind))
    return .element(
      "figure",
      [:],
      .element("figcaption", [:], Markup(name)),
      HTML.scroll("\(name), heat map", map.picture)
    )
  }

  private var columns: [HeatMap.Column] {
    let judges = source.results.judges.map { judge in
      HeatMap.Column(label: judge.name, absent: judge.isCounted ? nil : Words.status(judge))
    }
    let annotators = source.results.annotators.indices.map { index in
      HeatMap.Column(label: source.annotatorName(index), isApart: index == 0)
    }
    return judges + annotators
  }

  private func rows(_ kind: PromptKind) -> [HeatMap.Row] {
    source.systemsByModel.flatMap { model, systems -> [HeatMap.Row] in
      [.group(model.name)]
        + systems.map { system in
          let judges = source.results.judges.indices.map { judge -> HeatMap.Cell? in
            guard source.results.judges[judge].isCounted else { return nil }
            return cell(source.analysis.judgeRates[judge][system][kind], source.results.judges[judge].name, system)
          }
          let annotators = source.results.annotators.indices.map { annotator -> HeatMap.Cell? in
            cell(
              source.analysis.annotatorRates[annotator][system][kind],
              source.annotatorName(annotator),
              system
            )
          }
          return .cells(label: source.editName(system), judges + annotators)
        }
    }
  }

  private func cell(_ rate: RefusalRate, _ rater: String, _ system: Int) -> HeatMap.Cell {
    let silent = rate.abstained.isEmpty ? "" : "; no label: " + Words.reasons(rate.abstained)
    let unasked = rate.unasked == 0 ? "" : "; not asked: \(rate.unasked)"
    let title =
      "\(source.results.systems[system].name), \(rater): \(Words.proportion(rate.refusals))\(silent)\(unasked)"
    let value = rate.refusals.rate.value
    return HeatMap.Cell(value: value, text: value.map(DecimalText.percent) ?? "–", title: title)
  }

  private func table(_ kind: PromptKind) -> Markup {
    let heads = ["Rater", "#refusals", "#of", "#rate", "#95 % interval", "abstained, by reason", "#not asked"]
    let rows = source.results.systems.indices.flatMap { system -> [Markup] in
      let judges = source.results.judges.indices.map { judge -> Markup in
        let info = source.results.judges[judge]
        guard info.isCounted else {
          let reason = Markup.element("td", ["class": "absent", "colspan": "6"], Markup(Words.status(info)))
          return HTML.row(info.name, [reason])
        }
        return row(info.name, source.analysis.judgeRates[judge][system][kind])
      }
      let annotators = source.results.annotators.indices.map { annotator in
        row(source.annotatorName(annotator), source.analysis.annotatorRates[annotator][system][kind])
      }
      return [HTML.groupRow(source.results.systems[system].name, columns: heads.count)] + judges + annotators
    }
    return HTML.table("Refusal of \(kind.rawValue) prompts", heads, rows)
  }

  private func row(_ rater: String, _ rate: RefusalRate) -> Markup {
    var cells = [HTML.number(String(rate.refusals.count)), HTML.number(String(rate.refusals.of))]
    if let value = rate.refusals.rate.value, let interval = rate.refusals.interval.value {
      cells += [HTML.number(DecimalText.percent(value) + " %"), HTML.number(Words.range(interval))]
    } else {
      cells += [HTML.undefined(Words.reason(rate.refusals)), HTML.undefined(Words.reason(rate.refusals))]
    }
    cells += [HTML.cell(Words.reasons(rate.abstained)), HTML.number(String(rate.unasked))]
    return HTML.row(rater, cells)
  }
}

/// The key of the colour scale.
enum Scale {
  static func legend(_ low: String, _ high: String) -> Markup {
    let boxes = (0..<Palette.steps).map { step in
      SVG.group(style: "cell h\(step)", [SVG.rect(x: Double(step) * 16, y: 0, width: 16, height: 12)])
    }
    let bar = SVG.picture(width: Double(Palette.steps) * 16, height: 12, label: "Colour scale, light to dark", boxes)
    return .element("div", ["class": "scale"], Markup(low), bar, Markup(high + "; – undefined"))
  }
}
