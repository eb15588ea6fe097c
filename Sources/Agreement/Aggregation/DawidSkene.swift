internal import Glibc

/// Dawid & Skene's model (1979, equations 2.3–2.5): each rater has a confusion matrix, the true labels are estimated with them
/// by expectation and maximisation.
///
/// It starts from the shares of votes and runs a fixed number of rounds without looking at convergence, so that two runs on the
/// same data are equal whatever the machine. Counts and priors below 1e-10 are lifted to it; a rater's matrix covers the labels
/// that the rater ever used.
public struct DawidSkene: Sendable {
  /// Rounds of expectation and maximisation by convention.
  public static let standardIterations = 50
  /// What a count or a prior is at least.
  public static let floor = 1e-10

  /// For each item the probability of each declared category (sums to 1). Undefined per item: `noVotes`.
  public let posterior: [Statistic<[Double]>]
  /// Share of each declared category among the items with votes (sums to 1). Undefined: `noVotes` without any label.
  public let prior: Statistic<[Double]>
  /// For each rater of the table `[observed category, true category]`: the probability of the observed label where that is the
  /// truth; columns of used categories sum to 1, those of a category that nobody used are 0. Undefined per rater: `noVotes`.
  public let confusion: [Statistic<[[Double]]>]

  /// Estimates the model.
  public init(_ table: LabelTable, iterations: Int = DawidSkene.standardIterations) {
    let list = VoteList(table)
    guard !list.items.isEmpty else {
      posterior = list.spread([])
      prior = .undefined(.noVotes)
      confusion = table.raters.map { _ in .undefined(.noVotes) }
      return
    }
    var truth = list.shares
    var model = Model(list, truth)
    for _ in 0..<max(0, iterations) {
      truth = model.expectation(list)
      model = Model(list, truth)
    }
    posterior = list.spread(truth)
    prior = .value(list.declared(model.prior))
    var confusion = [Statistic<[[Double]]>](repeating: .undefined(.noVotes), count: table.raters.count)
    for (number, rater) in list.raters.enumerated() {
      var matrix = [[Double]](
        repeating: list.declared([Double](repeating: 0, count: list.used.count)),
        count: list.categoryCount
      )
      for (observed, code) in list.used.enumerated() {
        matrix[code] = list.declared(list.used.indices.map { model.confusion(number, observed: observed, true: $0) })
      }
      confusion[rater] = .value(matrix)
    }
    self.confusion = confusion
  }

  /// The most probable label of each item. Undefined per item: `noVotes`, `tie` where the highest probability is shared.
  public var labels: [Statistic<Int>] {
    posterior.map { one in
      switch one {
      case .undefined(let reason): return .undefined(reason)
      case .value(let shares):
        let highest = shares.max() ?? 0
        let winners = shares.indices.filter { shares[$0] == highest }
        return winners.count == 1 ? .value(winners[0]) : .undefined(.tie)
      }
    }
  }
}

extension DawidSkene {
  /// Priors and confusion matrices given what is believed of the truth.
  private struct Model {
    let prior: [Double]
    /// `[rater, observed, true]`, 0 for a label that the rater never used.
    private var matrices: [Double]
    private let categories: Int

    func confusion(_ rater: Int, observed: Int, true truth: Int) -> Double {
      matrices[(rater * categories + observed) * categories + truth]
    }

    /// The maximisation step.
    init(_ list: VoteList, _ truth: [[Double]]) {
      let q = list.used.count
      categories = q
      var share = [Double](repeating: 0, count: q)
      var counts = [Double](repeating: 0, count: list.raters.count * q * q)
      var used = [Bool](repeating: false, count: list.raters.count * q)
      for (row, votes) in list.votes.enumerated() {
        for category in 0..<q { share[category] += truth[row][category] }
        for vote in votes {
          let place = vote.rater * q + vote.label
          used[place] = true
          for category in 0..<q { counts[place * q + category] += truth[row][category] }
        }
      }
      prior = share.map { max($0 / Double(list.items.count), DawidSkene.floor) }
      for rater in list.raters.indices {
        for category in 0..<q {
          var total = 0.0
          for observed in 0..<q where used[rater * q + observed] {
            let place = (rater * q + observed) * q + category
            counts[place] = max(counts[place], DawidSkene.floor)
            total += counts[place]
          }
          for observed in 0..<q where used[rater * q + observed] {
            counts[(rater * q + observed) * q + category] /= total
          }
        }
      }
      matrices = counts
    }

    /// The expectation step: what the labels say of the truth.
    func expectation(_ list: VoteList) -> [[Double]] {
      let logPrior = prior.map { log($0) }
      let logs = matrices.map { $0 > 0 ? log($0) : 0 }
      return list.votes.map { votes in
        var weights = logPrior
        for vote in votes {
          let place = (vote.rater * categories + vote.label) * categories
          for category in 0..<categories { weights[category] += logs[place + category] }
        }
        normalizeLogarithms(&weights)
        return weights
      }
    }
  }
}
