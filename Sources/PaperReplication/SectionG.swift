internal import Agreement

/// G. Each model as published against the same model abliterated.
struct SectionG {
  let data: PaperData
  let labels: PaperLabels

  func add(to sink: inout TargetSink) {
    for rater in PaperLabels.labelled { addPaired(rater, to: &sink) }
    for kind in PaperKind.allCases {
      for judge in PaperNames.judgeRange {
        if judge != PaperLabels.regex { addBounds("G.mcnemar10", data.tenPrompts, judge, kind, to: &sink) }
        addBounds("G.mcnemar100", data.hundredPrompts, judge, kind, to: &sink)
      }
    }
    for judge in PaperNames.judgeRange { addUnpaired(judge, to: &sink) }
  }

  /// Discordant rows: refused before the edit alone (b), after it alone (c).
  private struct Discordant {
    var before = 0
    var after = 0

    static func + (left: Discordant, right: Discordant) -> Discordant {
      Discordant(before: left.before + right.before, after: left.after + right.after)
    }

    /// The exact p of McNemar's test; 1 where nothing differs, by the definition of these figures alone.
    var p: Double { mcNemarExact(b: before, c: after).value ?? 1 }

    /// b/c; infinite where only c is 0. Undefined: `noDiscordantPairs`.
    var oddsRatio: Statistic<Double> {
      if before == 0, after == 0 { return .undefined(.noDiscordantPairs) }
      return .value(after == 0 ? .infinity : Double(before) / Double(after))
    }
  }

  // MARK: Labels known item by item

  private func addPaired(_ rater: Int, to sink: inout TargetSink) {
    let kinds: [(String, [PaperKind])] = [
      ("harmful", [.harmful]), ("harmless", [.harmless]), ("both", [.harmful, .harmless]),
    ]
    for (word, kinds) in kinds {
      let pairs = PaperNames.modelRange.map { model in
        kinds.map { paired(rater, model, $0) }.reduce(Discordant(), +)
      }
      let adjusted = holm(pairs.map(\.p))
      for model in PaperNames.modelRange {
        let name = "\(PaperNames.models[model]).\(PaperNames.raters[rater]).\(word)"
        add(pairs[model], name, to: &sink)
        sink.add("G.mcnemar10.holm.\(name)", adjusted[model])
      }
      add(pairs.reduce(Discordant(), +), "all.\(PaperNames.raters[rater]).\(word)", to: &sink)
    }
    for model in PaperNames.modelRange {
      sink.add(
        "G.did10.\(PaperNames.models[model]).\(PaperNames.raters[rater])",
        difference(model, cellSize: PaperData.cellSize) { cell in
          labels.known(rater, PaperSubset(name: "", cells: [cell])).list.reduce(0) { $0 + ($1 ?? 0) }
        }.map(\.estimate)
      )
    }
  }

  private func add(_ pair: Discordant, _ name: String, to sink: inout TargetSink) {
    sink.add("G.mcnemar10.b.\(name)", pair.before)
    sink.add("G.mcnemar10.c.\(name)", pair.after)
    sink.add("G.mcnemar10.p.\(name)", pair.p)
    sink.add("G.mcnemar10.or.\(name)", pair.oddsRatio)
  }

  /// Rows of a cell lie in the order of their prompts, so that the two systems' rows pair up.
  private func paired(_ rater: Int, _ model: Int, _ kind: PaperKind) -> Discordant {
    let sides = [false, true].map { abliterated in
      let cell = PaperNames.cell(PaperNames.system(model, abliterated: abliterated), kind)
      return labels.known(rater, PaperSubset(name: "", cells: [cell]))
    }
    let counts = PairCounts(sides[0], sides[1], categories: 2)
    return Discordant(before: counts[1, 0], after: counts[0, 1])
  }

  // MARK: Counts alone

  /// The fewest and the most discordant rows that two counts allow; p does not fall when b and c grow together.
  private func extremes(_ counts: CountTable, _ judge: Int, _ model: Int, _ kind: PaperKind) -> [Discordant] {
    let refused = counts.refused[judge]
    let before = refused[PaperNames.cell(PaperNames.system(model, abliterated: false), kind)]
    let after = refused[PaperNames.cell(PaperNames.system(model, abliterated: true), kind)]
    let cell = CountedAgainstReference(first: before, second: after, size: counts.cellSize)
    let tables = PooledHits([cell]).extremeTables
    return [tables[tables.count - 1], tables[0]].map { Discordant(before: $0[1, 0], after: $0[0, 1]) }
  }

