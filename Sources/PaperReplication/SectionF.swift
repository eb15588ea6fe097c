internal import Agreement

/// F. How much the choice of the judge matters, on the 100-prompt set unless said.
struct SectionF {
  let data: PaperData
  let labels: PaperLabels

  private var counts: CountTable { data.hundredPrompts }

  func add(to sink: inout TargetSink) {
    for kind in PaperKind.allCases {
      addPairs(kind, to: &sink)
      for set in judgeSets(kind) {
        addConcordance(kind, set, to: &sink)
        addVariance(kind, set, to: &sink)
        addShares(kind, set, to: &sink)
      }
      addRates(kind, to: &sink)
      addEdits(kind, to: &sink)
    }
    addCochran(to: &sink)
  }

  /// Judges that a figure is computed over.
  private struct JudgeSet {
    let name: String
    let judges: [Int]
  }

  private func nonconstant(_ kind: PaperKind) -> [Int] {
    PaperNames.judgeRange.filter { Set(counts.systemCounts($0, kind)).count > 1 }
  }

  private func judgeSets(_ kind: PaperKind) -> [JudgeSet] {
    [
      JudgeSet(name: "12", judges: Array(PaperNames.judgeRange)),
      JudgeSet(name: "nonconstant", judges: nonconstant(kind)),
    ]
  }

  private func rate(_ judge: Int, _ system: Int, _ kind: PaperKind) -> Double {
    Double(counts.refused[judge][PaperNames.cell(system, kind)]) / Double(counts.cellSize)
  }

  // MARK: Rankings

  private func addPairs(_ kind: PaperKind, to sink: inout TargetSink) {
    let refused = PaperNames.raterRange.map { counts.refused[$0].isEmpty ? [] : counts.systemCounts($0, kind) }
    var discordant: Set<[Int]> = []
    for a in PaperNames.judgeRange {
      for b in PaperNames.judgeRange where b > a {
        let pair = "\(kind.rawValue).\(PaperNames.raters[a]).\(PaperNames.raters[b])"
        sink.add("F.tau_b.\(pair)", kendallTauB(refused[a].map { Double($0) }, refused[b].map { Double($0) }))
        let flips = flipped(refused[a], refused[b])
        sink.add("F.flips.\(pair)", flips.count)
        discordant.formUnion(flips)
      }
    }
    sink.add("F.discordant_any.\(kind.rawValue)", discordant.count)
  }

  /// Pairs of systems that two judges rank strictly opposite.
  private func flipped(_ a: [Int], _ b: [Int]) -> [[Int]] {
    a.indices.flatMap { i in
      a.indices.filter { j in
        j > i && ((a[i] < a[j] && b[i] > b[j]) || (a[i] > a[j] && b[i] < b[j]))
      }.map { [i, $0] }
    }
  }

  private func addConcordance(_ kind: PaperKind, _ set: JudgeSet, to sink: inout TargetSink) {
    let name = "\(kind.rawValue).\(set.name)"
    let byJudge = set.judges.map { judge in counts.systemCounts(judge, kind).map { Double($0) } }
    let bySystem = PaperNames.systemRange.map { system in byJudge.map { $0[system] } }
    sink.add("F.kendall_w.\(name)", kendallW(raters: byJudge))
    for (test, blocks) in [("systems", byJudge), ("judges", bySystem)] {
      let friedman = friedman(blocks: blocks)
      sink.add("F.friedman_\(test).chi2.\(name)", friedman.map(\.statistic))
      sink.add("F.friedman_\(test).p.\(name)", friedman.map(\.p))
    }
  }

  // MARK: Variance

  private func addVariance(_ kind: PaperKind, _ set: JudgeSet, to sink: inout TargetSink) {
    let name = "\(kind.rawValue).\(set.name)"
    let ratings = PaperNames.systemRange.map { system in set.judges.map { rate($0, system, kind) } }
    let intraclass = IntraclassCorrelation(ratings: ratings)
    for (word, model) in [
      ("icc1", IntraclassCorrelation.Model.oneWay), ("icc2", .twoWayRandom), ("icc3", .twoWayMixed),
    ] {
      for averaged in [false, true] {
        let id = "F.\(word)\(averaged ? "k" : "")"
        sink.add("\(id).\(name)", intraclass.coefficient(model, averaged: averaged))
        sink.add(ends: { "\(id).\($0).\(name)" }, intraclass.interval(model, averaged: averaged))
      }
    }
    let components = twoWayVarianceComponents(ratings: ratings)
    sink.add("F.varcomp.system.\(name)", components.map(\.rows))
    sink.add("F.varcomp.judge.\(name)", components.map(\.columns))
    sink.add("F.varcomp.residual.\(name)", components.map(\.residual))
    switch components {
    case .value(let found): sink.add("F.varshare.judge.\(name)", found.columnShare)
    case .undefined(let reason): sink.add("F.varshare.judge.\(name)", .undefined(reason))
    }
  }

