internal import Agreement
internal import Wording

extension Assessment {
  func panelTables(_ width: Int) -> [String] {
    guard let panels else { return [] }
    let shown = 5
    var grid = TextGrid(["Panel against the reference", "accuracy", "labelled"])
    var cells = NotedCells()
    func add(_ title: String, _ score: PanelScore) {
      grid.add([
        title, cells.share(score.accuracy, score.interval),
        "\(DecimalText.grouped(score.labelled)) of \(DecimalText.grouped(score.referenced))",
      ])
    }
    for (rule, score) in panels.rules { add("all \(panels.members.count) judges, \(rule.name)", score) }
    for subset in panels.bestOfSize.prefix(shown) {
      add(
        "best \(subset.judges.count): " + subset.judges.map { labels.name($0) }.joined(separator: " + "),
        subset.score
      )
    }
    add("at least one judge is right: no panel is better", panels.upperBound)
    let sizes = panels.bestOfSize.count
    var lines = grid.lines(width: width) + cells.lines(width)
    var notes = "The best of each size was chosen on these same items: its accuracy flatters it."
    if sizes > shown { notes += " The best of the sizes \(shown + 1) to \(sizes): --json." }
    if !panels.isExhaustive {
      notes +=
        " With more than \(PanelChoice.exhaustiveLimit) judges not every subset was tried: they were grown and shrunk one judge "
        + "at a time."
    }
    if let reason = panels.withoutWeights { notes += " No weighted vote: \(reason)." }
    lines += LineLayout.wrap(notes, width, lines: 5)
    if panels.members.count > 1 { lines += [""] + memberTable(panels, width) + errorLines(panels, width) }
    return lines + cheapestLines(panels, width)
  }

  /// What each judge adds, the most first.
  private func memberTable(_ panels: PanelChoice, _ width: Int) -> [String] {
    let shown = 15
    var grid = TextGrid(["Without this judge", "panel's accuracy", "it adds, points", "most like", "shared errors"])
    var cells = NotedCells()
    let order = panels.members.indices.sorted { first, second in
      func gain(_ at: Int) -> Double { panels.members[at].marginalValue.value.value ?? -2 }
      return gain(first) != gain(second) ? gain(first) > gain(second) : first < second
    }
    for member in order.prefix(shown).map({ panels.members[$0] }) {
      grid.add([
        labels.name(member.judge), cells.share(member.without.accuracy, member.without.interval),
        cells.points(member.marginalValue), member.nearest.map { labels.name($0.judge) } ?? "–",
        cells.coefficient(member.sharedErrors),
      ])
    }
    let more =
      order.count > shown ? ["… \(order.count - shown) of \(order.count) judges, which add less: --json or --csv"] : []
    return grid.lines(width: width) + more + cells.lines(width)
      + LineLayout.wrap(
        "`it adds`: the panel's accuracy with it less without it; `shared errors`: correlation of its errors with those of the "
          + "judge most like it.",
        width,
        lines: 3
      )
  }

  private func errorLines(_ panels: PanelChoice, _ width: Int) -> [String] {
    var cells = NotedCells()
    let count = panels.members.count
    let shared = cells.coefficient(panels.errorCorrelation)
    let size = cells.number(panels.effectiveSize, 1)
    let text: String
    if panels.errorCorrelation.value.value == nil {
      text = "Whether judges err together: mean correlation of their errors \(shared)."
    } else if let low = panels.errorCorrelation.interval.value?.low, low > 0 {
      text = "Judges err together (mean correlation of errors \(shared)): \(count) are worth \(size) independent ones."
    } else {
      text =
        "That judges err together is not shown (mean correlation of errors \(shared)): \(count) are worth \(size) independent "
        + "ones."
    }
    return LineLayout.wrap(text, width, lines: 3) + cells.lines(width)
  }

  private func cheapestLines(_ panels: PanelChoice, _ width: Int) -> [String] {
    guard let wanted = panels.wanted else { return [] }
    let tried = panels.isExhaustive ? "" : " among the subsets tried"
    guard let cheapest = panels.cheapest else {
      return LineLayout.wrap("No panel reaches \(DecimalText.percent(wanted)) %\(tried).", width, lines: 2)
    }
    var cells = NotedCells()
    return LineLayout.wrap(
      "The cheapest panel that reaches \(DecimalText.percent(wanted)) %\(tried): "
        + cheapest.judges.map { VisibleText.line(labels.name($0)) }.joined(separator: ", ")
        + ", with \(cells.share(cheapest.score.accuracy, cheapest.score.interval)) at a cost of "
        + "\(DecimalText.fixed(cheapest.cost, 4)) an item.",
      width,
      lines: 4
    )
  }
}
