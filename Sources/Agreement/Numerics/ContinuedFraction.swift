/// The continued fraction b₀ + a₁/(b₁ + a₂/(b₂ + …)).
///
/// A forward pass (modified Lentz; Thompson & Barnett 1986) finds how many terms it takes, a backward pass adds them up:
/// forward, the rounding of every factor stays in the product; backward, each division shrinks what came before.
/// - Parameter term: (aₙ, bₙ); a₀ is not looked at.
func continuedFraction(_ term: (Double) -> (a: Double, b: Double)) -> Double {
  let tiny = 1e-290
  let first = term(0).b
  var d = 0.0
  var c = first == 0 ? tiny : first
  var n = 0.0
  var small = 0
  while small < 2, n < 1e7 {
    n += 1
    let (a, b) = term(n)
    if a == 0 { break }
    d = b + a * d
    if d == 0 { d = tiny }
    c = b + a / c
    if c == 0 { c = tiny }
    d = 1 / d
    small = abs(c * d - 1) < 4e-16 ? small + 1 : 0
  }
  // Where convergence is slow the last change is less than all that are left out: go on a while.
  var m = n + (n / 4).rounded() + 8
  var value = term(m).b
  while m > 0 {
    let below = term(m - 1).b
    value = below + term(m).a / (value == 0 ? tiny : value)
    m -= 1
  }
  return value
}
