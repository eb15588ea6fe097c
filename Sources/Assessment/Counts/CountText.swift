internal import Agreement
internal import LabelTables
internal import Wording

extension CountAssessment {
  /// The assessment as text in a given width (72…100): two sentences, then the tables.
  public func lines(width: Int) -> [String] {
    let width = min(100, max(72, width))
    var lines = sentences.flatMap { LineLayout.wrap(VisibleText.line($0), width, lines: 12) }
    for part in [
      rateTable(width), fidelityTables(width), agreementTable(width), panelTable(width), correlationTable(width),
      editTable(width), rangeTable(width), notes(width),
    ] where !part.isEmpty { lines += [""] + part }
    return lines
  }

  /// `0.20…0.84`, one number where both ends are equal, or why there is none.
  private func bounds(_ range: Statistic<Interval>?, _ cells: inout NotedCells) -> String {
    ends(range, &cells, unit: "") { DecimalText.fixed($0.low, $1 + 2) + "…" + DecimalText.fixed($0.high, $1 + 2) }
  }

  /// `28…47 %`, likewise.
  private func share(_ range: Statistic<Interval>?, _ cells: inout NotedCells) -> String {
    ends(range, &cells, unit: " %") { ends, more in
      func one(_ share: Double) -> String {
        more == 0 ? DecimalText.percent(share) : DecimalText.fixed(share * 100, more)
      }
      return one(ends.low) + "…" + one(ends.high)
    }
  }

  /// Ends that would read the same get decimals more: an open figure must not look like a settled one.
  private func ends(
    _ range: Statistic<Interval>?,
    _ cells: inout NotedCells,
    unit: String,
    _ text: (Interval, _ more: Int) -> String
  ) -> String {
    guard let range else { return "–" }
    if case .undefined(let reason) = range { return cells.missing(reason) }
    guard case .value(let ends) = range else { return "–" }
    func parts(_ more: Int) -> [Substring] { text(ends, more).split(separator: "…") }
    if ends.low == ends.high { return parts(0)[0] + unit }
    let places = (0...4).first { parts($0)[0] != parts($0)[1] } ?? 4
    return text(ends, places) + unit
  }

  private func more(_ number: Int, _ what: String) -> [String] {
    number > 0 ? ["… \(number) more \(what): --json or --csv"] : []
  }

  /// Many kinds leave no room: pooled alone.
  private var shownScopes: [CountScope] { scopes.count <= 4 ? scopes : [.all] }

  private func rateTable(_ width: Int) -> [String] {
    var grid = TextGrid(["Refusal rate", "n"] + shownScopes.map(\.name))
    var cells = NotedCells()
    for rater in raters {
      let own = rates.filter { $0.rater == rater.name && $0.system == nil }
      guard let all = own.first(where: { $0.scope == .all }) else { continue }
      grid.add(
        [rater.name + (rater.isHuman ? " (person)" : ""), DecimalText.grouped(all.count.total)]
          + shownScopes.map { scope in
            own.first { $0.scope == scope }.map { cells.share($0.rate, $0.interval) } ?? "–"
          }
      )
    }
    return grid.lines(width: width) + cells.lines(width)
  }

  private func fidelityTables(_ width: Int) -> [String] {
    var lines: [String] = []
    for scope in shownScopes {
      let rows = fidelity.filter { $0.scope == scope && $0.reference == rule && $0.count > 0 }
      guard let first = rows.first else { continue }
      var grid = TextGrid([
        "Fidelity to \(first.referenceName), \(scope.name)", "n", "accuracy", "kappa", "sensitivity", "specificity",
      ])
      var cells = NotedCells()
      for row in rows {
        grid.add([
          row.rater, DecimalText.grouped(row.count), share(row.measures[.accuracy], &cells),
          bounds(row.measures[.cohenKappa], &cells), share(row.measures[.sensitivity], &cells),
          share(row.measures[.specificity], &cells),
        ])
      }
      lines += (lines.isEmpty ? [] : [""]) + grid.lines(width: width) + cells.lines(width)
    }
    return lines
  }

  /// What counts leave open most comes first, then what agrees least.
  private func agreementTable(_ width: Int) -> [String] {
    let pairs = agreement.filter { $0.scope == .all }
    guard !pairs.isEmpty else { return [] }
    func order(_ at: Int) -> (Double, Double, Int) {
      guard let ends = pairs[at].percentAgreement.value else { return (1, 2, at) }
      return (ends.low - ends.high, ends.high, at)
    }
    let shown = pairs.indices.sorted { order($0) < order($1) }.prefix(15)
    var grid = TextGrid(["Agreement of two, all", "n", "equal labels", "kappa", "alpha", "AC1"])
    var cells = NotedCells()
    for row in shown.map({ pairs[$0] }) {
      grid.add([
        "\(row.first) · \(row.second)", DecimalText.grouped(row.count), share(row.percentAgreement, &cells),
        bounds(row.cohenKappa, &cells), bounds(row.krippendorffAlpha, &cells), bounds(row.gwetAC1, &cells),
      ])
    }
    return grid.lines(width: width) + more(pairs.count - shown.count, "pairs, less open") + cells.lines(width)
  }

