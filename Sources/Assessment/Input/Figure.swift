public import Agreement

/// A number with its 95 % interval, or why there is no number or no interval.
public struct Figure: Sendable, Equatable {
  /// The number.
  public let value: Statistic<Double>
  /// Its 95 % interval; undefined where the number is, with its reason.
  public let interval: Statistic<Interval>

  /// Puts both together: an interval goes no further than the number can.
  public init(_ value: Statistic<Double>, _ interval: Statistic<Interval>, within range: ClosedRange<Double> = -1...1) {
    self.value = value
    self.interval =
      value.reason.map { .undefined($0) }
      ?? interval.map { Interval(low: max(range.lowerBound, $0.low), high: min(range.upperBound, $0.high)) }
  }

  /// Of an estimate by a closed form.
  init(_ estimate: Statistic<Estimate>) {
    self.init(estimate.map(\.value), estimate.map(\.interval), within: -Double.infinity...1)
  }

  /// A share of items whose resampled interval may be without width.
  /// - Returns: Wilson's interval where items are independent; else the resampled one, or, where every prompt has the same share
  ///   0 or 1, Wilson's with each prompt as one trial.
  static func share(_ count: Int, of all: Int, prompts: Int, isClustered: Bool, _ resampled: Statistic<Interval>)
    -> Figure
  {
    let value: Statistic<Double> = all == 0 ? .undefined(.noOverlap) : .value(Double(count) / Double(all))
    guard isClustered else { return Figure(value, wilsonInterval(successes: count, trials: all), within: 0...1) }
    guard case .undefined(.noErrorVariance) = resampled, count == 0 || count == all else {
      return Figure(value, resampled, within: 0...1)
    }
    return Figure(value, wilsonInterval(successes: count == 0 ? 0 : prompts, trials: prompts), within: 0...1)
  }
}
