internal import Agreement
internal import LabelTables
internal import Wording

extension CountAssessment {
  private static let titles = [
    "topic", "statistic", "rater", "other", "system", "scope", "n", "missingCells", "value", "low", "high", "ends",
    "undefined",
  ]

  /// Every figure on a row of its own. `ends` says what `low` and `high` are: `interval95`, a sampling interval, or `bounds`
  /// over all labellings with these counts; bounds have a `value` where they are one.
  public var longCSV: String {
    var text = CSVText.row(Self.titles)
    func add(
      _ topic: String,
      _ statistic: String,
      _ rater: String,
      other: String = "",
      system: String = "",
      scope: CountScope,
      n: Int,
      missing: Int,
      _ cells: (value: Double?, ends: Interval?, kind: String, reason: UndefinedReason?)
    ) {
      text += CSVText.row([
        topic, statistic, rater, other, system, scope.name, "\(n)", "\(missing)",
        cells.value.map { "\($0)" } ?? "", cells.ends.map { "\($0.low)" } ?? "", cells.ends.map { "\($0.high)" } ?? "",
        cells.ends == nil ? "" : cells.kind, cells.reason?.rawValue ?? "",
      ])
    }
    func sampled(_ value: Statistic<Double>, _ interval: Statistic<Interval>? = nil)
      -> (value: Double?, ends: Interval?, kind: String, reason: UndefinedReason?)
    { (value.value, interval?.value, "interval95", value.reason) }
    func bounds(_ range: Statistic<Interval>)
      -> (value: Double?, ends: Interval?, kind: String, reason: UndefinedReason?)
    {
      let one = range.value.flatMap { $0.low == $0.high ? $0.low : nil }
      return (one, range.value, "bounds", range.reason)
    }
    for row in rates {
      add(
        "rate",
        "refused",
        row.rater,
        system: row.system ?? "",
        scope: row.scope,
        n: row.count.total,
        missing: row.coverage.missing,
        sampled(row.rate, row.interval)
      )
    }
    for row in agreement {
      for (name, cells) in [
        ("percentAgreement", bounds(row.percentAgreement)), ("cohenKappa", bounds(row.cohenKappa)),
        ("krippendorffAlpha", bounds(row.krippendorffAlpha)), ("gwetAC1", bounds(row.gwetAC1)),
      ] {
        add(
          "agreement",
          name,
          row.first,
          other: row.second,
          scope: row.scope,
          n: row.count,
          missing: row.coverage.missing,
          cells
        )
      }
      for (name, value) in [("pearson", row.pearsonOfCounts), ("spearman", row.spearmanOfCounts)] {
        add(
          "countCorrelation",
          name,
          row.first,
          other: row.second,
          scope: row.scope,
          n: row.coverage.cells,
          missing: row.coverage.missing,
          sampled(value)
        )
      }
    }
    for row in panel {
      for (name, range) in [("fleissKappa", row.fleissKappa), ("krippendorffAlpha", row.krippendorffAlpha)] {
        add("panel", name, "", scope: row.scope, n: row.items, missing: row.coverage.missing, bounds(range))
      }
    }
    for row in edits {
      func one(_ name: String, _ cells: (value: Double?, ends: Interval?, kind: String, reason: UndefinedReason?)) {
        add(
          "edit",
          name,
          row.rater,
          other: row.original,
          system: row.edited,
          scope: row.scope,
          n: row.after.total,
          missing: row.coverage.missing,
          cells
        )
      }
      one("difference", sampled(row.difference, row.interval))
      if let p = row.p { one("mcNemarP", bounds(p)) }
    }
    for row in fidelity {
      for measure in Measure.allCases {
        guard let range = row.measures[measure] else { continue }
        add(
          "fidelity",
          measure.rawValue,
          row.rater,
          other: row.referenceName,
          scope: row.scope,
          n: row.count,
          missing: row.coverage.missing,
          bounds(range)
        )
      }
    }
    return text
  }
}
