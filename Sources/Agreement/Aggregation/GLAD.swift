internal import Glibc

/// Generative model of labels, abilities and difficulties (Whitehill, Ruvolo, Wu, Bergsma & Movellan 2009): a rater of ability
/// α is right on an item of inverse difficulty β with probability 1/(1 + exp(−αβ)), and otherwise gives each other label
/// equally often.
///
/// Expectation and maximisation over the categories that somebody used, all equally likely beforehand; β = exp(b) keeps it
/// positive; α and b have normal priors with mean 1 and variance 1; both start at 1, so nothing is random. Each maximisation
/// runs to its optimum, so that the order of raters and items does not show in the result.
public struct GLAD: Sendable {
  /// Rounds at most, by convention.
  public static let standardIterations = 100
  /// Gain of the mean expected log-likelihood below which it stops.
  public static let standardTolerance = 1e-5

  /// For each item the probability of each declared category (sums to 1). Undefined per item: `noVotes`.
  public let posterior: [Statistic<[Double]>]
  /// α of each rater of the table: 0 guesses, negative answers the reverse. Undefined per rater: `noVotes`.
  public let abilities: [Statistic<Double>]
  /// β of each item: above 0, small is difficult. Undefined per item: `noVotes`.
  public let easiness: [Statistic<Double>]

  /// Fits the model.
  public init(
    _ table: LabelTable,
    iterations: Int = GLAD.standardIterations,
    tolerance: Double = GLAD.standardTolerance
  ) {
    let list = VoteList(table)
    var objective = Objective(list)
    var point = [Double](repeating: 1, count: list.raters.count + list.items.count)
    var truth = objective.expectation(point)
    var last = -Double.infinity
    let terms = Double(max(1, list.votes.reduce(0) { $0 + $1.count } * list.used.count))
    for _ in 0..<max(1, iterations) where list.used.count > 1 {
      truth = objective.expectation(point)
      objective.truth = truth
      let value: Double
      (point, value) = objective.minimum(from: point)
      let gain = -value / terms - last
      last = -value / terms
      if gain < tolerance { break }
    }
    posterior = list.spread(truth)
    var abilities = [Statistic<Double>](repeating: .undefined(.noVotes), count: table.raters.count)
    for (number, rater) in list.raters.enumerated() { abilities[rater] = .value(point[number]) }
    self.abilities = abilities
    var easiness = [Statistic<Double>](repeating: .undefined(.noVotes), count: table.itemCount)
    for (row, item) in list.items.enumerated() { easiness[item] = .value(exp(point[list.raters.count + row])) }
    self.easiness = easiness
  }

  /// The label of each item where its probability is at least `least`. Undefined per item: `noVotes`, `lowMargin`.
  public func labels(least: Double = 0.9) -> [Statistic<Int>] { Agreement.labels(of: posterior, least: least) }
}
