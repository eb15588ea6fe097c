/// How many more human labels bring a mean's interval down to a wanted width.
public struct HumanLabelBudget: Sendable, Equatable {
  /// Where the items for the new labels come from.
  public enum Source: Sendable {
    /// From the items that the judge alone has labelled: each new label takes one of them away.
    case unlabelled
    /// New items, judged too; the unlabelled ones stay as many.
    case newItems
  }

  /// An answer.
  public enum Need: Sendable, Equatable {
    /// That many more labels; 0 where the interval is narrow enough as it is.
    case more(Int)
    /// Not even a label on every item is enough; then the width is this.
    case unreachable(narrowest: Double)

    /// The labels, nil where none are enough.
    public var labels: Int? { if case .more(let labels) = self { labels } else { nil } }
  }

  /// With the judge's help (PPI++, λ tuned again for the new numbers).
  public let predictionPowered: Need
  /// With human labels alone.
  public let classical: Need
}

extension PredictionPoweredMean {
  /// How many more human labels would bring the classical and the PPI++ interval down to a width, if the variances stay as they
  /// are now.
  ///
  /// With n labels and N judged items beside them the variance of the classical mean is σ²(Y)/n, that of PPI++ the smallest over
  /// λ in 0…1 of λ²σ²(f)/N + (σ²(Y) − 2λ·cov(Y, f) + λ²σ²(f))/n (Angelopoulos, Duchi & Zrnic 2023, section 6). Inside the range
  /// this is σ²(Y)/n·(1 − ρ²N/(n + N)), so with labels taken from a pool of M = n + N items it is
  /// σ²(Y)·((1 − ρ²)/n + ρ²/M): the pool sets a floor of σ²(Y)/M, reached by labelling all of it. Both fall with every label, so
  /// the smallest number of labels is found by bisection; it is exact for whole labels. It is a plan, not a promise: the
  /// variances are themselves estimates.
  /// - Parameters:
  ///   - width: wanted distance between the ends, above 0.
  ///   - source: where the items come from.
  /// - Returns: undefined: `noLabelled`, `noUnlabelled`, `noVariance` for a judge who never varies.
  public func humanLabelBudget(
    width: Double,
    source: HumanLabelBudget.Source = .unlabelled,
    level: Double = 0.95
  ) -> Statistic<HumanLabelBudget> {
    precondition(width > 0, "an interval has a width above 0")
    guard case .value(let tuned) = tuned(level: level), case .value(let own) = classical(level: level) else {
      return .undefined(lambda.reason ?? .noLabelled)
    }
    let plan = Plan(self, source, level)
    return .value(
      HumanLabelBudget(
        predictionPowered: plan.need(width, now: tuned.interval) { plan.poweredVariance($0) },
        classical: plan.need(width, now: own.interval) { plan.humanVariance / Double(plan.labelled + $0) }
      )
    )
  }

  private struct Plan {
    let labelled: Int
    let unlabelled: Int
    let source: HumanLabelBudget.Source
    let humanVariance: Double
    let judgeVariance: Double
    let covariance: Double
    let z: Double

    init(_ mean: PredictionPoweredMean, _ source: HumanLabelBudget.Source, _ level: Double) {
      labelled = mean.labelledCount
      unlabelled = mean.unlabelledCount
      self.source = source
      humanVariance = mean.humanVariance
      judgeVariance = mean.judgeVariance
      covariance = mean.covariance
      z = normalQuantile(1 - (1 - level) / 2)
    }

    /// Variance of PPI++ after `more` labels.
    func poweredVariance(_ more: Int) -> Double {
      let n = Double(labelled + more)
      let others = Double(source == .unlabelled ? unlabelled - more : unlabelled)
      guard others > 0 else { return humanVariance / n }
      let lambda = min(1, max(0, covariance / ((1 + n / others) * judgeVariance)))
      let rectifier = humanVariance - 2 * lambda * covariance + lambda * lambda * judgeVariance
      return lambda * lambda * judgeVariance / others + max(0, rectifier) / n
    }

    func need(_ width: Double, now: Interval, _ variance: (Int) -> Double) -> HumanLabelBudget.Need {
      if now.high - now.low <= width { return .more(0) }
      func enough(_ more: Int) -> Bool { 2 * z * variance(more).squareRoot() <= width }
      var high = 1
      switch source {
      case .unlabelled:
        high = unlabelled
        guard enough(high) else { return .unreachable(narrowest: 2 * z * variance(high).squareRoot()) }
      case .newItems:
        while !enough(high) {
          guard high < 1 << 50 else { return .unreachable(narrowest: 2 * z * variance(high).squareRoot()) }
          high *= 2
        }
      }
      var low = 0
      while high - low > 1 {
        let middle = low + (high - low) / 2
        if enough(middle) { high = middle } else { low = middle }
      }
      return .more(high)
    }
  }
}
