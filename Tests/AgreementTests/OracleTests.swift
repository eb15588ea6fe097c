import Agreement
import Foundation
import Testing

/// What scikit-learn, statsmodels and krippendorff say; made by `Tests/Oracles/agreement/make.py`.
private struct Oracle: Decodable {
  struct Case: Decodable {
    let raters: [[Int?]]
    let pair: [String: Expected]?
    let other: [String: Expected]?
    let alpha: Expected
  }

  struct Ends: Decodable {
    let successes: Int
    let trials: Int
    let level: Double
    let ends: [Double]
  }

  let cases: [Case]
  let intervals: [Ends]

  static func read() throws -> Oracle {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/agreement/agreement.json")
    return try JSONDecoder().decode(Oracle.self, from: Data(contentsOf: file))
  }
}

private enum Expected: Decodable {
  case value(Double)
  case undefined(String)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self = .value(value)
    } else {
      self = .undefined(try container.decode([String: String].self)["undefined"] ?? "")
    }
  }

  func matches(_ found: Statistic<Double>) -> Bool {
    switch (self, found) {
    case (.value(let expected), .value(let found)): abs(expected - found) <= 1e-9 * (1 + abs(expected))
    case (.undefined(let expected), .undefined(let found)): expected == found.rawValue
    default: false
    }
  }
}

@Suite("Statistics against reference libraries", .timeLimit(.minutes(10)))
struct OracleTests {
  private static func found(_ stat: String, _ a: [Int?], _ b: [Int?]) -> Statistic<Double>? {
    let pair = PairedLabels(a, b)
    let counts = ClassCounts(reference: a, rater: b, positive: 1)
    switch stat {
    case "percentAgreement": return pair.percentAgreement
    case "cohenKappa": return pair.cohenKappa
    case "accuracy": return counts.accuracy
    case "recall": return counts.recall
    case "specificity": return counts.specificity
    case "precision": return counts.precision
    case "npv": return counts.negativePredictiveValue
    case "f1": return counts.f1
    case "balancedAccuracy": return balancedAccuracy(reference: a, rater: b)
    case "mcnemar.exact.p": return mcNemarExact(a, b, positive: 1)
    default: return nil
    }
  }

  @Test("two raters")
  func pairs() throws {
    var compared = 0
    for one in try Oracle.read().cases {
      for (expected, a, b) in [(one.pair, 0, 1), (one.other, 1, 2)] {
        for (stat, value) in expected ?? [:] {
          let found = try #require(Self.found(stat, one.raters[a], one.raters[b]), "\(stat) is not known here")
          #expect(value.matches(found), "\(stat): expected \(value), found \(found)")
          compared += 1
        }
      }
    }
    #expect(compared >= 400)
  }

  @Test("Krippendorff's alpha")
  func alpha() throws {
    for one in try Oracle.read().cases {
      let found = krippendorffAlpha(nominal: one.raters)
      #expect(one.alpha.matches(found), "expected \(one.alpha), found \(found)")
    }
  }

  @Test("Wilson intervals")
  func wilson() throws {
    for one in try Oracle.read().intervals {
      let found = try #require(
        wilsonInterval(successes: one.successes, trials: one.trials, level: one.level).value
      )
      #expect(abs(found.low - one.ends[0]) < 1e-9 && abs(found.high - one.ends[1]) < 1e-9)
    }
    #expect(wilsonInterval(successes: 0, trials: 0) == .undefined(.noTrials))
  }
}

@Suite("Corners of the statistics", .timeLimit(.minutes(10)))
struct CornerTests {
  @Test("a constant rater against a varying one has a kappa of 0, two equal constants have none")
  func constants() {
    #expect(PairedLabels([1, 1, 1, 1], [0, 1, 0, 1]).cohenKappa == .value(0))
    #expect(PairedLabels([1, 1], [1, 1]).cohenKappa == .undefined(.zeroExpectedDisagreement))
    #expect(PairedLabels([1, 1], [0, 0]).cohenKappa == .value(0))
  }

  @Test("pairs without both labels do not count")
  func deletion() {
    let pair = PairedLabels([1, nil, 0, 1], [1, 1, nil, 0])
    #expect(pair.count == 2)
    #expect(pair.agreeing == 1)
    #expect(pair.count(1, 0) == 1)
    #expect(PairedLabels([nil], [1]).cohenKappa == .undefined(.noOverlap))
  }

  @Test("a class that is nowhere has no F1, and empty data no accuracy")
  func classes() {
    let none = ClassCounts(reference: [0, 0], rater: [0, 0], positive: 1)
    #expect(none.f1 == .undefined(.classAbsent))
    #expect(none.confusion == .value(none))
    let empty = ClassCounts(reference: [nil], rater: [1], positive: 1)
    #expect(empty.accuracy == .undefined(.noOverlap))
    #expect(empty.confusion == .undefined(.noOverlap))
    #expect(empty.precision.reason == .noOverlap)
    #expect(balancedAccuracy(reference: [nil], rater: [1]) == .undefined(.noOverlap))
    #expect(balancedAccuracy(reference: [1, 1], rater: [1, 0]) == .undefined(.singleReferenceClass))
  }

  @Test("the normal quantile inverts the distribution function")
  func quantile() {
    #expect(abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14)
    #expect(normalQuantile(0.5) == 0)
    for p in [1e-300, 1e-12, 1e-4, 0.01, 0.3, 0.7, 0.999] {
      let back = 0.5 * erfc(-normalQuantile(p) / 2.0.squareRoot())
      #expect(abs(back - p) <= 1e-12 * p)
    }
    #expect(normalQuantile(0) == -.infinity)
    #expect(normalQuantile(1) == .infinity)
  }

  @Test("McNemar's test survives large counts and reports no discordant pair")
  func mcNemar() {
    #expect(mcNemarExact(b: 0, c: 0) == .undefined(.noDiscordantPairs))
    #expect(mcNemarExact([1, nil], [nil, 0], positive: 1) == .undefined(.noOverlap))
    #expect(mcNemarExact(b: 0, c: 5).value.map { abs($0 - 0.0625) < 1e-12 } == true)
    #expect(mcNemarExact(b: 3000, c: 3000) == .value(1))
    #expect((mcNemarExact(b: 100, c: 3000).value ?? 1) < 1e-300)
  }

  @Test("every reason has words, and statistics map")
  func words() {
    for reason in UndefinedReason.allCases { #expect(!reason.explanation.isEmpty) }
    #expect(Statistic.value(2.0).map { $0 * 2 } == .value(4))
    #expect(Statistic<Double>.undefined(.noTrials).map { $0 * 2 } == .undefined(.noTrials))
  }
}