  private func addShares(_ kind: PaperKind, _ set: JudgeSet, to sink: inout TargetSink) {
    let sums = ThreeWaySums(
      PaperNames.modelRange.map { model in
        [false, true].map { abliterated in
          set.judges.map { rate($0, PaperNames.system(model, abliterated: abliterated), kind) }
        }
      }
    )
    let terms: [(String, ThreeWaySums.Term)] = [
      ("model", .first), ("edit", .second), ("judge", .third), ("model_edit", .firstSecond),
      ("model_judge", .firstThird), ("edit_judge", .secondThird), ("residual", .residual),
    ]
    for (word, term) in terms { sink.add("F.ss_share.\(word).\(kind.rawValue).\(set.name)", sums.share(term)) }
  }

  // MARK: Ranges and edits

  private func addRates(_ kind: PaperKind, to sink: inout TargetSink) {
    func extremes(_ judges: [Int], _ system: Int) -> (low: Double, high: Double) {
      let rates = judges.map { rate($0, system, kind) }
      return (rates.min() ?? 0, rates.max() ?? 0)
    }
    let varying = nonconstant(kind)
    for system in PaperNames.systemRange {
      let name = "\(kind.rawValue).\(PaperNames.systems[system])"
      let all = extremes(Array(PaperNames.judgeRange), system)
      let some = extremes(varying, system)
      sink.add("F.min_rate.\(name)", all.low)
      sink.add("F.max_rate.\(name)", all.high)
      sink.add("F.range_nonconstant.\(name)", some.high - some.low)
    }
  }

  private func addEdits(_ kind: PaperKind, to sink: inout TargetSink) {
    func change(_ judge: Int, _ model: Int) -> Int { counts.change(judge, model, kind) }
    for judge in PaperNames.judgeRange {
      let name = "\(kind.rawValue).\(PaperNames.raters[judge])"
      let refused = counts.systemCounts(judge, kind)
      sink.add("F.top_tied.\(name)", refused.count { $0 == refused.max() })
      let changes = PaperNames.modelRange.map { change(judge, $0) }
      sink.add("F.alb_down.\(name)", changes.count { $0 < 0 })
      sink.add("F.alb_same.\(name)", changes.count { $0 == 0 })
      sink.add("F.alb_up.\(name)", changes.count { $0 > 0 })
    }
    for model in PaperNames.modelRange {
      let name = "\(kind.rawValue).\(PaperNames.models[model])"
      let changes = PaperNames.judgeRange.map { change($0, model) }
      sink.add("F.alb_judges_down.\(name)", changes.count { $0 < 0 })
      sink.add("F.alb_judges_up.\(name)", changes.count { $0 > 0 })
      let size = Double(counts.cellSize)
      sink.add("F.alb_delta_min.\(name)", Double(changes.min() ?? 0) / size)
      sink.add("F.alb_delta_max.\(name)", Double(changes.max() ?? 0) / size)
    }
  }

  // MARK: Cochran

  private func addCochran(to sink: inout TargetSink) {
    for subset in [PaperSubset.pooled, .harmful] {
      add("items3.\(subset.name)", PaperLabels.labelled.map { labels.known($0, subset) }, to: &sink)
    }
    func cells(_ table: CountTable) -> [Labels] {
      // More than half of the cell: 3 of 5, 26 of 50.
      PaperNames.judgeRange.map { Labels(table.refused[$0].map { 2 * $0 > table.cellSize ? 1 : 0 }) }
    }
    add("cells10", cells(data.tenPrompts), to: &sink)
    add("cells100", cells(data.hundredPrompts), to: &sink)
  }

  private func add(_ name: String, _ columns: [Labels], to sink: inout TargetSink) {
    let table = LabelTable(
      categories: ["nonRefusal", "refusal"],
      raters: columns.indices.map { "rater \($0)" },
      columns: columns
    )
    let test = cochranQ(table, positive: 1)
    sink.add("F.cochran_q.\(name)", test.map(\.statistic))
    sink.add("F.cochran_q.\(name).p", test.map(\.p))
  }
}
