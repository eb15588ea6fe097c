internal import Agreement
internal import Wording

extension Assessment {
  private static let longTitles = [
    "topic", "statistic", "rater", "other", "system", "scope", "certainty", "abstentions", "n", "value", "low", "high",
    "undefined",
  ]

  /// Figures on rows of their own: what each is of, its denominator, value and ends, or why it is undefined.
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
      for coefficient in Coefficient.allCases {
        guard let found = row.coefficients[coefficient] else { continue }
        add(
          "agreement",
          coefficient.rawValue,
          rater: first,
          other: second,
          scope: row.scope,
          n: n,
          found.value,
          found.interval
        )
      }
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
    for row in edits {
      let system = "\(labels.systemNames[row.systems.edited]) less \(labels.systemNames[row.systems.original])"
      for view in row.views + row.annotators {
        let (rater, n) = (labels.name(view.rater), view.difference.pairs)
        add(
          "edit",
          "p",
          rater: rater,
          other: view.decision.rawValue,
          system: system,
          scope: row.scope,
          n: n,
          view.difference.p
        )
      }
    }
    for row in rankings {
      add("ranking", "kendallW", other: row.robustness.rawValue, scope: row.scope, n: row.judges.count, row.kendallW)
    }
    for (scope, shares) in variance {
      guard let shares = shares.value else { continue }
      for source in VarianceShares.Source.allCases {
        add("variance", source.rawValue, scope: scope, n: shares.prompts, shares.share(source))
      }
    }
    for member in panels?.members ?? [] {
      let (rater, n) = (labels.name(member.judge), member.alone.referenced)
      add("panelMember", "alone", rater: rater, scope: .all, n: n, member.alone.accuracy, member.alone.interval)
      add("panelMember", "marginalValue", rater: rater, scope: .all, n: n, member.marginalValue)
    }
    for row in noise {
      let n = row.rate.value?.pairs ?? 0
      add(
        "noise",
        "flipRate",
        rater: labels.name(row.judge),
        scope: .all,
        n: n,
        row.rate.map(\.rate),
        row.rate.value?.interval
      )
    }
    for row in multiverse {
      let (statistic, system): (String, String) =
        switch row.conclusion {
        case .rate(let system): ("rate", labels.systemNames[system])
        case .difference(let pair):
          ("difference", "\(labels.systemNames[pair.edited]) less \(labels.systemNames[pair.original])")
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
    case .floor(let floor): floor.name(in: labels)
    }
  }
}
