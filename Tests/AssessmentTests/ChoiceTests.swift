import Agreement
import Foundation
import JSON
import Testing

@testable import Assessment

@Suite("What the choice of judge does", .timeLimit(.minutes(10)))
struct ChoiceTests {
  /// Ten prompts, two systems: answers 0…9 are the original's, 10…19 the edited one's.
  private static func study(_ judges: [(String, String)]) -> AssessedLabels {
    Toy.labels(
      judges: judges,
      prompts: Array(0..<10) + Array(0..<10),
      kinds: String(repeating: "h", count: 20),
      systems: Array(repeating: 0, count: 10) + Array(repeating: 1, count: 10),
      systemNames: ["base", "edited"],
      edits: [SystemPair(original: 0, edited: 1)]
    )
  }

  private static func conclusion(_ judges: [(String, String)]) -> EditConclusion {
    let labels = study(judges)
    return EditConclusion(
      labels,
      SystemPair(original: 0, edited: 1),
      scope: .harmful,
      items: labels.itemsBySystem(.harmful)
    )
  }

  @Test("robust where every judge shows it, dependent where one does not, undetermined where none does")
  func rules() {
    let shows = "11111111110000000000"
    let silent = "11000000001100000000"
    let opposite = "00000000001111111111"
    #expect(Self.conclusion([("a", shows), ("b", shows)]).robustness == .robust)
    #expect(Self.conclusion([("a", shows), ("b", silent)]).robustness == .judgeDependent)
    #expect(Self.conclusion([("a", shows)]).robustness == .undetermined)
    #expect(Self.conclusion([("a", silent), ("b", silent)]).robustness == .undetermined)
    let against = Self.conclusion([("a", shows), ("b", opposite)])
    #expect(against.robustness == .judgeDependent)
    #expect(against.reversals.count == 1)
    #expect(against.range == Interval(low: -1, high: 1))
  }

  @Test("a conclusion that abstentions could turn is not robust")
  func worstCase() {
    // Six pairs decide (p = 0.031); the four that lack a label could all have gone the other way.
    let open = "111111....000000...."
    let conclusion = Self.conclusion([("a", open), ("b", open)])
    #expect(conclusion.views[0].decision == .lower)
    #expect(conclusion.views[0].difference.pairs == 6)
    #expect(conclusion.views[0].difference.unpaired == 8)
  }

  @Test("the interval of a paired difference is the one Newcombe prints")
  func newcombe() throws {
    // Newcombe 1998, Statistics in Medicine 17, 2635, table II: 36, 12, 2, 0 of 50 by method 10.
    let counts =
      Array(repeating: (first: 1, second: 1, of: 1), count: 36)
      + Array(repeating: (first: 0, second: 1, of: 1), count: 12)
      + Array(repeating: (first: 1, second: 0, of: 1), count: 2)
    let interval = try #require(PairedDifference(counts, unpaired: 0).interval.value)
    #expect(abs(interval.low - 0.0569) < 5e-5)
    #expect(abs(interval.high - 0.3404) < 5e-5)
  }

