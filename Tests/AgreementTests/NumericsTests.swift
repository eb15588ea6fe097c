import Agreement
import Foundation
import Testing

/// Tails and quantiles in 60 digits; made by `Tests/Oracles/numerics/make.py`, which compares them with scipy.
private struct Fixture: Decodable {
  struct Case: Decodable {
    let f: String
    let x: [Double]
    let v: Double
  }

  let cases: [Case]

  static func read() throws -> Fixture {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/numerics/numerics.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }
}

@Suite("Tails and quantiles", .timeLimit(.minutes(10)))
struct NumericsTests {
  private static func found(_ f: String, _ x: [Double]) -> Double? {
    switch f {
    case "betaCumulative": betaCumulative(x[0], a: x[1], b: x[2])
    case "betaUpperTail": betaUpperTail(x[0], a: x[1], b: x[2])
    case "betaQuantile": betaQuantile(x[0], a: x[1], b: x[2])
    case "chiSquareCumulative": chiSquareCumulative(x[0], degrees: x[1])
    case "chiSquareUpperTail": chiSquareUpperTail(x[0], degrees: x[1])
    case "chiSquareQuantile": chiSquareQuantile(x[0], degrees: x[1])
    case "studentTCumulative": studentTCumulative(x[0], degrees: x[1])
    case "studentTUpperQuantile": -studentTQuantile(x[0], degrees: x[1])
    case "fCumulative": fCumulative(x[0], numerator: x[1], denominator: x[2])
    case "fUpperTail": fUpperTail(x[0], numerator: x[1], denominator: x[2])
    case "fQuantile": fQuantile(x[0], numerator: x[1], denominator: x[2])
    case "normalCumulative": normalCumulative(x[0])
    case "normalQuantile": normalQuantile(x[0])
    case "binomialMass": BinomialDistribution(trials: Int(x[1]), chance: x[2]).mass(Int(x[0]))
    case "binomialCumulative": BinomialDistribution(trials: Int(x[1]), chance: x[2]).cumulative(Int(x[0]))
    case "binomialUpperTail": BinomialDistribution(trials: Int(x[1]), chance: x[2]).upperTail(Int(x[0]))
    default: nil
    }
  }

  @Test("equal the 60-digit values to 4e-15, out to 1e-300, df 1e6 and shapes of 1e5")
  func grid() throws {
    var worst: [String: (off: Double, x: [Double])] = [:]
    let cases = try Fixture.read().cases
    #expect(cases.count > 2000)
    for one in cases {
      let value = try #require(Self.found(one.f, one.x), "\(one.f) is not known here")
      let off = value.isNaN ? .infinity : abs(value - one.v) / abs(one.v)
      if off > worst[one.f]?.off ?? -1 { worst[one.f] = (off, one.x) }
    }
    for (f, place) in worst.sorted(by: { $0.key < $1.key }) {
      #expect(place.off <= 4e-15, "\(f) at \(place.x): \(place.off)")
    }
  }

  @Test("ends, the far outside and what cannot be a double")
  func ends() {
    #expect(betaCumulative(0, a: 2, b: 3) == 0)
    #expect(betaCumulative(1, a: 2, b: 3) == 1)
    #expect(betaQuantile(0, a: 2, b: 3) == 0)
    #expect(betaQuantile(1, a: 2, b: 3) == 1)
    #expect(chiSquareUpperTail(0, degrees: 3) == 1)
    #expect(chiSquareUpperTail(-1, degrees: 3) == 1)
    #expect(chiSquareUpperTail(.infinity, degrees: 3) == 0)
    #expect(chiSquareUpperTail(1e5, degrees: 3) == 0)
    #expect(chiSquareQuantile(1, degrees: 3) == .infinity)
    #expect(fUpperTail(.infinity, numerator: 2, denominator: 3) == 0)
    #expect(fUpperTail(-1, numerator: 2, denominator: 3) == 1)
    #expect(fQuantile(0, numerator: 2, denominator: 3) == 0)
    #expect(fQuantile(1, numerator: 2, denominator: 3) == .infinity)
    #expect(normalCumulative(-.infinity) == 0)
    #expect(normalCumulative(.infinity) == 1)
    #expect(normalCumulative(-40) == 0)
    #expect(studentTQuantile(0, degrees: 4) == -.infinity)
    #expect(studentTQuantile(1, degrees: 4) == .infinity)
    #expect(studentTQuantile(0.5, degrees: 4) == 0)
    #expect(studentTCumulative(0, degrees: 4) == 0.5)
    #expect(normalQuantile(.leastNonzeroMagnitude) < -38.4)
  }

