internal import Agreement

/// E. Refusal rates of the 100-prompt set, with intervals.
struct SectionE {
  let data: PaperData

  func add(to sink: inout TargetSink) {
    let single = PaperNames.systemRange.map { (PaperNames.systems[$0], [$0]) }
    let original = PaperNames.modelRange.map { PaperNames.system($0, abliterated: false) }
    let abliterated = PaperNames.modelRange.map { PaperNames.system($0, abliterated: true) }
    let pooled = [
      ("pooled_all", Array(PaperNames.systemRange)), ("pooled_original", original), ("pooled_alb", abliterated),
    ]
    for (name, systems) in single + pooled {
      for judge in PaperNames.judgeRange {
        for kind in PaperKind.allCases {
          let cells = systems.map { PaperNames.cell($0, kind) }
          add("E.\(name).\(PaperNames.raters[judge]).\(kind.rawValue)", judge, cells, to: &sink)
        }
      }
    }
  }

  private func add(_ id: String, _ judge: Int, _ cells: [Int], to sink: inout TargetSink) {
    let refused = data.hundredPrompts.total(judge, cells)
    let count = cells.count * data.hundredPrompts.cellSize
    sink.add("\(id).rate", Double(refused) / Double(count))
    let wilson = ProportionInterval.wilson(successes: refused, trials: count)
    sink.add(ends: { "\(id).wilson_\($0)" }, wilson)
    let exact = ProportionInterval.clopperPearson(successes: refused, trials: count)
    sink.add(ends: { "\(id).cp_\($0)" }, exact)
  }
}
