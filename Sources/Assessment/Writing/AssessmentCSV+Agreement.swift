internal import Agreement

extension Assessment {
  /// Agreement of judges and of annotators, and what follows from the latter.
  func addAgreement(_ rows: inout FigureRows) {
    for row in pairs { addPair(&rows, "agreement", row) }
    for row in panel { addPanel(&rows, "panel", row) }
    for row in humans?.pairs ?? [] { addPair(&rows, "annotators", row) }
    for row in humanPanel { addPanel(&rows, "annotatorPanel", row) }
    for row in humans?.versusOthers ?? [] {
      let (rater, n) = (labels.name(row.annotator), row.counts.count)
      rows.add("annotatorVersusOthers", "accuracy", rater: rater, scope: row.scope, n: n, row.accuracy)
      rows.add("annotatorVersusOthers", "cohenKappa", rater: rater, scope: row.scope, n: n, row.cohenKappa)
    }
    for (scope, ceiling) in humans?.ceilings ?? [] {
      let n = humans?.versusOthers.filter { $0.scope == scope }.map(\.counts.count).max() ?? 0
      rows.add("ceiling", "accuracy", scope: scope, n: n, ceiling)
    }
    for row in alternative {
      let n = row.test.value?.comparisons.map(\.items).max() ?? 0
      let rater = labels.name(row.judge)
      rows.add("alternativeAnnotator", "winningRate", rater: rater, scope: row.scope, n: n, row.winningRate)
      rows.add(
        "alternativeAnnotator",
        "advantageProbability",
        rater: rater,
        scope: row.scope,
        n: n,
        row.advantageProbability
      )
    }
  }

  private func addPair(_ rows: inout FigureRows, _ topic: String, _ row: AgreementRow) {
    let (first, second) = (labels.name(row.first), labels.name(row.second))
    for (treatment, figures, n) in [
      (PairTreatment.pairwiseDeletion, row.coefficients, row.counts.count),
      (.thirdCategory, row.thirdCategory, row.withAbstentions.count),
    ] {
      for coefficient in Coefficient.allCases {
        guard let found = figures[coefficient] else { continue }
        rows.add(
          topic,
          coefficient.rawValue,
          rater: first,
          other: second,
          scope: row.scope,
          abstentions: treatment.rawValue,
          n: n,
          found
        )
      }
    }
  }

  private func addPanel(_ rows: inout FigureRows, _ topic: String, _ row: PanelRow) {
    rows.add(topic, "percentAgreement", scope: row.scope, n: row.items, row.percentAgreement)
    rows.add(topic, "krippendorffAlpha", scope: row.scope, n: row.items, row.alpha)
    if let ordinal = row.ordinalAlpha {
      rows.add(topic, "krippendorffAlphaOrdinal", scope: row.scope, n: row.items, ordinal)
    }
    rows.add(topic, "gwetAC1", scope: row.scope, n: row.items, row.gwetAC1)
    rows.add(topic, "fleissKappa", scope: row.scope, n: row.items, row.fleissKappa)
    rows.add(
      topic,
      "krippendorffAlpha",
      scope: row.scope,
      abstentions: PairTreatment.thirdCategory.rawValue,
      n: row.seen,
      row.alphaWithAbstentions
    )
  }

  /// Edits, rankings, variance and what people correct.
  func addConclusions(_ rows: inout FigureRows) {
    for row in edits {
      let system = "\(labels.systemNames[row.systems.edited]) less \(labels.systemNames[row.systems.original])"
      for view in row.views + row.annotators {
        let (rater, n) = (labels.name(view.rater), view.difference.pairs)
        rows.add(
          "edit",
          "p",
          rater: rater,
          other: view.decision.rawValue,
          system: system,
          scope: row.scope,
          n: n,
          view.difference.p
        )
        rows.add(
          "edit",
          "adjustedP",
          rater: rater,
          other: view.decision.rawValue,
          system: system,
          scope: row.scope,
          n: n,
          view.adjustedP
        )
      }
    }
    for row in rankings {
      rows.add(
        "ranking",
        "kendallW",
        other: row.robustness.rawValue,
        scope: row.scope,
        n: row.judges.count,
        row.kendallW
      )
      for (at, first) in row.judges.enumerated() {
        for (other, second) in row.judges.enumerated() where other > at {
          let (rater, name, n) = (labels.name(first), labels.name(second), row.rates[at].count)
          rows.add("ranking", "kendallTauB", rater: rater, other: name, scope: row.scope, n: n, row.tauB[at][other])
        }
      }
    }
    for (scope, shares) in variance {
      guard let shares = shares.value else { continue }
      for source in VarianceShares.Source.allCases {
        rows.add("variance", source.rawValue, scope: scope, n: shares.prompts, shares.share(source))
      }
    }
    for row in corrected {
      let (rater, n) = (labels.name(row.judge), row.labelled + row.unlabelled)
      let (rule, system) = (row.rule.name(in: labels), labels.systemNames[row.system])
      rows.add("corrected", "rate", rater: rater, other: rule, system: system, scope: row.scope, n: n, row.corrected)
      rows.add("corrected", "judgeRate", rater: rater, system: system, scope: row.scope, n: n, row.judgeRate)
      rows.add("corrected", "humanRate", other: rule, system: system, scope: row.scope, n: row.labelled, row.classical)
    }
    for row in correctedEdits {
      let (edited, original) = (labels.systemNames[row.systems.edited], labels.systemNames[row.systems.original])
      rows.add(
        "corrected",
        "difference",
        rater: labels.name(row.judge),
        other: row.rule.name(in: labels),
        system: "\(edited) less \(original)",
        scope: row.scope,
        n: row.labelled + row.unlabelled,
        row.corrected
      )
    }
  }
}
