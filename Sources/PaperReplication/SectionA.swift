internal import Agreement

/// A. Human against human.
struct SectionA {
  let labels: PaperLabels

  func add(to sink: inout TargetSink) {
    for subset in PaperSubset.halves {
      let counts = counts(subset)
      sink.add("A.n.\(subset.name)", counts.count)
      for first in 0...1 {
        for second in 0...1 { sink.add("A.table.h1_\(first).h2_\(second).\(subset.name)", counts[first, second]) }
      }
      add(counts, subset, to: &sink)
    }
    for subset in [PaperSubset.pooled, .harmful] {
      let counts = counts(subset)
      sink.add("A.kappa_se.\(subset.name)", counts.cohenKappaStandardError)
      sink.add("A.ac1_se.\(subset.name)", counts.gwetAC1Estimate.map(\.standardError))
    }
    for system in PaperNames.systemRange {
      let subset = PaperSubset.system(system)
      add(counts(subset), subset, to: &sink)
    }
  }

  private func counts(_ subset: PaperSubset) -> PairCounts {
    PairCounts(labels.known(0, subset), labels.known(1, subset), categories: 2)
  }

  private func add(_ counts: PairCounts, _ subset: PaperSubset, to sink: inout TargetSink) {
    for measure in PairMeasure.agreement { sink.add("A.\(measure.rawValue).\(subset.name)", measure.value(counts)) }
  }
}