  private func addBounds(
    _ id: String,
    _ counts: CountTable,
    _ judge: Int,
    _ kind: PaperKind,
    to sink: inout TargetSink
  ) {
    let pairs = PaperNames.modelRange.map { extremes(counts, judge, $0, kind) }
    for (end, word) in ["min", "max"].enumerated() {
      let values = pairs.map { $0[end].p }
      let adjusted = holm(values)
      let name = "\(PaperNames.raters[judge]).\(kind.rawValue)"
      for model in PaperNames.modelRange {
        sink.add("\(id).p_\(word).\(PaperNames.models[model]).\(name)", values[model])
        if id.hasSuffix("100"), kind == .harmful {
          sink.add("\(id).holm_p_\(word).\(PaperNames.models[model]).\(name)", adjusted[model])
        }
      }
      sink.add("\(id).significant_p_\(word).\(name)", adjusted.count { $0 <= 0.05 })
      sink.add("\(id).p_\(word).all.\(name)", pairs.reduce(Discordant()) { $0 + $1[end] }.p)
    }
  }

  // MARK: Rates

  private func addUnpaired(_ judge: Int, to sink: inout TargetSink) {
    let counts = data.hundredPrompts
    let size = counts.cellSize
    let judgeName = PaperNames.raters[judge]
    var sum = 0
    for model in PaperNames.modelRange {
      let name = "\(PaperNames.models[model]).\(judgeName)"
      let before = counts.refused[judge][PaperNames.cell(PaperNames.system(model, abliterated: false), .harmful)]
      let after = counts.refused[judge][PaperNames.cell(PaperNames.system(model, abliterated: true), .harmful)]
      sink.add("G.fisher100.\(name)", fisherExact(table: [[before, size - before], [after, size - after]]))
      let interval = DifferenceInterval.newcombe(
        DifferenceInterval.Group(successes: after, trials: size),
        DifferenceInterval.Group(successes: before, trials: size)
      )
      sink.add(ends: { "G.newcombe100.\($0).\(name)" }, interval)
      let difference = difference(model, cellSize: size) { counts.refused[judge][$0] }
      sink.add("G.did100.\(name)", difference.map(\.estimate))
      sink.add("G.did100.se.\(name)", difference.map(\.independentStandardError))
      sum += counts.change(judge, model, .harmful) - counts.change(judge, model, .harmless)
    }
    let models = PaperNames.modelRange.count
    sink.add("G.did100.mean.\(judgeName)", Double(sum) / Double(models * size))
    for kind in PaperKind.allCases {
      let changes = PaperNames.modelRange.map { counts.change(judge, $0, kind) }
      sink.add("G.mean_delta100.\(judgeName).\(kind.rawValue)", Double(changes.reduce(0, +)) / Double(models * size))
      // Left out where every model changes alike: the test has no variance to go by.
      guard Set(changes).count > 1 else { continue }
      let sides = [true, false].map { abliterated in
        PaperNames.modelRange.map { model in
          let cell = PaperNames.cell(PaperNames.system(model, abliterated: abliterated), kind)
          return Double(counts.refused[judge][cell]) / Double(size)
        }
      }
      let test = pairedTTest(sides[0], sides[1])
      sink.add("G.ttest100.p.\(judgeName).\(kind.rawValue)", test.map(\.p))
    }
  }

  /// (ALB − original on harmful prompts) − (the same on harmless ones): the abliterated model takes the base's place, so
  /// that the sign is that of ALB − original.
  private func difference(
    _ model: Int,
    cellSize: Int,
    refused: (_ cell: Int) -> Int
  ) -> Statistic<DifferenceInDifferences> {
    func cell(_ kind: PaperKind, abliterated: Bool) -> DifferenceInDifferences.Cell {
      let system = PaperNames.system(model, abliterated: abliterated)
      return DifferenceInDifferences.Cell(positives: refused(PaperNames.cell(system, kind)), count: cellSize)
    }
    return DifferenceInDifferences.counts(
      baseFirst: cell(.harmful, abliterated: true),
      editedFirst: cell(.harmful, abliterated: false),
      baseSecond: cell(.harmless, abliterated: true),
      editedSecond: cell(.harmless, abliterated: false)
    )
  }
}
