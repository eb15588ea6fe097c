internal import Glibc

/// P(X ≤ x) of the standard normal distribution, 0…1, exact to the last digits in the lower tail; the upper tail is that
/// of −x.
public func normalCumulative(_ x: Double) -> Double {
  let root = 0.5.squareRoot()
  // √½ is rounded and the tail falls like exp(−x²/2): what x·√½ lost goes back in as a first-order term.
  let z = DoubleDouble.product(-x, root) + DoubleDouble(-x * halfRootRest)
  guard z.high.isFinite else { return x < 0 ? 0 : 1 }
  let slope = 2 / Double.pi.squareRoot() * exp(-z.high * z.high)
  return 0.5 * (erfc(z.high) - slope * z.low)
}

/// √½ minus the double nearest to it.
private let halfRootRest = -4.833646656726457e-17

/// The density of the standard normal distribution.
public func normalDensity(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }

/// The quantile of the standard normal distribution, for 0 < p < 1: Acklam's rational start, then Newton steps on ln Φ down
/// to double precision.
public func normalQuantile(_ p: Double) -> Double {
  guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
  if p > 0.5 { return -normalQuantile(1 - p) }
  var x = normalQuantileStart(p)
  for _ in 0..<3 {
    if p > 0.25 {
      // Near the middle the mass between the middle and x is the small one, and p − ½ is exact.
      x -= (0.5 * erf(x * 0.5.squareRoot()) - (p - 0.5)) / normalDensity(x)
    } else {
      let found = normalCumulative(x)
      // On the logarithm, so that no tail is too small: exp(x²/2) would leave the doubles near 1e-308.
      x -= log(found / p) * (found / normalDensity(x))
    }
  }
  return x
}

private func normalQuantileStart(_ p: Double) -> Double {
  if p < 0.02425 {
    let q = (-2 * log(p)).squareRoot()
    return
      (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
      + 4.374664141464968) * q + 2.938163982698783)
      / ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q
        + 1)
  }
  let q = p - 0.5
  let r = q * q
  return
    (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
    + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
    / (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
      + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1)
}
