internal import Glibc

/// The exact McNemar test on paired binary labels: two-sided binomial on the discordant counts, capped at 1
/// (McNemar 1947).
/// - Parameters:
///   - b: pairs that went one way.
///   - c: pairs that went the other way.
/// - Returns: p in 0…1; undefined without a discordant pair: `noDiscordantPairs`.
public func mcNemarExact(b: Int, c: Int) -> Statistic<Double> {
  let n = b + c
  guard n > 0 else { return .undefined(.noDiscordantPairs) }
  // P(X <= min) of Binomial(n, 1/2) in logarithms: 2ⁿ overflows long before n gets large.
  let logHalf = Double(n) * log(0.5)
  var sum = 0.0
  for k in 0...min(b, c) {
    sum += exp(lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1)) + logHalf)
  }
  return .value(min(1, 2 * sum))
}

/// The exact McNemar test of two raters' labels on the same items, for one class taken as positive. Undefined also without
/// an item that both labelled: `noOverlap`.
public func mcNemarExact(_ first: [Int?], _ second: [Int?], positive: Int) -> Statistic<Double> {
  var b = 0
  var c = 0
  var count = 0
  for case (let x?, let y?) in zip(first, second) {
    count += 1
    if x == positive, y != positive { b += 1 }
    if x != positive, y == positive { c += 1 }
  }
  return count == 0 ? .undefined(.noOverlap) : mcNemarExact(b: b, c: c)
}
