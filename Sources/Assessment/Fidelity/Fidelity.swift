public import Agreement

/// Which items a fidelity figure is taken over, by what the annotators did.
public enum Certainty: String, Sendable, CaseIterable {
  /// Every item with a reference label.
  case any
  /// Items on which all annotators that labelled them agree, two at least.
  case unanimous
  /// Items on which annotators differ.
  case contested
}

/// A figure with its interval.
public struct MeasuredValue: Sendable, Equatable {
  /// How an interval was made.
  public enum Method: String, Sendable {
    /// Wilson's score interval: items are independent.
    case wilson
    /// A bootstrap that resamples whole prompts: Student's t below 20 of them, else BCa.
    case promptBootstrap
    /// The same over items: each is its own prompt.
    case itemBootstrap
    /// Normal interval with the standard error of the jackknife that leaves out one prompt at a time.
    case jackknife
  }

  /// The figure.
  public let value: Statistic<Double>
  /// Its 95 % interval.
  public let interval: Statistic<Interval>
  /// How the interval was made.
  public let method: Method
  /// Items it is taken over.
  public let count: Int
}

/// A rater against one reference, over one set of items.
public struct FidelityRow: Sendable {
  /// Who is measured: a judge's or annotator's column, or a floor.
  public enum Rater: Sendable, Equatable {
    case column(Int)
    case floor(Floor)
  }

  /// Who is measured.
  public let rater: Rater
  /// Against what.
  public let reference: ReferenceRule
  /// Over which prompts.
  public let scope: ItemScope
  /// Over which items of these.
  public let certainty: Certainty
  /// Joint counts: rows are the reference's codes, columns the rater's.
  public let counts: PairCounts
  /// Items with a reference label that the rater gave none.
  public let abstained: Int
  /// The figures.
  public let measures: [Measure: MeasuredValue]
  /// Accuracy if every missing label were wrong, and if every one were right: the worst case.
  public let accuracyBounds: Interval?

  /// Items that both labelled.
  public var count: Int { counts.count }
  /// The confusion of the positive class.
  public func confusion(positive: Int) -> ClassCounts { ClassCounts(counts, positive: positive) }
}

extension AssessedLabels {
  /// Which of an item's annotators agree.
  func certainty(of item: Int) -> Certainty? {
    let votes = annotators.compactMap { table.columns[$0][item] }
    guard votes.count > 1 else { return nil }
    return votes.allSatisfy { $0 == votes[0] } ? .unanimous : .contested
  }

  /// Items of a scope with a certainty; without several annotators there is no certainty but `any`.
  func items(in scope: ItemScope, _ certainty: Certainty) -> ItemSet {
    let all = items(in: scope)
    return certainty == .any ? all : .some(all.lazy.filter { self.certainty(of: $0) == certainty }.map { Int32($0) })
  }

  /// Certainties that say something here.
  public var certainties: [Certainty] { annotators.count > 1 ? Certainty.allCases : [.any] }
}

extension FidelityRow {
  /// Measures a rater.
  /// - Parameter bootstrap: replicates and seed of the intervals of what is no proportion, and of everything where prompts
  ///   have several answers.
  init(
    _ input: AssessedLabels,
    rater: Rater,
    labels: Labels,
    rule: ReferenceRule,
    reference: Labels,
    scope: ItemScope,
    certainty: Certainty,
    bootstrap: BootstrapPlan
  ) {
    let items = input.items(in: scope, certainty)
    let joint = JointCounts(input, reference, labels, items)
    let counts = joint.total
    let count = counts.count
    let missing = reference.selecting(items).labelled - count
    self.rater = rater
    self.reference = rule
    self.scope = scope
    self.certainty = certainty
    self.counts = counts
    abstained = missing
    let clusters = joint.clusterCount
    let isClustered = clusters < count
    let positive = input.positive
    let wanted = Measure.allCases.filter { isClustered || $0.share(counts, positive: positive) == nil }
    let resampled = bootstrap.intervals(joint, count: wanted.count) { number, sums in
      wanted[number].value(sums, positive: positive)
    }
    let method = bootstrap.method(clusters: clusters, isClustered: isClustered)
    var measures: [Measure: MeasuredValue] = [:]
    for measure in Measure.allCases {
      let value = measure.value(counts, positive: positive)
      let interval: Statistic<Interval>
      if let at = wanted.firstIndex(of: measure) {
        interval =
          value.reason.map { .undefined($0) }
          ?? Self.orWilson(resampled[at], value, clusters, measure, counts, positive)
      } else if let share = measure.share(counts, positive: positive), value.value != nil {
        interval = wilsonInterval(successes: share.count, trials: share.of)
      } else {
        interval = .undefined(value.reason ?? .noTrials)
      }
      measures[measure] = MeasuredValue(
        value: value,
        interval: interval.map { Interval(low: max(measure.lowest, $0.low), high: $0.high) },
        method: wanted.contains(measure) ? method : .wilson,
        count: measure.share(counts, positive: positive)?.of ?? count
      )
    }
    self.measures = measures
    let right = counts.agreeing
    let all = Double(count + missing)
    accuracyBounds =
      count + missing == 0 ? nil : Interval(low: Double(right) / all, high: Double(right + missing) / all)
  }

  /// A share of clustered items that is 0 or 1 in every resample: Wilson's interval with each cluster as one trial.
  private static func orWilson(
    _ interval: Statistic<Interval>,
    _ value: Statistic<Double>,
    _ clusters: Int,
    _ measure: Measure,
    _ counts: PairCounts,
    _ positive: Int
  ) -> Statistic<Interval> {
    guard case .undefined(.noErrorVariance) = interval, measure.share(counts, positive: positive) != nil,
      let share = value.value, share == 0 || share == 1
    else { return interval }
    return wilsonInterval(successes: share == 0 ? 0 : clusters, trials: clusters)
  }
}