  @Test("components of variance equal those of an ANOVA table and its expected mean squares")
  func variance() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/assessment/variance.json").path
    let cases = try #require(try JSONDocument.read(file: file).root["cases"]?.array)
    for one in cases {
      let block = (one["block"]?.array ?? []).map { plane in
        (plane.array ?? []).map { row in (row.array ?? []).compactMap { $0.double.map { $0 == 1 } } }
      }
      let sums = CrossedSums(systems: block[0].count, judges: block[0][0].count)
      let found = sums.components(sums.rows(block).totals)
      for source in VarianceShares.Source.allCases {
        let expected = try #require(one["components"]?[source.rawValue]?.double)
        #expect(abs((found[source] ?? .nan) - expected) < 1e-10, "\(source)")
      }
    }
    #expect(cases.count == 3)
  }

  @Test("rankings: a flip that a judge finds real makes the ranking dependent")
  func ranking() {
    let labels = Self.study([("a", "11111111110000000000"), ("b", "00000000001111111111")])
    let row = RankingConclusion(labels, scope: .harmful, items: labels.itemsBySystem(.harmful))
    #expect(row.robustness == .judgeDependent)
    #expect(row.flips.count == 1)
    #expect(row.flips[0].firstJudge == 1)
    #expect(row.tauB[0][1] == Figure(.value(-1), .value(Interval(low: -1, high: -1))))
    #expect(row.kendallW == Figure(.value(0), .undefined(.ranksJump)))
  }

  @Test("rates: judges that differ by test make the rate dependent, alike ones robust")
  func rates() {
    let labels = Self.study([
      ("a", "11111111110000000000"), ("b", "00000000000000000000"), ("c", "11111111110000000000"),
    ])
    let items = labels.itemsBySystem(.harmful)
    let base = RateConclusion(labels, system: 0, scope: .harmful, items: items)
    #expect(base.robustness == .judgeDependent)
    #expect(base.range == Interval(low: 0, high: 1))
    #expect(base.differing.count == 2)
    // Ten answers cannot show that judges are alike within ten points.
    #expect(RateConclusion(labels, system: 1, scope: .harmful, items: items).robustness == .undetermined)
  }

  @Test("many answers on which judges agree make a rate robust; the same with one open answer in five do not")
  func equivalence() {
    let same = String(repeating: "1100", count: 50)
    func rate(_ second: String) -> Robustness {
      let labels = Toy.labels(judges: [("a", same), ("b", second)])
      return RateConclusion(labels, system: 0, scope: .all, items: labels.itemsBySystem(.all)).robustness
    }
    #expect(rate(same) == .robust)
    #expect(rate(String(repeating: "1100.", count: 40)) == .undetermined)
  }

  @Test("several answers to one prompt are no independent evidence, and their order says nothing")
  func samples() {
    // Two prompts with ten answers of each system: the edited one never refuses, the original always.
    func labels(_ order: [Int]) -> AssessedLabels {
      let prompts = (0..<20).map { $0 / 10 }
      let text = String(repeating: "1", count: 20) + String(repeating: "0", count: 20)
      let all = prompts + prompts
      return Toy.labels(
        judges: [("a", String(order.map { Array(text)[$0] })), ("b", String(order.map { Array(text)[$0] }))],
        prompts: order.map { all[$0] },
        systems: order.map { $0 < 20 ? 0 : 1 },
        systemNames: ["base", "edited"],
        edits: [SystemPair(original: 0, edited: 1)]
      )
    }
    func conclusion(_ order: [Int]) -> EditConclusion {
      let input = labels(order)
      return EditConclusion(
        input,
        SystemPair(original: 0, edited: 1),
        scope: .all,
        items: input.itemsBySystem(.all)
      )
    }
    let plain = conclusion(Array(0..<40))
    #expect(plain.robustness == .undetermined)
    #expect(plain.views[0].difference.p == .value(0.5))
    #expect(plain.views[0].difference.prompts == 2)
    let turned = conclusion(Array((0..<40).reversed()))
    #expect(turned.views[0].difference.p == plain.views[0].difference.p)
    #expect(turned.views[0].difference.difference == plain.views[0].difference.difference)
  }

  @Test("the multiverse holds each judge under each treatment")
  func multiverse() {
    let labels = Self.study([("a", "1111111111000000000."), ("b", "11111111110000000000")])
    let rows = Multiverse.rows(labels).filter { $0.scope == .harmful }
    // Two judges × three treatments × (two rates + one difference).
    #expect(rows.count == 18)
    let open = rows.filter { $0.judge == 0 && $0.conclusion == .rate(system: 1) }
    #expect(open.map(\.estimate) == [.value(0), .value(0.1), .value(0)])
    #expect(open.map(\.count) == [9, 10, 10])
  }

  @Test("several edits of one original: p as it is, and adjusted by Holm over the edits")
  func edits() throws {
    // Of ten prompts one edit loses six refusals, the other all.
    let text = "1111111111" + "0000001111" + "0000000000"
    let labels = Toy.labels(
      judges: [("a", text)],
      prompts: (0..<30).map { $0 % 10 },
      systems: (0..<30).map { Int32($0 / 10) },
      systemNames: ["base", "weak", "strong"],
      edits: [SystemPair(original: 0, edited: 1), SystemPair(original: 0, edited: 2)]
    )
    let views = Assessment(labels).edits.compactMap(\.views.first)
    func isClose(_ p: [Statistic<Double>], _ expected: [Double]) -> Bool {
      p.count == expected.count && zip(p, expected).allSatisfy { abs(($0.value ?? .nan) - $1) < 1e-15 }
    }
    #expect(isClose(views.map(\.difference.p), [0.03125, 0.001953125]))
    #expect(isClose(views.map(\.adjustedP), [0.03125, 0.00390625]))
    #expect(views.map(\.decision) == [.lower, .lower])
    let alone = Toy.labels(
      judges: [("a", String(text.prefix(20)))],
      prompts: (0..<20).map { $0 % 10 },
      systems: (0..<20).map { Int32($0 / 10) },
      systemNames: ["base", "weak"],
      edits: [SystemPair(original: 0, edited: 1)]
    )
    #expect(isClose(Assessment(alone).edits.compactMap(\.views.first?.adjustedP), [0.03125]))
  }

  @Test("adjudication varies for every figure that people's labels enter, under each treatment")
  func adjudications() throws {
    let labels = Toy.labels(
      judges: [("a", "111.100000"), ("b", "1111100011")],
      annotators: [("ann", "1111000000"), ("ben", "1110000100")],
      prompts: [0, 1, 2, 3, 4, 0, 1, 2, 3, 4],
      systems: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
      systemNames: ["base", "edited"],
      edits: [SystemPair(original: 0, edited: 1)]
    )
    let rows = Multiverse.rows(labels).filter { $0.adjudication != nil }
    let rules = ReferenceRule.all(for: labels)
    #expect(rules.count == 7)
    let kinds: [MultiverseRow.Conclusion] = [
      .rate(system: 0), .rate(system: 1), .difference(labels.edits[0]), .accuracy, .cohenKappa,
    ]
    for kind in kinds {
      for treatment in AbstentionTreatment.allCases {
        for judge in labels.judges {
          let found = rows.filter { $0.conclusion == kind && $0.abstentions == treatment && $0.judge == judge }
          #expect(found.compactMap(\.adjudication) == rules, "\(kind) \(treatment)")
        }
      }
    }
    // The missing label counts as a refusal or as none: against ann's refusal right or wrong.
    let accuracy = rows.filter { $0.conclusion == .accuracy && $0.judge == 0 && $0.adjudication == .annotator(2) }
    #expect(accuracy.map(\.estimate) == [.value(8.0 / 9), .value(0.9), .value(0.8)])
    #expect(accuracy.map(\.count) == [9, 10, 10])
  }

  @Test("tau-b of two judges is settled by systems that both find different, and open where they lie close")
  func concordance() throws {
    let clear = Toy.labels(
      judges: [
        ("a", String(repeating: "1", count: 20) + String(repeating: "0", count: 20)),
        ("b", String(repeating: "1", count: 20) + String(repeating: "0", count: 20)),
      ],
      prompts: (0..<40).map { $0 % 20 },
      systems: (0..<40).map { Int32($0 / 20) },
      systemNames: ["base", "edited"]
    )
    let settled = RankingConclusion(clear, scope: .all, items: clear.itemsBySystem(.all))
    #expect(settled.tauB[0][1] == Figure(.value(1), .value(Interval(low: 1, high: 1))))
    let close = Toy.labels(
      judges: [("a", "1100" + "1000"), ("b", "1110" + "1000")],
      prompts: [0, 1, 2, 3, 0, 1, 2, 3],
      systems: [0, 0, 0, 0, 1, 1, 1, 1],
      systemNames: ["base", "edited"]
    )
    let open = RankingConclusion(close, scope: .all, items: close.itemsBySystem(.all))
    #expect(open.tauB[0][1] == Figure(.value(1), .value(Interval(low: -1, high: 1))))
  }
}
