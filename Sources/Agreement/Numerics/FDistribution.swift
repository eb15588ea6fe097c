internal import Glibc

/// The odds d₁F/d₂ are those of a beta variable with shapes d₁/2 and d₂/2.
private func fBeta(_ numerator: Double, _ denominator: Double) -> BetaDistribution {
  BetaDistribution(a: numerator / 2, b: denominator / 2)
}

/// P(X > f) of the F distribution, exact to the last digits where it is small, 0…1.
/// - Parameters:
///   - f: at least 0; below 0 the tail is 1.
///   - numerator: degrees of freedom above the line, above 0.
///   - denominator: degrees of freedom below the line, above 0.
public func fUpperTail(_ f: Double, numerator: Double, denominator: Double) -> Double {
  fTails(f, numerator, denominator).upper
}

/// P(X ≤ f) of the F distribution, 0…1.
public func fCumulative(_ f: Double, numerator: Double, denominator: Double) -> Double {
  fTails(f, numerator, denominator).lower
}

private func fTails(_ f: Double, _ numerator: Double, _ denominator: Double) -> Tails {
  if f <= 0 { return Tails(lower: 0) }
  if f.isInfinite { return Tails(upper: 0) }
  // Halved by a power of two: an f near the largest double would leave it.
  let scale: Int32 = f > 1e200 ? -300 : 0
  let odds = DoubleDouble.product(scalbn(f, scale), numerator)
  return fBeta(numerator, denominator).tails(odds: odds, DoubleDouble(scalbn(denominator, scale)))
}

/// The f with P(X ≤ f) = p of the F distribution, 0…∞, p in 0…1.
public func fQuantile(_ p: Double, numerator: Double, denominator: Double) -> Double {
  fBeta(numerator, denominator).odds(Tails(lower: p)) * (denominator / numerator)
}

/// The f with P(X > f) = p of the F distribution, 0…∞: for tails that 1 − p cannot tell from 1.
public func fUpperQuantile(_ p: Double, numerator: Double, denominator: Double) -> Double {
  fBeta(numerator, denominator).odds(Tails(upper: p)) * (denominator / numerator)
}
