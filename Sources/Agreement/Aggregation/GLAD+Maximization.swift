internal import Glibc

extension GLAD {
  /// Minus the expected log-likelihood as a function of a point: α of each rater, then b of each item.
  struct Objective {
    private let list: VoteList
    private let others: Double
    /// What is believed of the truth of each item.
    var truth: [[Double]] = []

    init(_ list: VoteList) {
      self.list = list
      // With one used category there is no other label to give by mistake.
      others = log(Double(max(1, list.used.count - 1)))
    }

    /// log(1 + exp(x)) without overflow.
    private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    /// The expectation step: probabilities of each item's labels at a point.
    func expectation(_ point: [Double]) -> [[Double]] {
      list.votes.enumerated().map { row, votes in
        let beta = exp(point[list.raters.count + row])
        var weights = [Double](repeating: 0, count: list.used.count)
        for vote in votes {
          let strength = point[vote.rater] * beta
          let right = -softplus(-strength)
          let wrong = -softplus(strength) - others
          for category in weights.indices { weights[category] += category == vote.label ? right : wrong }
        }
        normalizeLogarithms(&weights)
        return weights
      }
    }

    /// The value at a point.
    private func value(_ point: [Double]) -> Double {
      // The normal priors.
      var value = point.reduce(0) { $0 + 0.5 * ($1 - 1) * ($1 - 1) + 0.5 * log(2 * Double.pi) }
      for (row, votes) in list.votes.enumerated() {
        let beta = exp(point[list.raters.count + row])
        for vote in votes {
          let strength = point[vote.rater] * beta
          let right = truth[row][vote.label]
          value += right * softplus(-strength) + (1 - right) * (softplus(strength) + others)
        }
      }
      return value
    }

    /// Newton's method with step halving down to a gradient of 1e-8.
    /// - Returns: the point reached, never above the start, and the value there.
    func minimum(from start: [Double]) -> (point: [Double], value: Double) {
      var point = start
      var lowest = value(point)
      for _ in 0..<100 {
        let slopes = Slopes(list, truth, point)
        guard slopes.gradient.contains(where: { abs($0) > 1e-8 }) else { break }
        let direction = slopes.newtonDirection()
        let descent = zip(slopes.gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        var step = 1.0
        var moved = false
        while step > 1e-10 {
          let there = zip(point, direction).map { $0 + step * $1 }
          let found = value(there)
          // At the bottom a step changes the value by less than its rounding.
          if found <= lowest + 1e-4 * step * descent + 1e-14 * abs(lowest) {
            (point, lowest, moved) = (there, found, true)
            break
          }
          step /= 2
        }
        if !moved { break }
      }
      return (point, lowest)
    }
  }

  /// First and second derivatives of the objective. The matrix of second derivatives has two diagonal blocks, of raters and of
  /// items, and one entry for each vote.
  private struct Slopes {
    let gradient: [Double]
    private let raters: Int
    private let list: VoteList
    private var raterBlock: [Double]
    private var itemBlock: [Double]
    private var cross: [[Double]] = []
    /// The same without the terms that may be negative: what remains is positive definite.
    private var safeItemBlock: [Double]
    private var safeCross: [[Double]] = []

    init(_ list: VoteList, _ truth: [[Double]], _ point: [Double]) {
      self.list = list
      raters = list.raters.count
      var gradient = point.map { $0 - 1 }
      raterBlock = [Double](repeating: 1, count: raters)
      itemBlock = [Double](repeating: 1, count: list.items.count)
      safeItemBlock = itemBlock
      for (row, votes) in list.votes.enumerated() {
        let beta = exp(point[raters + row])
        var (entries, safe): ([Double], [Double]) = ([], [])
        for vote in votes {
          let strength = point[vote.rater] * beta
          let right = 1 / (1 + exp(-strength))
          let slope = right - truth[row][vote.label]
          let bend = right * (1 - right)
          gradient[vote.rater] += slope * beta
          gradient[raters + row] += slope * strength
          raterBlock[vote.rater] += bend * beta * beta
          safeItemBlock[row] += bend * strength * strength
          itemBlock[row] += bend * strength * strength + slope * strength
          safe.append(bend * beta * strength)
          entries.append(bend * beta * strength + slope * beta)
        }
        cross.append(entries)
        safeCross.append(safe)
      }
      self.gradient = gradient
    }

    /// Downhill: by all second derivatives where they are positive definite, else by those that always are.
    func newtonDirection() -> [Double] {
      if itemBlock.allSatisfy({ $0 > 1e-3 }), let direction = solve(itemBlock, cross) { return direction }
      return solve(safeItemBlock, safeCross) ?? gradient.map { -$0 }
    }

    /// Eliminates the items, which leaves a matrix of raters alone. Nil where that is not positive definite.
    private func solve(_ items: [Double], _ cross: [[Double]]) -> [Double]? {
      var matrix = [Double](repeating: 0, count: raters * raters)
      var right = gradient[..<raters].map { -$0 }
      for rater in 0..<raters { matrix[rater * raters + rater] = raterBlock[rater] }
      for (row, votes) in list.votes.enumerated() {
        for (one, vote) in votes.enumerated() {
          let share = cross[row][one] / items[row]
          right[vote.rater] += share * gradient[raters + row]
          // Raters of a vote list ascend: this fills the lower triangle.
          for other in 0...one { matrix[vote.rater * raters + votes[other].rater] -= share * cross[row][other] }
        }
      }
      guard let forRaters = Self.solvePositiveDefinite(&matrix, right) else { return nil }
      var direction = forRaters
      for (row, votes) in list.votes.enumerated() {
        var rest = -gradient[raters + row]
        for (one, vote) in votes.enumerated() { rest -= cross[row][one] * forRaters[vote.rater] }
        direction.append(rest / items[row])
      }
      return direction
    }

    /// Cholesky's factorisation of a symmetric matrix given by its lower triangle, and the solution of one system.
    private static func solvePositiveDefinite(_ matrix: inout [Double], _ right: [Double]) -> [Double]? {
      let n = right.count
      for row in 0..<n {
        for column in 0...row {
          var sum = matrix[row * n + column]
          for inner in 0..<column { sum -= matrix[row * n + inner] * matrix[column * n + inner] }
          if row == column {
            guard sum > 1e-12 else { return nil }
            matrix[row * n + row] = sum.squareRoot()
          } else {
            matrix[row * n + column] = sum / matrix[column * n + column]
          }
        }
      }
      var solution = right
      for row in 0..<n {
        for inner in 0..<row { solution[row] -= matrix[row * n + inner] * solution[inner] }
        solution[row] /= matrix[row * n + row]
      }
      for row in (0..<n).reversed() {
        for inner in stride(from: row + 1, to: n, by: 1) { solution[row] -= matrix[inner * n + row] * solution[inner] }
        solution[row] /= matrix[row * n + row]
      }
      return solution
    }
  }
}
