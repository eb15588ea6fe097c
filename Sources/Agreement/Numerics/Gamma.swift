internal import Glibc

/// The gamma distribution with scale 1.
struct GammaDistribution {
  let shape: Double

  /// A shape above 0.
  init(shape: Double) {
    precondition(shape > 0 && shape.isFinite, "a gamma distribution has a shape above 0")
    self.shape = shape
  }

  /// x^a e^(−x) / Γ(a), the density of ln X.
  func density(_ x: Double) -> Double {
    let ratio = DoubleDouble(x) / DoubleDouble(shape)
    let exponent = ratio.logarithm * shape + DoubleDouble.sum(shape, -x)
    return (shape / (2 * Double.pi)).squareRoot() * (exponent - DoubleDouble(stirlingError(shape))).exponential
  }

  /// P(X ≤ x) and P(X > x).
  func tails(_ x: Double) -> Tails {
    if x <= 0 { return Tails(lower: 0) }
    if x.isInfinite { return Tails(upper: 0) }
    let a = shape
    guard x < a + 1 else {
      // Legendre's continued fraction.
      let fraction = continuedFraction { n in (n * (a - n), x + 2 * n + 1 - a) }
      return Tails(upper: density(x) / fraction)
    }
    // Σ xⁿ / ((a + 1)…(a + n)), summed from its last term: all are positive.
    var (count, term, total) = (0.0, 1.0, 1.0)
    while term > total * 1e-18 {
      count += 1
      term *= x / (a + count)
      total += term
    }
    var sum = 1.0
    while count > 0 {
      sum = 1 + sum * (x / (a + count))
      count -= 1
    }
    return Tails(lower: density(x) / a * sum)
  }

  /// The x at which the tails are as given; the smaller of the two is solved for.
  func quantile(_ wanted: Tails) -> Double {
    if wanted.lower <= 0 { return 0 }
    if wanted.upper <= 0 { return .infinity }
    let useLower = wanted.lower <= wanted.upper
    let z = normalQuantile(min(wanted.lower, wanted.upper))
    let start = shape * exp((useLower ? z : -z) / shape.squareRoot())
    return solveTail(useLower ? wanted.lower : wanted.upper, start: start, rising: useLower) { x in
      let found = tails(x)
      return (useLower ? found.lower : found.upper, density(x))
    }
  }
}

/// P(X > x) of the chi-square distribution, exact to the last digits where it is small, 0…1.
/// - Parameters:
///   - x: at least 0; below 0 the tail is 1.
///   - degrees: degrees of freedom, above 0.
public func chiSquareUpperTail(_ x: Double, degrees: Double) -> Double {
  GammaDistribution(shape: degrees / 2).tails(x / 2).upper
}

/// P(X ≤ x) of the chi-square distribution, 0…1.
public func chiSquareCumulative(_ x: Double, degrees: Double) -> Double {
  GammaDistribution(shape: degrees / 2).tails(x / 2).lower
}

/// The x with P(X ≤ x) = p of the chi-square distribution, 0…∞.
public func chiSquareQuantile(_ p: Double, degrees: Double) -> Double {
  2 * GammaDistribution(shape: degrees / 2).quantile(Tails(lower: p))
}
