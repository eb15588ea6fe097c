internal import Glibc

/// The error of Stirling's formula, ln Γ(a) − [(a − ½) ln a − a + ½ ln 2π], for a > 0; good to 1e-16 absolutely.
///
/// The part of ln Γ that is left once the large terms are put together with others like them (Loader 2000).
func stirlingError(_ a: Double) -> Double {
  // Below ½ ln Γ is small and the difference harmless.
  if a < 0.5 { return lgamma(a) - ((a - 0.5) * log(a) - a) - 0.5 * log(2 * Double.pi) }
  var shifted = a
  var total = 0.0
  // δ(a) = δ(a + 1) + (a + ½) ln(1 + 1/a) − 1, and with v = 1/(2a + 1) the difference is Σ v²ᵏ/(2k + 1): nothing cancels.
  while shifted < 10 {
    let square = 1 / ((2 * shifted + 1) * (2 * shifted + 1))
    var (power, k, part) = (square, 3.0, 0.0)
    while power > 1e-18 {
      part += power / k
      power *= square
      k += 2
    }
    total += part
    shifted += 1
  }
  let s = 1 / (shifted * shifted)
  let tail = 1.0 / 1188 + s * (-691.0 / 360360 + s * (1.0 / 156 - s * 3617.0 / 122400))
  return total + (1.0 / 12 + s * (-1.0 / 360 + s * (1.0 / 1260 + s * (-1.0 / 1680 + s * tail)))) / shifted
}
