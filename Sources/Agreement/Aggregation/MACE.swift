internal import Glibc

/// Multi-annotator competence estimation (Hovy, Berg-Kirkpatrick, Vaswani & Hovy 2013): a rater either knows the true label
/// or guesses from a distribution of their own; fitted by variational Bayes (their section 3.2).
///
/// Every rater starts with an even chance of knowing and an even guess, so there is nothing random: the truth's labels are told
/// apart by the raters who know.
public struct MACE: Sendable {
  /// Whose model is run.
  public enum Variant: Sendable {
    /// The model as it was published.
    case published
    /// As crowd-kit 1.4.2 runs it, to compare with its figures and for nothing else. There the distributions of guesses are
    /// sorted by rater's and category's name but read in the order in which raters and categories first appear in the data, so
    /// that a rater may guess with another category's or another rater's distribution and the likelihood is lower.
    case crowdKit
  }

  /// Rounds by convention.
  public static let standardIterations = 50
  /// Symmetric Beta prior of knowing.
  static let knowingPrior = 0.5
  /// Symmetric Dirichlet prior of guessing.
  static let guessingPrior = 10.0

  /// For each item the probability of each declared category (sums to 1). Undefined per item: `noVotes`.
  public let posterior: [Statistic<[Double]>]
  /// For each rater of the table the share of items on which the rater knew, 0…1. Undefined per rater: `noVotes`.
  public let competence: [Statistic<Double>]

  /// Fits the model.
  public init(_ table: LabelTable, iterations: Int = MACE.standardIterations, variant: Variant = .published) {
    let list = VoteList(table)
    let places = variant == .published ? Places(list) : Places(crowdKit: list, table)
    var model = Model(raters: list.raters.count, categories: list.used.count)
    var expected = model.expectation(list)
    for _ in 0..<max(0, iterations) {
      model.maximize(expected, places)
      expected = model.expectation(list)
    }
    posterior = list.spread(expected.truth)
    var competence = [Statistic<Double>](repeating: .undefined(.noVotes), count: table.raters.count)
    for (number, rater) in list.raters.enumerated() {
      let total = expected.knew[number] + expected.guessed[number]
      competence[rater] = .value(expected.knew[number] / total)
    }
    self.competence = competence
  }

  /// The label of each item where its probability is at least `least`. Undefined per item: `noVotes`, `lowMargin`.
  public func labels(least: Double = 0.9) -> [Statistic<Int>] { Agreement.labels(of: posterior, least: least) }
}

extension MACE {
  private struct Expected {
    var truth: [[Double]] = []
    /// Votes of a rater that were known and that were guessed.
    var knew: [Double]
    var guessed: [Double]
    /// `[rater, label]`: guessed votes.
    var guesses: [[Double]]
  }

  /// Whose guesses, and of which category, a rater's distribution is made of: their own, but for the crowd-kit variant.
  private struct Places {
    let raters: [Int]
    let labels: [Int]

    init(_ list: VoteList) {
      raters = Array(list.raters.indices)
      labels = Array(list.used.indices)
    }

    init(crowdKit list: VoteList, _ table: LabelTable) {
      let votes = list.votes.joined()
      raters = Self.places(votes.map(\.rater), names: list.raters.map { table.raters[$0] })
      labels = Self.places(votes.map(\.label), names: list.used.map { table.categories[$0] })
    }

    private static func places(_ appearing: [Int], names: [String]) -> [Int] {
      var met = [Bool](repeating: false, count: names.count)
      var order: [Int] = []
      for one in appearing where !met[one] {
        met[one] = true
        order.append(one)
      }
      let sorted = names.indices.sorted { names[$0].unicodeScalars.lexicographicallyPrecedes(names[$1].unicodeScalars) }
      var result = [Int](repeating: 0, count: names.count)
      for (first, name) in zip(order, sorted) { result[first] = name }
      return result
    }
  }

  /// Weights of knowing and of guessing; variational ones sum to less than 1.
  private struct Model {
    private var know: [Double]
    private var guess: [Double]
    private var strategy: [[Double]]

    init(raters: Int, categories: Int) {
      know = [Double](repeating: 0.5, count: raters)
      guess = know
      strategy = [[Double]](
        repeating: [Double](repeating: 1 / Double(max(1, categories)), count: categories),
        count: raters
      )
    }

    func expectation(_ list: VoteList) -> Expected {
      let q = list.used.count
      var result = Expected(
        knew: know.map { _ in 0 },
        guessed: know.map { _ in 0 },
        guesses: strategy.map { row in row.map { _ in 0 } }
      )
      for votes in list.votes {
        var weights = [Double](repeating: 0, count: q)
        for vote in votes {
          let guessed = guess[vote.rater] * strategy[vote.rater][vote.label]
          for category in 0..<q {
            weights[category] += log(guessed + (category == vote.label ? know[vote.rater] : 0))
          }
        }
        normalizeLogarithms(&weights)
        for vote in votes {
          let guessed = guess[vote.rater] * strategy[vote.rater][vote.label]
          // With another truth than this label it must have been a guess.
          let knew = weights[vote.label] * know[vote.rater] / (guessed + know[vote.rater])
          result.knew[vote.rater] += knew
          result.guessed[vote.rater] += 1 - knew
          result.guesses[vote.rater][vote.label] += 1 - knew
        }
        result.truth.append(weights)
      }
      return result
    }

    mutating func maximize(_ expected: Expected, _ places: Places) {
      for rater in know.indices {
        let norm = digamma(expected.knew[rater] + expected.guessed[rater] + 2 * MACE.knowingPrior)
        know[rater] = exp(digamma(expected.knew[rater] + MACE.knowingPrior) - norm)
        guess[rater] = exp(digamma(expected.guessed[rater] + MACE.knowingPrior) - norm)
        let guesses = expected.guesses[places.raters[rater]]
        let counts = places.labels.map { guesses[$0] + MACE.guessingPrior }
        let whole = digamma(counts.reduce(0, +))
        strategy[rater] = counts.map { exp(digamma($0) - whole) }
      }
    }
  }
}