  @Test("one degree of freedom is Cauchy's distribution, also where t² is no double")
  func cauchy() {
    for t in [1e99, 1e101, 1e200, 1e300] {
      #expect(abs(studentTCumulative(-t, degrees: 1) * t * .pi - 1) < 1e-13)
      let p = 1 / (t * .pi)
      #expect(abs(studentTQuantile(p, degrees: 1) / -t - 1) < 1e-12)
    }
    // F with two and two degrees is x/(1 + x).
    #expect(abs(fUpperTail(1e305, numerator: 2, denominator: 2) / 1e-305 - 1) < 1e-13)
    #expect(abs(fUpperTail(1e160, numerator: 2, denominator: 2) / 1e-160 - 1) < 1e-13)
  }

  @Test("quantiles invert the tails over a wide grid of shapes")
  func inverse() {
    for a in [0.5, 1, 3.5, 40, 1e3, 1e5, 1e6] {
      for b in [0.5, 2, 77.5, 1e4, 1e5] {
        for p in [1e-200, 1e-15, 0.001, 0.025, 0.4, 0.5, 0.6, 0.975, 0.9999] {
          let x = betaQuantile(p, a: a, b: b)
          guard x > 1e-300, x < 0.99 else { continue }
          // The tail at the quantile's neighbours encloses p: the quantile is right to its last digits.
          let slack = 1 + 4e-15 * max(1, -log(p))
          let (below, above) = (
            betaCumulative(x * (1 - 2e-15), a: a, b: b), betaCumulative(x * (1 + 2e-15), a: a, b: b)
          )
          #expect(below <= p * slack && p <= above * slack, "beta \(a) \(b) \(p)")
        }
      }
      for p in [1e-250, 1e-10, 0.01, 0.5, 0.99] {
        let x = chiSquareQuantile(p, degrees: 2 * a)
        guard x > 1e-300 else { continue }
        #expect(abs(chiSquareCumulative(x, degrees: 2 * a) / p - 1) < 1e-15 * max(10, 4 * x), "gamma \(a) \(p)")
        let t = studentTQuantile(p, degrees: 2 * a)
        #expect(abs(studentTCumulative(t, degrees: 2 * a) / p - 1) < 1e-12, "t \(a) \(p)")
      }
    }
  }

  @Test("binomial tails add up and meet whole numbers")
  func binomial() {
    let distribution = BinomialDistribution(trials: 6, chance: 0.5)
    for (k, ways) in [1.0, 6, 15, 20, 15, 6, 1].enumerated() {
      #expect(abs(distribution.mass(k) * 64 - ways) < 1e-13)
    }
    #expect(distribution.cumulative(-1) == 0)
    #expect(distribution.cumulative(6) == 1)
    #expect(distribution.upperTail(-1) == 1)
    #expect(distribution.upperTail(6) == 0)
    #expect(distribution.mass(7) == 0)
    #expect(BinomialDistribution(trials: 3, chance: 0).mass(0) == 1)
    #expect(BinomialDistribution(trials: 3, chance: 1).mass(3) == 1)
    #expect(BinomialDistribution(trials: 3, chance: 1).cumulative(2) == 0)
    #expect(BinomialDistribution(trials: 0, chance: 0.3).cumulative(0) == 1)
    for k in 0..<1000 {
      let wide = BinomialDistribution(trials: 1000, chance: 0.31)
      #expect(abs(wide.cumulative(k) + wide.upperTail(k) - 1) < 1e-14)
    }
  }
}
