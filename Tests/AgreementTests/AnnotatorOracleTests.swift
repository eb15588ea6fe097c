import Agreement
import Foundation
import Testing

/// Brute force on the alternative annotator test, flip rates and budgets; made by `Tests/Oracles/annotators/make.py`.
private struct Annotators: Decodable {
  struct Alternative: Decodable {
    struct Comparison: Decodable {
      let items: Int
      let judge: Double
      let annotator: Double
      let p: Double?
      let adjusted: Double?
      let won: Bool
    }

    struct Expected: Decodable {
      let undefined: String?
      let comparisons: [Comparison]?
      let winningRate: Double?
      let advantage: Double?
      let passed: Bool?
    }

    let annotators: [[Int?]]
    let judge: [Int?]
    let categories: Int
    let epsilon: Double
    let minimumItems: Int
    let expected: Expected
  }

  struct Flips: Decodable {
    struct Expected: Decodable {
      let pairs: Int
      let flips: Int
      let interval: [Double]
    }

    let passes: [[Int?]]
    let clusters: [Int]?
    let expected: Expected
  }

  struct Budget: Decodable {
    struct Need: Decodable {
      let more: Int?
      let narrowest: Double?

      func matches(_ need: HumanLabelBudget.Need) -> Bool {
        switch need {
        case .more(let labels): labels == more
        case .unreachable(let width): narrowest.map { abs($0 - width) < 1e-9 } ?? false
        }
      }
    }

    struct Expected: Decodable {
      let powered: Need
      let classical: Need
    }

    let table: [Int]
    let positives: Int
    let total: Int
    let width: Double
    let pooled: Bool
    let expected: Expected
  }

  let alternative: [Alternative]
  let flips: [Flips]
  let budgets: [Budget]

  static func read() throws -> Annotators {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/annotators/annotators.json")
    return try JSONDecoder().decode(Annotators.self, from: Data(contentsOf: file))
  }
}

@Suite("Annotators against brute force", .timeLimit(.minutes(10)))
struct AnnotatorOracleTests {
  @Test("the alternative annotator test")
  func alternative() throws {
    let cases = try Annotators.read().alternative
    #expect(cases.count >= 14)
    for one in cases {
      let result = AlternativeAnnotatorTest.run(
        annotators: table(one.annotators, categories: one.categories),
        judge: Labels(one.judge),
        epsilon: one.epsilon,
        minimumItems: one.minimumItems
      )
      guard let comparisons = one.expected.comparisons else {
        #expect(result.reason?.rawValue == one.expected.undefined)
        continue
      }
      let found = try #require(result.value)
      #expect(found.comparisons.count == comparisons.count)
      for (comparison, wanted) in zip(found.comparisons, comparisons) {
        #expect(comparison.items == wanted.items && comparison.won == wanted.won)
        #expect(isClose(comparison.judgeAdvantage, .value(wanted.judge)))
        #expect(isClose(comparison.annotatorAdvantage, .value(wanted.annotator)))
        let reason = Statistic<Double>.undefined(.tooFewItems)
        #expect(isClose(comparison.p, wanted.p.map { .value($0) } ?? reason, within: 1e-10))
        #expect(isClose(comparison.adjustedP, wanted.adjusted.map { .value($0) } ?? reason, within: 1e-10))
      }
      #expect(abs(found.winningRate - (one.expected.winningRate ?? -1)) < 1e-12)
      #expect(abs(found.advantageProbability - (one.expected.advantage ?? -1)) < 1e-12)
      #expect(found.passed == one.expected.passed)
    }
  }

  @Test("flip rates and their intervals")
  func flips() throws {
    let cases = try Annotators.read().flips
    #expect(cases.count >= 7)
    for one in cases {
      let found = try #require(flipRate(passes: one.passes.map { Labels($0) }, clusters: one.clusters).value)
      #expect(found.pairs == one.expected.pairs && found.flips == one.expected.flips)
      #expect(isClose(found.interval.map(\.low), .value(one.expected.interval[0]), within: 1e-9))
      #expect(isClose(found.interval.map(\.high), .value(one.expected.interval[1]), within: 1e-9))
    }
  }

  @Test("how many more human labels")
  func budgets() throws {
    let cases = try Annotators.read().budgets
    #expect(cases.count >= 50)
    for one in cases {
      let mean = PredictionPoweredMean(
        n11: one.table[0],
        n10: one.table[1],
        n01: one.table[2],
        n00: one.table[3],
        unlabelledPositives: one.positives,
        unlabelledTotal: one.total
      )
      let source = one.pooled ? HumanLabelBudget.Source.unlabelled : .newItems
      let found = try #require(mean.humanLabelBudget(width: one.width, source: source).value)
      #expect(one.expected.powered.matches(found.predictionPowered), "\(one.table) \(one.width) \(found)")
      #expect(one.expected.classical.matches(found.classical), "\(one.table) \(one.width) \(found)")
    }
  }
}
