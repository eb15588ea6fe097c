internal import Glibc

/// The beta distribution of X through the odds X/(1 − X) = p : q. Odds in 31 digits hold both X and 1 − X to the last, however
/// near to 0 or 1.
struct BetaDistribution {
  let a: Double
  let b: Double

  /// Shapes above 0.
  init(a: Double, b: Double) {
    precondition(a > 0 && b > 0 && a.isFinite && b.isFinite, "a beta distribution has shapes above 0")
    self.a = a
    self.b = b
  }

  /// x^a (1 − x)^b / B(a, b), the density of the logarithm of the odds.
  func density(_ p: DoubleDouble, _ q: DoubleDouble) -> Double {
    let whole = p + q
    let n = DoubleDouble.sum(a, b)
    // Stirling's formula in all three gammas leaves a·ln(x/mean) + b·ln((1 − x)/(1 − mean)) (Loader 2000, with real shapes).
    let exponent = ((n * p) / (whole * a)).logarithm * a + ((n * q) / (whole * b)).logarithm * b
    let correction = stirlingError(a + b) - stirlingError(a) - stirlingError(b)
    return (a / (a + b) * b / (2 * Double.pi)).squareRoot() * (exponent + DoubleDouble(correction)).exponential
  }

  /// P(X ≤ x) and P(X > x) at x = p/(p + q); p and q at least 0, one of them above.
  func tails(odds p: DoubleDouble, _ q: DoubleDouble) -> Tails {
    if p.high <= 0 { return Tails(lower: 0) }
    if q.high <= 0 { return Tails(upper: 0) }
    var exponent: Int32 = 0
    _ = frexp(max(p.high, q.high), &exponent)
    let (x, y) = (p.scaled(by: -exponent), q.scaled(by: -exponent))
    if x.high <= 0 { return Tails(lower: 0) }
    if y.high <= 0 { return Tails(upper: 0) }
    if x.high * (b + 1) < y.high * (a + 1) { return Tails(lower: direct(x, y)) }
    return Tails(upper: BetaDistribution(a: b, b: a).direct(y, x))
  }

  /// P(X ≤ x) by the continued fraction of DiDonato & Morris (1992), quick where x is below the mean.
  private func direct(_ p: DoubleDouble, _ q: DoubleDouble) -> Double {
    let whole = p + q
    let x = (p / whole).rounded
    let y = (q / whole).rounded
    let offset = ((q * a - p * b) / whole).rounded + 1
    let fraction = continuedFraction { m in
      let last = (a + m) * (offset + m * (1 + y)) / (a + 2 * m + 1)
      guard m > 0 else { return (0, last) }
      let bottom = a + 2 * m - 1
      let common = m * (b - m) * x / bottom
      return ((a + m - 1) / bottom * (a + b + m - 1) * x * common, m + common + last)
    }
    return density(p, q) / fraction
  }

  /// The odds x/(1 − x) at which the tails are as given; the smaller of the two is solved for.
  func odds(_ wanted: Tails) -> Double {
    if wanted.lower <= 0 { return 0 }
    if wanted.upper <= 0 { return .infinity }
    let useLower = wanted.lower <= wanted.upper
    let z = normalQuantile(min(wanted.lower, wanted.upper))
    let start = a / b * exp((useLower ? z : -z) * (1 / a + 1 / b).squareRoot())
    let one = DoubleDouble(1)
    return solveTail(useLower ? wanted.lower : wanted.upper, start: start, rising: useLower) { odds in
      let found = tails(odds: DoubleDouble(odds), one)
      return (useLower ? found.lower : found.upper, density(DoubleDouble(odds), one))
    }
  }
}

/// P(X ≤ x) of the beta distribution, the regularised incomplete beta function Iₓ(a, b), 0…1.
/// - Parameters:
///   - x: 0…1.
///   - a: first shape, above 0.
///   - b: second shape, above 0.
public func betaCumulative(_ x: Double, a: Double, b: Double) -> Double {
  BetaDistribution(a: a, b: b).tails(odds: DoubleDouble(x), .sum(1, -x)).lower
}

/// P(X > x) of the beta distribution, exact to the last digits where it is small, 0…1.
public func betaUpperTail(_ x: Double, a: Double, b: Double) -> Double {
  BetaDistribution(a: a, b: b).tails(odds: DoubleDouble(x), .sum(1, -x)).upper
}

/// The x with P(X ≤ x) = p of the beta distribution, 0…1; shapes above 0, p in 0…1.
public func betaQuantile(_ p: Double, a: Double, b: Double) -> Double {
  let odds = BetaDistribution(a: a, b: b).odds(Tails(lower: p))
  return odds.isInfinite ? 1 : odds / (1 + odds)
}

/// The x with P(X > x) = p of the beta distribution, 0…1: for tails that 1 − p cannot tell from 1.
public func betaUpperQuantile(_ p: Double, a: Double, b: Double) -> Double {
  let odds = BetaDistribution(a: a, b: b).odds(Tails(upper: p))
  return odds.isInfinite ? 1 : odds / (1 + odds)
}
