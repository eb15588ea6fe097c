extension Interval {
  /// A normal interval: `center` ∓ z·`error`, not cut.
  static func normal(_ center: Double, _ error: Double, level: Double) -> Interval {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    let half = normalQuantile(1 - (1 - level) / 2) * error
    return Interval(low: center - half, high: center + half)
  }
}
