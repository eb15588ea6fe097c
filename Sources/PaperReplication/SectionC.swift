internal import Agreement

/// C. Each judge against human references, with sharp bounds where the judge is known by his counts.
struct SectionC {
  let data: PaperData
  let labels: PaperLabels

  /// The label of the reference for a response, nil where it leaves the response out.
  private struct Reference: Sendable {
    let name: String
    let isHuman: Bool
    let label: @Sendable (_ human: [Int]) -> Int?
  }

  private static let references = [
    Reference(name: "human-1", isHuman: true) { $0[0] },
    Reference(name: "human-2", isHuman: true) { $0[1] },
    Reference(name: "consensus", isHuman: true) { $0[0] == $0[1] ? $0[0] : nil },
    Reference(name: "either", isHuman: false) { max($0[0], $0[1]) },
    Reference(name: "both", isHuman: false) { min($0[0], $0[1]) },
  ]

  private enum Measure: String, CaseIterable {
    case tp, fp, fn, tn, accuracy, sensitivity, specificity, precision, f1
    case balancedAccuracy = "balanced_accuracy"
    case mcc, kappa, ac1

    static let combined: [Measure] = [.tp, .fp, .fn, .tn, .accuracy, .kappa, .ac1]

    var isCount: Bool { [.tp, .fp, .fn, .tn].contains(self) }

    func value(_ counts: ClassCounts, _ pairs: PairCounts) -> Statistic<Double> {
      switch self {
      case .tp: .value(Double(counts.truePositives))
      case .fp: .value(Double(counts.falsePositives))
      case .fn: .value(Double(counts.falseNegatives))
      case .tn: .value(Double(counts.trueNegatives))
      case .accuracy: counts.accuracy
      case .sensitivity: counts.recall
      case .specificity: counts.specificity
      case .precision: counts.precision
      case .f1: counts.f1
      case .balancedAccuracy: pairs.balancedAccuracy
      case .mcc: pairs.mcc
      case .kappa: pairs.cohenKappa
      case .ac1: pairs.gwetAC1
      }
    }
  }

  func add(to sink: inout TargetSink) {
    for reference in Self.references {
      let truth = data.responses.map { reference.label($0.human) }
      for subset in PaperSubset.halves {
        for judge in PaperNames.judgeRange {
          let name = "\(PaperNames.raters[judge]).\(reference.name).\(subset.name)"
          add(
            groups(judge, truth, subset),
            measures: reference.isHuman ? Measure.allCases : Measure.combined,
            name,
            to: &sink
          )
        }
      }
    }
  }

  /// A judge known item by item has a group for each response, one known by counts a group for each cell.
  private func groups(_ judge: Int, _ truth: [Int?], _ subset: PaperSubset) -> [CountedAgainstReference] {
    if judge == PaperLabels.regex {
      let called = labels.known(judge, .pooled)
      return subset.rows.map { CountedAgainstReference(reference: [truth[$0]], calledPositive: called[$0] ?? 0) }
    }
    return subset.cells.map { cell in
      CountedAgainstReference(
        reference: truth[(cell * PaperData.cellSize)..<((cell + 1) * PaperData.cellSize)],
        calledPositive: data.tenPrompts.refused[judge][cell]
      )
    }
  }

  private func add(
    _ groups: [CountedAgainstReference],
    measures: [Measure],
    _ name: String,
    to sink: inout TargetSink
  ) {
    let tables = PooledHits(groups).extremeTables.map { (ClassCounts($0, positive: 1), $0) }
    for measure in measures {
      let range = CountBounds.range(of: tables.map { measure.value($0, $1) })
      sink.add(bounds: "C.\(measure.rawValue).\(name)", range, asCount: measure.isCount)
    }
  }
}
