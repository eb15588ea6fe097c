internal import Glibc

/// A rater's scores, 0…1 for the positive class, against reference labels, over the items that have both.
public struct ScoredItems: Sendable {
  /// Scores in the order of items, 0…1.
  let scores: [Double]
  /// Whether the reference is positive, item by item.
  let positives: [Bool]

  /// Keeps the items with a reference label and a score.
  /// - Parameters:
  ///   - reference: labels.
  ///   - scores: of the same items, each in 0…1.
  ///   - positive: the code of the class that the scores speak of.
  public init(reference: Labels, scores: [Double?], positive: Int) {
    precondition(reference.count == scores.count, "both sides need the same items")
    let both = scores.indices.compactMap { item in
      reference[item].flatMap { label in scores[item].map { (score: $0, isPositive: label == positive) } }
    }
    precondition(both.allSatisfy { (0...1).contains($0.score) }, "a score is in 0…1")
    self.scores = both.map(\.score)
    positives = both.map(\.isPositive)
  }

  /// Items with both.
  public var count: Int { scores.count }

  /// Items at one score: positive and negative ones, from the highest score down.
  private var steps: [(positive: Int, negative: Int)] {
    // Each side sorted as plain numbers, then merged.
    var high = zip(scores, positives).compactMap { $1 ? $0 : nil }.sorted()
    var low = zip(scores, positives).compactMap { $1 ? nil : $0 }.sorted()
    var steps: [(positive: Int, negative: Int)] = []
    while let top = [high.last, low.last].compactMap({ $0 }).max() {
      var step = (positive: 0, negative: 0)
      while high.last == top {
        high.removeLast()
        step.positive += 1
      }
      while low.last == top {
        low.removeLast()
        step.negative += 1
      }
      steps.append(step)
    }
    return steps
  }

  /// Area under the ROC curve, 0…1: the share of (positive, negative) pairs in the right order, ties count half, in whole
  /// numbers (Hanley & McNeil 1982). Undefined: `noOverlap`, `singleReferenceClass`.
  public var rocAuc: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let found = positives.count { $0 }
    guard found > 0, found < count else { return .undefined(.singleReferenceClass) }
    var (above, halves) = (0, 0)
    for step in steps {
      halves += step.negative * (2 * above + step.positive)
      above += step.positive
    }
    return .value(Double(halves) / Double(2 * found * (count - found)))
  }

  /// Average precision Σ(Rₙ − Rₙ₋₁)·Pₙ, 0…1; equal scores are one step, nothing is interpolated.
  /// Undefined: `noOverlap`, `noPositives`.
  public var averagePrecision: Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    let found = positives.count { $0 }
    guard found > 0 else { return .undefined(.noPositives) }
    var (hits, taken, sum) = (0, 0, 0.0)
    for step in steps {
      hits += step.positive
      taken += step.positive + step.negative
      sum += Double(step.positive) * Double(hits) / Double(taken)
    }
    return .value(sum / Double(found))
  }

  /// Mean squared distance of score and outcome, 0…1 (Brier 1950). Undefined: `noOverlap`.
  public var brier: Statistic<Double> {
    mean { score, isPositive in
      let away = score - (isPositive ? 1 : 0)
      return away * away
    }
  }

  /// Mean −ln of the probability given to what happened, 0…36.04…: probabilities are kept from 0 and 1 by 2⁻⁵².
  /// Undefined: `noOverlap`.
  public var logLoss: Statistic<Double> {
    mean { score, isPositive in -log(min(1 - .ulpOfOne, max(.ulpOfOne, isPositive ? score : 1 - score))) }
  }

  private func mean(_ loss: (Double, Bool) -> Double) -> Statistic<Double> {
    guard count > 0 else { return .undefined(.noOverlap) }
    return .value(zip(scores, positives).reduce(0) { $0 + loss($1.0, $1.1) } / Double(count))
  }
}
