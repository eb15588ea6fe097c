internal import Glibc

/// The logarithmic derivative of the gamma function for x > 0: the recurrence up to 10, then the asymptotic series
/// (Abramowitz & Stegun 1964, 6.3.5 and 6.3.18); absolute error below 1e-13 where the value is not large itself.
func digamma(_ x: Double) -> Double {
  precondition(x > 0, "digamma is computed for positive arguments")
  var x = x
  var shift = 0.0
  while x < 10 {
    shift -= 1 / x
    x += 1
  }
  let square = 1 / (x * x)
  let series =
    square
    * (1.0 / 12 - square
      * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square * (1.0 / 132 - square * (691.0 / 32760))))))
  return shift + log(x) - 0.5 / x - series
}
