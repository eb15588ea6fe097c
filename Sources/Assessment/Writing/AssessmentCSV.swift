internal import Agreement
internal import Wording

/// Figures on rows of their own: what each is of, its denominator, value and ends, or why it is undefined or has no interval.
struct FigureRows {
  private(set) var text = CSVText.row([
    "topic", "statistic", "rater", "other", "system", "scope", "certainty", "abstentions", "n", "value", "low", "high",
    "undefined", "noInterval",
  ])

  /// - Parameter interval: nil for a figure that has none by its kind, as a p-value.
  mutating func add(
    _ topic: String,
    _ statistic: String,
    rater: String = "",
    other: String = "",
    system: String = "",
    scope: ItemScope,
    certainty: String = "",
    abstentions: String = PairTreatment.pairwiseDeletion.rawValue,
    n: Int,
    _ value: Statistic<Double>,
    _ interval: Statistic<Interval>? = nil
  ) {
    let ends = interval?.value
    text += CSVText.row([
      topic, statistic, rater, other, system, scope.rawValue, certainty, abstentions, "\(n)",
      value.value.map { "\($0)" } ?? "", ends.map { "\($0.low)" } ?? "", ends.map { "\($0.high)" } ?? "",
      value.reason?.rawValue ?? "", value.reason == nil ? interval?.reason?.rawValue ?? "" : "",
    ])
  }

  mutating func add(
    _ topic: String,
    _ statistic: String,
    rater: String = "",
    other: String = "",
    system: String = "",
    scope: ItemScope,
    abstentions: String = PairTreatment.pairwiseDeletion.rawValue,
    n: Int,
    _ figure: Figure
  ) {
    add(
      topic,
      statistic,
      rater: rater,
      other: other,
      system: system,
      scope: scope,
      abstentions: abstentions,
      n: n,
      figure.value,
      figure.interval
    )
  }
}

extension Assessment {
  /// Figures on rows of their own: what each is of, its denominator, value and ends, or why it is undefined.
  public var longCSV: String {
    var rows = FigureRows()
    addFidelity(&rows)
    addAgreement(&rows)
    addConclusions(&rows)
    addPanels(&rows)
    addMultiverse(&rows)
    return rows.text
  }

  private func addFidelity(_ rows: inout FigureRows) {
    for row in fidelity + underOtherRules {
      for measure in Measure.allCases {
        guard let value = row.measures[measure] else { continue }
        rows.add(
          "fidelity",
          measure.rawValue,
          rater: name(row.rater),
          other: row.reference.name(in: labels),
          scope: row.scope,
          certainty: row.certainty.rawValue,
          n: value.count,
          value.value,
          value.interval
        )
      }
    }
  }

  private func addPanels(_ rows: inout FigureRows) {
    if let panels {
      let n = panels.whole.referenced
      rows.add("panelChoice", "majority", scope: .all, n: n, panels.whole.accuracy, panels.whole.interval)
      rows.add("panelChoice", "upperBound", scope: .all, n: n, panels.upperBound.accuracy, panels.upperBound.interval)
      rows.add("panelChoice", "errorCorrelation", scope: .all, n: n, panels.errorCorrelation)
      rows.add("panelChoice", "effectiveSize", scope: .all, n: n, panels.effectiveSize)
    }
    for member in panels?.members ?? [] {
      let (rater, n) = (labels.name(member.judge), member.alone.referenced)
      rows.add("panelMember", "alone", rater: rater, scope: .all, n: n, member.alone.accuracy, member.alone.interval)
      rows.add("panelMember", "marginalValue", rater: rater, scope: .all, n: n, member.marginalValue)
    }
    for row in noise {
      let n = row.rate.value?.pairs ?? 0
      rows.add(
        "noise",
        "flipRate",
        rater: labels.name(row.judge),
        scope: .all,
        n: n,
        row.rate.map(\.rate),
        row.rate.value?.interval
      )
    }
  }

  private func addMultiverse(_ rows: inout FigureRows) {
    for row in multiverse {
      let (statistic, system): (String, String) =
        switch row.conclusion {
        case .rate(let system): ("rate", labels.systemNames[system])
        case .difference(let pair):
          ("difference", "\(labels.systemNames[pair.edited]) less \(labels.systemNames[pair.original])")
        case .accuracy: ("accuracy", "")
        case .cohenKappa: ("cohenKappa", "")
        }
      rows.add(
        "multiverse",
        statistic,
        rater: labels.name(row.judge) + (row.parser.map { " read by \($0)" } ?? ""),
        other: row.adjudication?.name(in: labels) ?? "",
        system: system,
        scope: row.scope,
        abstentions: row.abstentions.rawValue,
        n: row.count,
        row.estimate,
        row.interval
      )
    }
  }

  /// Fidelity with a row for each rater, scope and certainty, and a column for each measure and end.
  public var wideCSV: String {
    let titles = Measure.allCases.flatMap { ["\($0.rawValue)", "\($0.rawValue)Low", "\($0.rawValue)High"] }
    var text = CSVText.row(["rater", "reference", "scope", "certainty", "n", "abstained"] + titles)
    for row in fidelity {
      let cells = Measure.allCases.flatMap { measure -> [String] in
        let ends = row.measures[measure]?.interval.value
        return [
          row.measures[measure]?.value.value.map { "\($0)" } ?? "", ends.map { "\($0.low)" } ?? "",
          ends.map { "\($0.high)" } ?? "",
        ]
      }
      text += CSVText.row(
        [
          name(row.rater), row.reference.name(in: labels), row.scope.rawValue, row.certainty.rawValue, "\(row.count)",
          "\(row.abstained)",
        ] + cells
      )
    }
    return text
  }

  /// A rater's name, floors included.
  func name(_ rater: FidelityRow.Rater) -> String {
    switch rater {
    case .column(let column): labels.name(column)
    case .floor(let floor): floor.name(in: labels)
    }
  }
}
