internal import Agreement

/// I. Figures that the authors printed, and what the two runs of the judges say about them.
struct SectionI {
  let data: PaperData
  let labels: PaperLabels

  func add(to sink: inout TargetSink) {
    addCorrelations(to: &sink)
    addCounts(to: &sink)
    addConsistency(to: &sink)
    addRuns(to: &sink)
  }

  private func addCorrelations(to sink: inout TargetSink) {
    let counts = data.tenPrompts
    for correlation in CellCorrelation.allCases {
      for rater in PaperNames.raterRange.dropFirst() {
        sink.add(
          "I.vs_human1.\(correlation.rawValue).\(PaperNames.raters[rater])",
          correlation.value(counts, 0, rater)
        )
      }
      sink.add("I.humans.\(correlation.rawValue)", correlation.value(counts, 0, 1))
    }
    let humans = PairCounts(labels.known(0, .pooled), labels.known(1, .pooled), categories: 2)
    sink.add("I.humans.agree", humans.agreeing)
    // The raters of the printed heatmap, in its order.
    let shown = ["human-1", "chatgpt5", "glm-4", "regex", "qwen3", "smollm2", "gpt-oss"].map(PaperNames.rater)
    for (at, a) in shown.enumerated() {
      for b in shown[(at + 1)...] {
        sink.add(
          "I.heatmap.\(PaperNames.raters[a]).\(PaperNames.raters[b])",
          CellCorrelation.pearsonBoth.value(counts, a, b)
        )
      }
    }
  }

  /// The annotated counts of the printed 100-prompt heatmaps, which show neither this judge nor this model.
  private func addCounts(to sink: inout TargetSink) {
    let judges = PaperNames.judgeRange.filter { PaperNames.raters[$0] != "gpt-oss" }
    let systems = PaperNames.systemRange.filter { PaperNames.models[$0 / 2] != "llama-3.3" }
    for kind in PaperKind.allCases {
      for judge in judges {
        for system in systems {
          sink.add(
            "I.counts.\(kind.rawValue).\(PaperNames.raters[judge]).\(PaperNames.systems[system])",
            data.hundredPrompts.refused[judge][PaperNames.cell(system, kind)]
          )
        }
      }
    }
  }

  private func addConsistency(to sink: inout TargetSink) {
    let ten = data.tenPrompts
    let runs = [("second_run", data.hundredPrompts), ("first_run", data.hundredPromptsFirstRun)]
    for (name, hundred) in runs {
      // Ten prompts cannot hold more refusals, nor more other answers, than the hundred they are part of.
      let violating = PaperNames.judgeRange.map { judge in
        PaperNames.cellRange.count { cell in
          let (few, many) = (ten.refused[judge][cell], hundred.refused[judge][cell])
          return few > many || ten.cellSize - few > hundred.cellSize - many
        }
      }
      sink.add("I.consistency.cells_violating.\(name)", violating.reduce(0, +))
      sink.add("I.consistency.judges_violating.\(name)", violating.count { $0 > 0 })
    }
    let changed = PaperNames.judgeRange.map { judge in
      zip(data.hundredPrompts.refused[judge], data.hundredPromptsFirstRun.refused[judge]).count { $0 != $1 }
    }
    sink.add("I.consistency.cells_changed_between_runs", changed.reduce(0, +))
  }

  private func addRuns(to sink: inout TargetSink) {
    let chatGPT = PaperNames.rater("chatgpt5")
    for (run, counts) in [("first", data.hundredPromptsFirstRun), ("second", data.hundredPrompts)] {
      for judge in PaperNames.judgeRange {
        let name = PaperNames.raters[judge]
        for kind in PaperKind.allCases {
          sink.add("I.runs.\(run).\(name).\(kind.rawValue)", counts.total(judge, PaperSubset.of(kind).cells))
        }
        sink.add("I.runs.r_chatgpt5.\(run).\(name)", CellCorrelation.pearsonBoth.value(counts, chatGPT, judge))
      }
    }
  }
}
