internal import Glibc

/// A number as the unevaluated sum of two doubles, about 31 digits.
///
/// The exponent of a density is a sum of large terms that nearly cancel: at a shape of 10⁵ plain doubles leave ten digits
/// of it. Here it keeps all (Dekker 1971; Hida, Li & Bailey 2001).
struct DoubleDouble {
  let high: Double
  let low: Double

  init(_ value: Double) { self.init(high: value, low: 0) }

  private init(high: Double, low: Double) {
    self.high = high
    self.low = low
  }

  /// The exact sum of two doubles.
  static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
    let s = a + b
    let part = s - a
    return DoubleDouble(high: s, low: (a - (s - part)) + (b - part))
  }

  /// The exact product of two doubles.
  static func product(_ a: Double, _ b: Double) -> DoubleDouble {
    let p = a * b
    return DoubleDouble(high: p, low: (-p).addingProduct(a, b))
  }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let highs = sum(a.high, b.high)
    let lows = sum(a.low, b.low)
    let first = quick(highs.high, highs.low + lows.high)
    return quick(first.high, first.low + lows.low)
  }

  static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(high: -a.high, low: -a.low) }

  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let p = product(a.high, b.high)
    return quick(p.high, p.low + (a.high * b.low + a.low * b.high))
  }

  static func * (a: DoubleDouble, b: Double) -> DoubleDouble {
    let p = product(a.high, b)
    return quick(p.high, p.low + a.low * b)
  }

  static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let first = a.high / b.high
    let rest = a - b * first
    let second = rest.high / b.high
    let third = (rest - b * second).high / b.high
    return quick(first, second) + DoubleDouble(third)
  }

  /// The sum of two doubles of which the first is the larger.
  private static func quick(_ a: Double, _ b: Double) -> DoubleDouble {
    let s = a + b
    return DoubleDouble(high: s, low: b - (s - a))
  }

  /// Times a power of two, exactly but for underflow.
  func scaled(by exponent: Int32) -> DoubleDouble {
    DoubleDouble(high: scalbn(high, exponent), low: scalbn(low, exponent))
  }

  /// The nearest double.
  var rounded: Double { high + low }

  private static let ln2 = DoubleDouble(high: 0x1.62e42fefa39efp-1, low: 0x1.abc9e3b39803fp-56)

  /// The natural logarithm of a positive number.
  var logarithm: DoubleDouble {
    // With the mantissa in √½…√2 the logarithm of a number near 1 is not a difference of large parts.
    var exponent: Int32 = 0
    if frexp(high, &exponent) < 0.5.squareRoot() { exponent -= 1 }
    let mantissa = scaled(by: -exponent)
    let start = log(mantissa.high)
    // One Newton step on exp doubles the digits: ln m = s + ln(m·exp(−s)), and what is left is tiny.
    let rest = mantissa * Self.exponential(-start) - DoubleDouble(1)
    let correction = rest - rest * rest * 0.5
    return Self.ln2 * Double(exponent) + (DoubleDouble(start) + correction)
  }

  /// exp(x) for |x| < 1: the Taylor series of expm1(x/256), then eight times expm1(2y) = 2·expm1(y) + expm1(y)².
  private static func exponential(_ x: Double) -> DoubleDouble {
    let y = DoubleDouble(x / 256)
    var term = y
    var total = y
    for n in 2...10 {
      term = term * y / DoubleDouble(Double(n))
      total = total + term
    }
    for _ in 0..<8 { total = total * 2 + total * total }
    return total + DoubleDouble(1)
  }

  /// exp of this number, as a double.
  var exponential: Double { exp(high) * (1 + low) }
}
