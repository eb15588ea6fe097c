internal import Agreement
internal import Wording

extension Assessment {
  private static let longTitles = [
    "topic", "statistic", "rater", "other", "system", "scope", "certainty", "abstentions", "n", "value", "low", "high",
    "undefined",
  ]

  /// Every figure on a row of its own: what it is of, its denominator, value and ends, or why it is undefined.
  public var longCSV: String {
    var text = CSVText.row(Self.longTitles)
    func add(
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
        value.reason?.rawValue ?? "",
      ])
    }
    for row in fidelity + underOtherRules {
      for measure in Measure.allCases {
        guard let value = row.measures[measure] else { continue }
        add(
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
    for row in pairs {
      let (first, second, n) = (labels.name(row.first), labels.name(row.second), row.counts.count)
      func one(_ statistic: String, _ value: Statistic<Double>, _ interval: Statistic<Interval>? = nil) {
        add("agreement", statistic, rater: first, other: second, scope: row.scope, n: n, value, interval)
      }
      one("percentAgreement", row.counts.percentAgreement)
      one("cohenKappa", row.counts.cohenKappa, row.kappaInterval)
      let ac1 = row.counts.gwetAC1Estimate
      one("gwetAC1", row.counts.gwetAC1, ac1.map(\.interval))
      one("krippendorffAlpha", row.counts.krippendorffAlpha)
      add(
        "agreement",
        "cohenKappa",
        rater: first,
        other: second,
        scope: row.scope,
        abstentions: PairTreatment.thirdCategory.rawValue,
        n: row.withAbstentions.count,
        row.withAbstentions.cohenKappa
      )
    }
    for row in panel {
      add("panel", "krippendorffAlpha", scope: row.scope, n: row.items, row.alpha, row.alphaInterval)
      add("panel", "gwetAC1", scope: row.scope, n: row.items, row.gwetAC1.map(\.value), row.gwetAC1.map(\.interval))
      let fleiss = row.fleissKappa
      add("panel", "fleissKappa", scope: row.scope, n: row.items, fleiss.map(\.value), fleiss.map(\.interval))
    }
    for row in multiverse {
      let (statistic, system): (String, String) =
        switch row.conclusion {
        case .rate(let system): ("rate", labels.systemNames[system])
        case .difference(let pair): ("difference", labels.systemNames[pair.edited])
        }
      add(
        row.adjudication == nil ? "multiverse" : "corrected",
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
    return text
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
    case .floor(let floor): floor.name
    }
  }
}
