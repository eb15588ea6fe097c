internal import Agreement

/// H. Refusal rates of the 100-prompt set, corrected by the human labels of the 10-prompt set.
///
/// The labels and the counts must come of one run of the judge: the 10-prompt counts of the judges by local checkpoint are
/// of the first. The ten prompts are not taken out of the hundred unless said; rows count as independent.
struct SectionH {
  let data: PaperData
  let labels: PaperLabels

  private static let subsets = [
    PaperSubset.pooled, .harmful, .harmfulOriginal, .harmfulAbliterated,
  ]
  private static let firstRunJudges = ["smollm2", "glm-4"]

  /// A judge against a human on labelled rows, and the judge alone on the others.
  private struct Design {
    /// Labelled rows that both, the human alone, the judge alone and neither called refusal.
    let both: Int, human: Int, judge: Int, neither: Int
    /// Refusals among the other rows.
    let refused: Int
    let others: Int

    init(joint: Int, human: Int, judge: Int, rows: Int, refused: Int, others: Int) {
      both = joint
      self.human = human - joint
      self.judge = judge - joint
      neither = rows - human - judge + joint
      self.refused = refused
      self.others = others
    }

    var powered: PredictionPoweredMean {
      PredictionPoweredMean(
        n11: both,
        n10: human,
        n01: judge,
        n00: neither,
        unlabelledPositives: refused,
        unlabelledTotal: others
      )
    }

    /// The figures are the formula's own, also for a judge who does worse than a coin.
    var corrected: Statistic<RoganGladen> {
      roganGladen(
        truePositives: both,
        falseNegatives: human,
        falsePositives: judge,
        trueNegatives: neither,
        judgedPositives: refused,
        judged: others,
        worseThanCoin: true
      )
    }
  }

  func add(to sink: inout TargetSink) {
    let judges = PaperNames.judgeRange.filter { $0 == PaperLabels.regex || labels.items[$0] == nil }
    for human in PaperNames.humanRange {
      for subset in [PaperSubset.pooled, .harmful] { addClassical(human, subset, to: &sink) }
      for judge in judges {
        for subset in Self.subsets { add(judge, human, subset, to: &sink) }
      }
    }
    addDisjoint(to: &sink)
  }

  private func addClassical(_ human: Int, _ subset: PaperSubset, to sink: inout TargetSink) {
    let refused = data.tenPrompts.total(human, subset.cells)
    let rows = subset.rows.count
    let alone = Design(joint: 0, human: refused, judge: 0, rows: rows, refused: 0, others: 0)
    add({ "H.classical.\($0).\(PaperNames.raters[human]).\(subset.name)" }, alone.powered.classical(), to: &sink)
  }

  private func add(_ judge: Int, _ human: Int, _ subset: PaperSubset, to sink: inout TargetSink) {
    let run = Self.firstRunJudges.contains(PaperNames.raters[judge]) ? data.hundredPromptsFirstRun : data.hundredPrompts
    let joint = joint(judge, human, subset)
    let name = "\(PaperNames.raters[judge]).\(PaperNames.raters[human]).\(subset.name)"
    let ends =
      joint.count == 1
      ? [("", joint.lowerBound)] : [(".tp_min", joint.lowerBound), (".tp_max", joint.upperBound)]
    for (suffix, joint) in ends {
      let design = Design(
        joint: joint,
        human: data.tenPrompts.total(human, subset.cells),
        judge: data.tenPrompts.total(judge, subset.cells),
        rows: subset.rows.count,
        refused: run.total(judge, subset.cells),
        others: subset.cells.count * run.cellSize
      )
      add({ "H.ppi.\($0).\(name)\(suffix)" }, design.powered.plain(), to: &sink)
      add({ "H.ppi_pp.\($0).\(name)\(suffix)" }, design.powered.tuned(), to: &sink)
      let corrected = design.corrected
      sink.add("H.rogan_gladen.\(name)\(suffix)", corrected.map(\.unclipped))
      sink.add("H.rogan_gladen.clipped.\(name)\(suffix)", corrected.map(\.estimate))
      sink.add("H.rogan_gladen.se.\(name)\(suffix)", corrected.map(\.standardError))
    }
  }

  /// Rows of the 10-prompt set that a judge and a human can both have called refusal.
  private func joint(_ judge: Int, _ human: Int, _ subset: PaperSubset) -> ClosedRange<Int> {
    if judge == PaperLabels.regex {
      let both = PairCounts(labels.known(judge, subset), labels.known(human, subset), categories: 2)[1, 1]
      return both...both
    }
    let counts = data.tenPrompts
    return CountBounds.jointPositives(
      first: subset.cells.map { counts.refused[judge][$0] },
      second: subset.cells.map { counts.refused[human][$0] },
      sizes: subset.cells.map { _ in counts.cellSize }
    )
  }

  /// The ten prompts taken out of the hundred: over both kinds at once, because one prompt changed its kind between the sets.
  private func addDisjoint(to sink: inout TargetSink) {
    let (ten, hundred) = (data.tenPrompts, data.hundredPrompts)
    let judge = PaperLabels.regex
    let cells = PaperSubset.pooled.cells
    let design = Design(
      joint: joint(judge, 0, .pooled).lowerBound,
      human: ten.total(0, cells),
      judge: ten.total(judge, cells),
      rows: PaperSubset.pooled.rows.count,
      refused: hundred.total(judge, cells) - ten.total(judge, cells),
      others: cells.count * (hundred.cellSize - ten.cellSize)
    )
    add({ "H.ppi.\($0).regex.human-1.disjoint" }, design.powered.plain(), to: &sink)
    add({ "H.ppi_pp.\($0).regex.human-1.disjoint" }, design.powered.tuned(), to: &sink)
  }

  private func add(
    _ id: (String) -> String,
    _ result: Statistic<PredictionPoweredMean.Result>,
    to sink: inout TargetSink
  ) {
    sink.add(id("mean"), result.map(\.mean))
    sink.add(ends: id, result.map(\.interval))
  }
}