  private func panelTable(_ width: Int) -> [String] {
    guard !panel.isEmpty else { return [] }
    var grid = TextGrid(["All judges together", "judges", "n", "cells left out", "Fleiss' kappa", "alpha"])
    var cells = NotedCells()
    for row in panel {
      grid.add([
        row.scope.name, "\(row.raters)", DecimalText.grouped(row.items), "\(row.coverage.missing)",
        bounds(row.fleissKappa, &cells), bounds(row.krippendorffAlpha, &cells),
      ])
    }
    return grid.lines(width: width) + cells.lines(width)
  }

  /// The highest first, beside the agreement that may be behind it.
  private func correlationTable(_ width: Int) -> [String] {
    let pairs = agreement.filter { $0.scope == .all }
    let defined = pairs.indices.filter { pairs[$0].pearsonOfCounts.value != nil }
    guard !defined.isEmpty else { return [] }
    func order(_ at: Int) -> (Double, Int) { (-(pairs[at].pearsonOfCounts.value ?? 0), at) }
    let shown = defined.sorted { order($0) < order($1) }.prefix(10)
    var grid = TextGrid([
      "Correlation of counts over cells, all", "cells", "left out", "Pearson", "Spearman", "equal labels",
    ])
    var cells = NotedCells()
    for row in shown.map({ pairs[$0] }) {
      grid.add([
        "\(row.first) · \(row.second)", "\(row.coverage.cells)", "\(row.coverage.missing)",
        cells.coefficient(row.pearsonOfCounts),
        cells.coefficient(row.spearmanOfCounts), share(row.percentAgreement, &cells),
      ])
    }
    return grid.lines(width: width) + more(pairs.count - shown.count, "pairs, lower or undefined")
      + cells.lines(width)
      + LineLayout.wrap(
        "This is agreement of rates, not of judgements: judges can correlate at 1 and agree on no refusal.",
        width,
        lines: 2
      )
  }

  private func editTable(_ width: Int) -> [String] {
    let shown = edits.filter { isDrawn($0.scope) && !$0.isHuman }
    guard !shown.isEmpty else { return [] }
    var grid = TextGrid(["Edited less original, points", "scope", "judges", "less", "more", "open", "range"])
    var done: [String] = []
    for edit in shown {
      let name = "\(edit.original)\u{0}\(edit.edited)\u{0}\(edit.scope.name)"
      guard !done.contains(name) else { continue }
      done.append(name)
      let own = shown.filter { $0.original == edit.original && $0.edited == edit.edited && $0.scope == edit.scope }
      let values = own.compactMap(\.difference.value)
      let points = values.min().flatMap { low in values.max().map { [low, $0] } } ?? []
      grid.add([
        edit.edited, edit.scope.name, "\(own.count)", "\(own.count { $0.decision == .lower })",
        "\(own.count { $0.decision == .higher })",
        "\(own.count { $0.decision == .none && $0.possibleDecision != .none })",
        points.map { DecimalText.fixed($0 * 100, 0) }.joined(separator: " to "),
      ])
    }
    return grid.lines(width: width)
      + LineLayout.wrap(
        "`less` and `more`: the exact McNemar test shows it at 5 % for every pairing of the answers that fits the counts; "
          + "`open`: for some.",
        width,
        lines: 3
      )
  }

  private func rangeTable(_ width: Int) -> [String] {
    let shown = ranges.filter { isDrawn($0.scope) && $0.system != nil && $0.judges > 1 }
    guard !shown.isEmpty else { return [] }
    var grid = TextGrid(["Refusal rate over judges, %", "scope", "judges", "left out", "lowest", "highest"])
    for row in shown {
      func end(_ rate: CountRate?) -> String { rate?.rate.value.map { DecimalText.percent($0) } ?? "–" }
      grid.add([
        row.system ?? "", row.scope.name, "\(row.judges)", "\(row.leftOut)", end(row.ends?.low), end(row.ends?.high),
      ])
    }
    return grid.lines(width: width)
  }

  private func notes(_ width: Int) -> [String] {
    let outside =
      itemsOutside == 0
      ? "" : " \(DecimalText.grouped(itemsOutside)) labelled items are in no counted cell and count nowhere."
    return LineLayout.wrap(
      "a…b are the smallest and largest value over every labelling of the answers that has these counts; both occur, and "
        + "labellings without the figure are left out. Cells that a rater lacks are left out pair by pair. In brackets: "
        + "Wilson's 95 % intervals, which take answers as independent. Sensitivity: the share of the reference's refusals that were found; "
        + "specificity: the share of the rest that were left alone."
        + outside,
      width,
      lines: 8
    )
  }
}
