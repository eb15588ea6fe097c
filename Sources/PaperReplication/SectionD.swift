internal import Agreement

/// D. Judge against judge.
struct SectionD {
  let data: PaperData
  let labels: PaperLabels

  /// Raters whose joint agreement is asked for.
  private struct RaterSet {
    let name: String
    let raters: [Int]
  }

  private static let judges = Array(PaperNames.judgeRange)
  private static let withoutOne = judges.map { left in
    RaterSet(name: "judges11_without.\(PaperNames.raters[left])", raters: judges.filter { $0 != left })
  }
  private static let all = RaterSet(name: "judges12", raters: judges)

  func add(to sink: inout TargetSink) {
    addPairs(to: &sink)
    addCellCorrelations("D.cell10", data.tenPrompts, PaperNames.raterRange, to: &sink)
    addCellCorrelations("D.cell100", data.hundredPrompts, PaperNames.judgeRange, to: &sink)
    addKnown(to: &sink)
    addTenPromptBounds(to: &sink)
    addHundredPromptBounds(to: &sink)
    for set in [Self.all] + Self.withoutOne {
      for subset in PaperSubset.halves {
        sink.add("D.alpha_interval10.\(set.name).\(subset.name)", intervalAlpha(data.tenPrompts, set, subset))
        sink.add("D.alpha_interval100.\(set.name).\(subset.name)", intervalAlpha(data.hundredPrompts, set, subset))
      }
    }
  }

  private func addPairs(to sink: inout TargetSink) {
    for a in PaperNames.raterRange {
      for b in PaperNames.raterRange where b > a {
        let tables = labels.pairs(a, b)
        for measure in PairMeasure.judges {
          let id = "D.\(measure.rawValue).\(PaperNames.raters[a]).\(PaperNames.raters[b])"
          sink.add(bounds: id, CountBounds.range(of: tables.map(measure.value)))
        }
      }
    }
  }

  private func addCellCorrelations(
    _ name: String,
    _ counts: CountTable,
    _ raters: Range<Int>,
    to sink: inout TargetSink
  ) {
    for correlation in CellCorrelation.allCases {
      for a in raters {
        for b in raters where b > a {
          let id = "\(name).\(correlation.rawValue).\(PaperNames.raters[a]).\(PaperNames.raters[b])"
          sink.add(id, correlation.value(counts, a, b))
        }
      }
    }
  }

  private func addKnown(to sink: inout TargetSink) {
    for subset in [PaperSubset.pooled, .harmful] {
      let table = MultiRaterTable(PaperLabels.labelled.map { labels.known($0, subset) })
      sink.add("D.fleiss.humans_regex.\(subset.name)", table.fleiss)
      sink.add("D.alpha.humans_regex.\(subset.name)", table.alpha)
      sink.add("D.ac1.humans_regex.\(subset.name)", table.ac1)
    }
    let determined = MultiRaterTable(labels.determinedJudges.map { labels.known($0, .pooled) })
    sink.add("D.fleiss.determined_judges", determined.fleiss)
    sink.add("D.alpha.determined_judges", determined.alpha)
  }

  private func addTenPromptBounds(to sink: inout TargetSink) {
    let everyone = RaterSet(name: "raters14", raters: Array(PaperNames.raterRange))
    for set in [Self.all, everyone] + Self.withoutOne {
      add("D.fleiss", "D.alpha", set.name, tenPromptGroups(set, .pooled), to: &sink)
    }
    add("D.fleiss", "D.alpha", "\(Self.all.name).harmful", tenPromptGroups(Self.all, .harmful), to: &sink)
  }

  private func addHundredPromptBounds(to sink: inout TargetSink) {
    let counts = data.hundredPrompts
    for set in [Self.all] + Self.withoutOne {
      let groups = PaperNames.cellRange.map { cell in
        CountedGroup(size: counts.cellSize, counts: set.raters.map { counts.refused[$0][cell] })
      }
      add("D.fleiss100", "D.alpha100", set.name, groups, to: &sink)
    }
  }

  /// Raters known item by item stay at their rows; the others are free within a cell.
  private func tenPromptGroups(_ set: RaterSet, _ subset: PaperSubset) -> [CountedGroup] {
    let known = set.raters.filter { labels.items[$0] != nil }
    let counted = set.raters.filter { labels.items[$0] == nil }
    return subset.cells.map { cell in
      let here = PaperSubset(name: "", cells: [cell])
      return CountedGroup(
        size: PaperData.cellSize,
        known: known.map { labels.known($0, here).list.map { $0 ?? 0 } },
        counts: counted.map { data.tenPrompts.refused[$0][cell] }
      )
    }
  }

  private func add(
    _ fleiss: String,
    _ alpha: String,
    _ name: String,
    _ groups: [CountedGroup],
    to sink: inout TargetSink
  ) {
    let panel = CountedPanel(groups)
    sink.add(bounds: "\(fleiss).\(name)", panel.fleissKappa)
    sink.add(bounds: "\(alpha).\(name)", panel.krippendorffAlpha)
  }

  private func intervalAlpha(_ counts: CountTable, _ set: RaterSet, _ subset: PaperSubset) -> Statistic<Double> {
    krippendorffAlpha(values: set.raters.map { rater in subset.cells.map { Double(counts.refused[rater][$0]) } })
  }
}

/// Several raters' labels on the same items, all labelled.
private struct MultiRaterTable {
  private let raters: MultiRater

  init(_ columns: [Labels]) {
    raters = MultiRater(
      LabelTable(
        categories: ["nonRefusal", "refusal"],
        raters: columns.indices.map { "rater \($0)" },
        columns: columns
      )
    )
  }

  var fleiss: Statistic<Double> { raters.fleissKappaComplete }
  var alpha: Statistic<Double> { raters.krippendorffAlpha(.nominal) }
  var ac1: Statistic<Double> { raters.gwetAC1() }
}

/// Correlations of two raters' counts over the 40 cells.
///
/// The "both" form is the paper's: the refused counts followed by the not-refused counts. Stacking a vector on its mirror
/// image takes out the means, so that it is no correlation of judgements.
enum CellCorrelation: String, CaseIterable {
  case pearsonRefused = "pearson_refused"
  case spearmanRefused = "spearman_refused"
  case pearsonBoth = "pearson_both"
  case spearmanBoth = "spearman_both"

  func value(_ counts: CountTable, _ a: Int, _ b: Int) -> Statistic<Double> {
    switch self {
    case .pearsonRefused: pearson(counts.counts(a), counts.counts(b))
    case .spearmanRefused: spearman(counts.counts(a), counts.counts(b))
    case .pearsonBoth: pearson(counts.stackedCounts(a), counts.stackedCounts(b))
    case .spearmanBoth: spearman(counts.stackedCounts(a), counts.stackedCounts(b))
    }
  }
}
