internal import Glibc

/// Student's t distribution with `degrees` > 0 degrees of freedom.
struct StudentDistribution {
  let degrees: Double

  /// T²/(T² + ν) has the beta distribution with shapes ½ and ν/2.
  private var beta: BetaDistribution { BetaDistribution(a: 0.5, b: degrees / 2) }

  /// ν/2 · B(ν/2, ½): far out the two-sided tail is (√ν/t)^ν over this.
  private var farFactor: Double {
    let half = degrees / 2
    return half * exp(lgamma(half) + lgamma(0.5) - lgamma(half + 0.5))
  }

  /// P(|T| ≤ t) and P(|T| > t), t ≥ 0.
  func tails(_ t: Double) -> Tails {
    // Beyond this t² may leave the doubles, and the first term of the series is all of it.
    if t > 1e100 { return Tails(upper: pow(degrees.squareRoot() / t, degrees) / farFactor) }
    return beta.tails(odds: .product(t, t), DoubleDouble(degrees))
  }

  /// The t at which the two-sided tails are as given.
  func quantile(_ wanted: Tails) -> Double {
    if wanted.upper <= 0 { return .infinity }
    let far = degrees.squareRoot() * exp(-log(wanted.upper * farFactor) / degrees)
    if far > 1e100 { return far }
    return (beta.odds(wanted) * degrees).squareRoot()
  }
}

/// P(T ≤ t) of Student's distribution, 0…1, exact to the last digits in the lower tail; the upper tail is that of −t.
/// - Parameter degrees: degrees of freedom, above 0.
public func studentTCumulative(_ t: Double, degrees: Double) -> Double {
  let tails = StudentDistribution(degrees: degrees).tails(abs(t))
  return t < 0 ? tails.upper / 2 : 0.5 + tails.lower / 2
}

/// P(|T| > |t|) of Student's distribution, 0…1.
public func studentTTwoSided(_ t: Double, degrees: Double) -> Double {
  StudentDistribution(degrees: degrees).tails(abs(t)).upper
}

/// The t with P(T ≤ t) = p of Student's distribution, p in 0…1.
public func studentTQuantile(_ p: Double, degrees: Double) -> Double {
  guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
  if p == 0.5 { return 0 }
  let outer = 2 * min(p, 1 - p)
  // Near the middle the mass inside is the small one, and 1 − 2p is exact there.
  let t = StudentDistribution(degrees: degrees).quantile(Tails(lower: abs(1 - 2 * p), upper: outer))
  return p < 0.5 ? -t : t
}
