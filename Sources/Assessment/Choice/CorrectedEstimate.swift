internal import Agreement

/// A rate over some answers as labels of a judge and of people give it together: PPI++ (Angelopoulos, Duchi & Zrnic 2023).
///
/// With one answer a prompt the interval is the paper's. With several, what each prompt adds to the estimate's error (the linear
/// part of labelled and of unlabelled answers together, λ taken as given) is summed by prompt: variance G/(G − 1)·Σu², Student's t
/// with G − 1 degrees. Where the reference labels are all alike there is no variance to go by: Wilson's interval of them, with
/// each prompt as one trial where prompts have several answers.
struct CorrectedEstimate {
  let powered: PredictionPoweredMean
  let mean: Statistic<Double>
  let interval: Statistic<Interval>
  let classical: Statistic<Double>
  let classicalInterval: Statistic<Interval>
  let lambda: Statistic<Double>
  /// Whether the reference labels are all alike.
  let isConstant: Bool
  /// The weight that `mean` gives the judge.
  private let weight: Double
  private let byPrompt: () -> PromptErrors

  /// - Parameters:
  ///   - items: the answers.
  ///   - human: reference labels of all items.
  ///   - said: the judge's labels of all items.
  init(_ labels: AssessedLabels, _ items: ItemSet, human: Labels, said: Labels) {
    let (people, judge) = (human.selecting(items), said.selecting(items))
    powered = PredictionPoweredMean(human: people, judge: judge, positive: labels.positive)
    lambda = powered.lambda
    let (tuned, alone) = (powered.tuned(), powered.classical())
    classical = alone.map(\.mean)
    let counts = PairCounts(people, judge, categories: labels.table.categories.count)
    let positives = ClassCounts(counts, positive: labels.positive).positives
    isConstant = positives == 0 || positives == counts.count
    byPrompt = { PromptErrors(labels, items, human: human, said: said) }
    // One answer a prompt needs no sums by prompt.
    let grouped = labels.isClustered ? byPrompt() : nil
    let clusters = grouped.flatMap { $0.hasSeveral ? $0 : nil }
    let trials = clusters?.labelledPrompts ?? counts.count
    let constant = isConstant ? wilsonInterval(successes: positives == 0 ? 0 : trials, trials: trials) : nil
    func ends(_ given: Statistic<PredictionPoweredMean.Result>, _ weight: Double) -> Statistic<Interval> {
      switch given {
      case .undefined(let reason): return .undefined(reason)
      case .value(let result):
        let interval =
          clusters.map { Self.student(result.mean, $0.influence(weight).map(\.value)) } ?? .value(result.interval)
        return (constant ?? interval).map { Interval(low: max(0, $0.low), high: min(1, $0.high)) }
      }
    }
    classicalInterval = ends(alone, 0)
    switch tuned {
    // A judge that never varies, or no answer without a human label: the people's own rate is the best there is.
    case .undefined(.noUnlabelled), .undefined(.noVariance):
      mean = classical
      weight = 0
      interval = classicalInterval
    default:
      mean = tuned.map(\.mean)
      weight = lambda.value ?? 0
      interval = ends(tuned, weight)
    }
  }

  /// What each prompt adds to the error of `mean`, in order of prompts.
  var influence: [(prompt: Int, value: Double)] { byPrompt().influence(weight) }

  /// The point ± t·√(G/(G − 1)·Σu²). Undefined: `tooFewClusters`, `noErrorVariance`.
  static func student(_ point: Double, _ influence: [Double]) -> Statistic<Interval> {
    guard influence.count > 1 else { return .undefined(.tooFewClusters) }
    let squares = influence.reduce(0) { $0 + $1 * $1 }
    guard squares > 1e-18 else { return .undefined(.noErrorVariance) }
    let g = Double(influence.count)
    let half = studentTQuantile(0.975, degrees: g - 1) * (g / (g - 1) * squares).squareRoot()
    return .value(Interval(low: point - half, high: point + half))
  }
}

/// Answers with a judge's label, counted by prompt.
private struct PromptErrors {
  private struct Sums {
    var labelled = 0
    var unlabelled = 0
    /// Positives of people and judge on answers with both labels, of the judge on the others.
    var human = 0
    var judge = 0
    var alone = 0
  }

  private let prompts: [(prompt: Int, sums: Sums)]
  private let labelled: Int
  private let unlabelled: Int

  init(_ labels: AssessedLabels, _ items: ItemSet, human: Labels, said: Labels) {
    var found: [Int: Sums] = [:]
    for item in items {
      guard let label = said[item] else { continue }
      let isPositive = label == labels.positive ? 1 : 0
      var sums = found[labels.table.cluster(of: item)] ?? Sums()
      if let truth = human[item] {
        sums.labelled += 1
        sums.human += truth == labels.positive ? 1 : 0
        sums.judge += isPositive
      } else {
        sums.unlabelled += 1
        sums.alone += isPositive
      }
      found[labels.table.cluster(of: item)] = sums
    }
    prompts = found.keys.sorted().compactMap { prompt in found[prompt].map { (prompt, $0) } }
    labelled = prompts.reduce(0) { $0 + $1.sums.labelled }
    unlabelled = prompts.reduce(0) { $0 + $1.sums.unlabelled }
  }

  var hasSeveral: Bool { prompts.contains { $0.sums.labelled + $0.sums.unlabelled > 1 } }

  /// Prompts with an answer that people labelled.
  var labelledPrompts: Int { prompts.count { $0.sums.labelled > 0 } }

  /// What each prompt adds to the error of the mean with weight λ of the judge. With λ = 0 answers without a human label add
  /// nothing, and prompts that have no other are no draws.
  func influence(_ lambda: Double) -> [(prompt: Int, value: Double)] {
    guard labelled > 0 else { return [] }
    let rectifier =
      prompts.reduce(0.0) { $0 + Double($1.sums.human) - lambda * Double($1.sums.judge) } / Double(labelled)
    let mean = unlabelled == 0 ? 0 : Double(prompts.reduce(0) { $0 + $1.sums.alone }) / Double(unlabelled)
    return prompts.filter { lambda != 0 || $0.sums.labelled > 0 }.map { prompt, sums in
      let own = Double(sums.human) - lambda * Double(sums.judge) - Double(sums.labelled) * rectifier
      let others =
        unlabelled == 0 ? 0 : lambda * (Double(sums.alone) - Double(sums.unlabelled) * mean) / Double(unlabelled)
      return (prompt, own / Double(labelled) + others)
    }
  }
}
