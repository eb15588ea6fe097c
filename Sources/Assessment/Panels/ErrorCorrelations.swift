internal import Agreement

/// How judges' errors go together: φ of "errs here" for every two judges, over the items that both labelled and the reference
/// has.
struct ErrorCorrelations: Sendable {
  /// The mean of φ over the pairs that have one.
  let mean: Figure
  /// n / (1 + (n − 1)·max(0, mean)).
  let effectiveSize: Figure
  private let judges: Int
  private let pairs: [Figure]

  init(_ labels: AssessedLabels, _ columns: [Labels], _ reference: Labels, _ plan: BootstrapPlan) {
    let n = columns.count
    judges = n
    let count = n * (n - 1) / 2
    let errors = columns.map { column in
      Labels(
        (0..<reference.count).lazy.map { item -> Int? in
          guard let truth = reference[item], let label = column[item] else { return nil }
          return label == truth ? 0 : 1
        }
      )
    }
    guard n > 1 else {
      let none = Figure(.undefined(.tooFewRaters), .undefined(.tooFewRaters))
      (mean, effectiveSize, pairs) = (none, none, [])
      return
    }
    let rows = PromptRows(
      labels,
      errors,
      labels.items(in: .all),
      width: 4 * count,
      where: { codes in codes.count { $0 != PromptRows.none } > 1 },
      tally: { codes, row in
        var place = 0
        for first in codes.indices {
          for second in codes.indices where second > first {
            if codes[first] != PromptRows.none, codes[second] != PromptRows.none {
              row[place + Int(2 * codes[first] + codes[second])] += 1
            }
            place += 4
          }
        }
      }
    )
    func figures(_ sums: [Int]) -> [Statistic<Double>] {
      let pairs = (0..<count).map { pair in
        Self.phi(sums[4 * pair], sums[4 * pair + 1], sums[4 * pair + 2], sums[4 * pair + 3])
      }
      let known = pairs.compactMap(\.value)
      let mean: Statistic<Double> =
        known.isEmpty ? .undefined(.constantRater) : .value(known.reduce(0, +) / Double(known.count))
      return pairs + [mean]
    }
    let points = figures(rows.totals)
    let intervals = plan.intervals(rows, count: count + 1, figures)
    pairs = (0..<count).map { Figure(points[$0], intervals[$0]) }
    let mean = Figure(points[count], intervals[count])
    self.mean = mean
    func size(_ correlation: Double) -> Double { Double(n) / (1 + Double(n - 1) * max(0, correlation)) }
    effectiveSize = Figure(
      mean.value.map(size),
      mean.interval.map { Interval(low: size($0.high), high: size($0.low)) },
      within: 1...Double(n)
    )
  }

  /// φ of a 2 × 2 table, as `PairCounts.phi` has it but without an allocation: of twenty judges there are 190 in every resample.
  /// Undefined: `noOverlap`, `tooFewItems`, `constantRater`.
  static func phi(_ neither: Int, _ second: Int, _ first: Int, _ both: Int) -> Statistic<Double> {
    let count = neither + second + first + both
    guard count > 1 else { return .undefined(count == 0 ? .noOverlap : .tooFewItems) }
    let margins = (
      Double((neither + second) * (first + both)), Double((neither + first) * (second + both))
    )
    guard margins.0 > 0, margins.1 > 0 else { return .undefined(.constantRater) }
    let together = Double(neither * both - second * first)
    // Two roots: the product of the margins may leave the whole numbers that a double holds.
    return .value(max(-1, min(1, together / margins.0.squareRoot() / margins.1.squareRoot())))
  }

  /// φ of two judges, by their places.
  func pair(_ first: Int, _ second: Int) -> Figure {
    let (a, b) = (min(first, second), max(first, second))
    return pairs[a * judges - a * (a + 1) / 2 + b - a - 1]
  }
}
