import Agreement
import Foundation
import Testing

/// Tails and quantiles in 50 digits; made by `Tests/Oracles/numerics/make.py`, which compares them with scipy.
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

  @Test("equal the 50-digit values to 1e-14, out to 1e-300, df 1e6 and shapes of 1e5")
  func grid() throws {
    var worst: [String: (off: Double, x: [Double])] = [:]
    let cases = try Fixture.read().cases
    #expect(cases.count > 2000)
    for one in cases {
      let value = try #require(Self.found(one.f, one.x), "\(one.f) is not known here")
      let off = abs(value - one.v) / abs(one.v)
      if !(off <= worst[one.f]?.off ?? -1) { worst[one.f] = (off, one.x) }
    }
    for (f, place) in worst.sorted(by: { $0.key < $1.key }) {
      #expect(place.off <= 1e-14, "\(f) at \(place.x): \(place.off)")
    }
  }
}
