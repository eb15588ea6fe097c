internal import Glibc

/// Both tails of a continuous distribution at one point; the smaller is computed directly and never as 1 − the larger.
struct Tails {
  /// P(X ≤ x).
  let lower: Double
  /// P(X > x).
  let upper: Double

  init(lower: Double) {
    self.lower = min(1, max(0, lower))
    upper = 1 - self.lower
  }

  init(upper: Double) {
    self.upper = min(1, max(0, upper))
    lower = 1 - self.upper
  }

  init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  var swapped: Tails { Tails(lower: upper, upper: lower) }
}

/// Solves ln F(x) = ln p for x > 0 where ln F is concave in ln x, as it is for either tail of the gamma distribution and of
/// the odds of a beta variable. Newton's method on a concave function converges from anywhere; the bracket is for steps
/// that leave the range of doubles.
/// - Parameters:
///   - rising: whether F grows with x.
///   - tail: F(x) and |dF/d ln x|.
func solveTail(
  _ p: Double,
  start: Double,
  rising: Bool,
  tail: (Double) -> (probability: Double, slope: Double)
) -> Double {
  var x = min(max(start, 1e-300), 1e300)
  var (low, high) = (Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude)
  for _ in 0..<400 {
    let (probability, slope) = tail(x)
    // Where the tail is too small for a double Newton has no slope; the answer is on the larger side.
    if (probability < p) == rising { low = x } else { high = x }
    let step = probability > 0 && slope > 0 ? log(p / probability) * probability / slope : .infinity
    if abs(step) < 1e-8 {
      // Quadratic: the next error is below the rounding.
      let last = x * exp(rising ? step : -step)
      return abs(step) < 1e-12 ? last : polished(p, at: last, rising: rising, tail: tail)
    }
    let next = x * exp(rising ? step : -step)
    x = next > low && next < high ? next : low.squareRoot() * high.squareRoot()
    if low.nextUp >= high { return x }
  }
  return x
}

private func polished(
  _ p: Double,
  at x: Double,
  rising: Bool,
  tail: (Double) -> (probability: Double, slope: Double)
) -> Double {
  let (probability, slope) = tail(x)
  let step = (p - probability) / slope
  return x * exp(rising ? step : -step)
}
