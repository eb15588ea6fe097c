import Agreement
import JSON
import Testing

@testable import Assessment

@Suite("Fidelity to people", .timeLimit(.minutes(10)))
struct FidelityTests {
  private static let labels = Toy.labels(
    judges: [("judge", "1110100.00")],
    annotators: [("ann", "1111000000"), ("ben", "1110000100"), ("cleo", "111000000.")],
    kinds: "hhhhhsssss"
  )

  @Test("rules of the reference, on items where annotators agree, differ and are silent")
  func rules() {
    func list(_ rule: ReferenceRule) -> [Int?] { rule.reference(Self.labels).list }
    #expect(list(.unanimous) == [1, 1, 1, nil, 0, 0, 0, nil, 0, 0])
    #expect(list(.majority) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(list(.either) == [1, 1, 1, 1, 0, 0, 0, 1, 0, 0])
    #expect(list(.both) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(list(.dawidSkene).prefix(3) == [1, 1, 1])
    #expect(list(.adjudicated(by: 3)) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(ReferenceRule.standard(for: Self.labels) == .majority)
    #expect(ReferenceRule.all(for: Self.labels).count == 8)
  }

  @Test("pooled, by kind, unanimous and contested: counts that can be checked by hand")
  func counts() throws {
    let assessment = Assessment(Self.labels)
    func row(_ scope: ItemScope, _ certainty: Certainty) throws -> FidelityRow {
      try #require(assessment.judgeRows(scope, certainty).first).row
    }
    let pooled = try row(.all, .any)
    #expect(pooled.count == 9)
    #expect(pooled.abstained == 1)
    #expect(pooled.measures[.accuracy]?.value == .value(8.0 / 9))
    #expect(pooled.accuracyBounds == Interval(low: 0.8, high: 0.9))
    let harmful = try row(.harmful, .any)
    #expect(harmful.measures[.accuracy]?.value == .value(0.8))
    #expect(try row(.harmless, .any).measures[.sensitivity]?.value == .undefined(.noPositives))
    #expect(try row(.all, .unanimous).count == 8)
    let contested = try row(.all, .contested)
    #expect(contested.count == 1)
    #expect(contested.abstained == 1)
  }

  @Test("floors stand beside the judge")
  func floors() throws {
    let assessment = Assessment(Self.labels)
    let floors = assessment.floorRows(.all)
    #expect(floors.map(\.floor) == [.promptKind, .alwaysRefusal, .neverRefusal])
    // Three of five harmful prompts were refused, no harmless one.
    #expect(floors[0].row.measures[.accuracy]?.value == .value(0.8))
    #expect(floors[1].row.measures[.accuracy]?.value == .value(0.3))
    #expect(floors[1].row.measures[.cohenKappa]?.value == .value(0))
  }

  @Test("the ceiling is how well each annotator meets the others")
  func ceiling() throws {
    let humans = try #require(Assessment(Self.labels).humans)
    #expect(humans.pairs.count == 9)
    let pair = try #require(humans.pairs.first)
    #expect(pair.counts.percentAgreement == .value(0.8))
    #expect((humans.ceiling(.all).value ?? 0) > 0.7)
    #expect(Assessment(Toy.labels(judges: [("j", "10")], annotators: [("h", "10")])).humans == nil)
  }

  @Test("errors against a unanimous reference come first, with their company")
  func errors() throws {
    let labels = Toy.labels(
      judges: [("a", "0110"), ("b", "0111")],
      annotators: [("ann", "1111"), ("ben", "1110"), ("cleo", "1110")]
    )
    let errors = Assessment(labels).errors
    #expect(errors.map(\.item) == [0, 0, 3])
    #expect(errors.map(\.company) == [1, 1, 0])
    #expect(errors.map(\.certainty) == [.unanimous, .unanimous, .contested])
  }

  @Test("prompts with several answers are resampled whole: duplicated answers do not shrink an interval")
  func clusters() throws {
    let judge = "11011010101110101011"
    let human = "11110011101010101010"
    let once = Assessment(Toy.labels(judges: [("j", judge)], annotators: [("h", human)]))
    let twice = Assessment(
      Toy.labels(
        judges: [("j", judge + judge)],
        annotators: [("h", human + human)],
        prompts: Array(0..<20) + Array(0..<20)
      )
    )
    let single = try #require(once.judgeRows(.all).first?.row.measures[.cohenKappa]?.interval.value)
    let double = try #require(twice.judgeRows(.all).first?.row.measures[.cohenKappa]?.interval.value)
    #expect(single == double)
    #expect(twice.judgeRows(.all).first?.row.measures[.accuracy]?.method == .promptBootstrap)
    #expect(once.judgeRows(.all).first?.row.measures[.accuracy]?.method == .wilson)
  }

  @Test("the jackknife of many items agrees with the large-sample error of kappa")
  func jackknife() throws {
    var stream = Stream(3)
    let judge = (0..<6000).map { _ in Int.random(in: 0...1, using: &stream) }
    let human = judge.map { Int.random(in: 0..<5, using: &stream) == 0 ? 1 - $0 : $0 }
    let labels = AssessedLabels(
      table: LabelTable(
        categories: ["nonRefusal", "refusal"],
        raters: ["j", "h"],
        columns: [Labels(judge), Labels(human)]
      ),
      judges: [0],
      annotators: [1],
      positive: 1
    )
    let measured = try #require(Assessment(labels).judgeRows(.all).first?.row.measures[.cohenKappa])
    #expect(measured.method == .jackknife)
    let interval = try #require(measured.interval.value)
    let pair = PairCounts(Labels(judge), Labels(human), categories: 2)
    let error = try #require(pair.cohenKappaStandardError.value)
    #expect(abs((interval.high - interval.low) / (2 * 1.959963984540054) - error) < error * 0.002)
  }

  @Test("no interval leaves what its figure can be, however few the items")
  func ranges() {
    for row in Assessment(Toy.labels(judges: [("j", "10"), ("k", "01")], annotators: [("h", "11")])).fidelity {
      for measure in Measure.allCases {
        guard let interval = row.measures[measure]?.interval.value else { continue }
        #expect(interval.low >= measure.lowest && interval.high <= 1, "\(measure)")
      }
    }
  }

  @Test("order of raters and items changes no figure")
  func permutation() throws {
    let judge = "1101101010", human = "1111001010"
    let order = [7, 2, 9, 0, 5, 1, 8, 3, 6, 4]
    func shuffled(_ text: String) -> String { String(order.map { Array(text)[$0] }) }
    let plain = Assessment(Toy.labels(judges: [("a", judge), ("b", human)], annotators: [("h", human)]))
    let other = Assessment(
      Toy.labels(judges: [("b", shuffled(human)), ("a", shuffled(judge))], annotators: [("h", shuffled(human))])
    )
    let first = try #require(plain.judgeRows(.all).first { plain.labels.name($0.judge) == "a" }?.row)
    let second = try #require(other.judgeRows(.all).first { other.labels.name($0.judge) == "a" }?.row)
    for measure in Measure.allCases { #expect(first.measures[measure]?.value == second.measures[measure]?.value) }
    #expect(plain.pairs[0].counts.cohenKappa == other.pairs[0].counts.cohenKappa)
  }

  @Test("of three classes each floor takes the commonest label it may give")
  func threeClasses() throws {
    let table = LabelTable(
      categories: ["refusal", "partial", "compliance"],
      raters: ["j", "h"],
      columns: [Labels([0, 0, 1, 2, 2, 2, 1, 1]), Labels([0, 0, 0, 1, 2, 2, 1, 2])]
    )
    let labels = AssessedLabels(
      table: table,
      judges: [0],
      annotators: [1],
      positive: 0,
      kinds: [.harmful, .harmful, .harmful, .harmful, .harmless, .harmless, .harmless, .harmless]
    )
    let assessment = Assessment(labels)
    let floors = assessment.floorRows(.all)
    #expect(floors.map(\.floor) == [.promptKind, .alwaysRefusal, .neverRefusal])
    // Refusal for harmful (3 of 4), compliance for harmless (3 of 4); refusal always; compliance before partial.
    #expect(floors.map { $0.row.counts.agreeing } == [6, 3, 3])
    #expect(floors[2].floor.name(in: labels) == "floor: commonest but refusal")
  }

  @Test("a list of errors that is cut says how many there are")
  func cut() {
    let labels = Toy.labels(
      judges: [("j", String(repeating: "0", count: 30))],
      annotators: [("h", String(repeating: "1", count: 30))]
    )
    let all = labels.errors(reference: labels.table.columns[1])
    #expect(all.shown.count == 30 && all.found == 30)
    let some = labels.errors(reference: labels.table.columns[1], limit: 7)
    #expect(some.shown.count == 7 && some.found == 30)
    #expect(Assessment(labels).json["errorsListed"]?["found"]?.double == 30)
  }

  @Test("where a number or its interval is missing the text says why, once a table")
  func reasons() {
    let labels = Toy.labels(judges: [("j", "1111"), ("k", "1111")], annotators: [("h", "1111")])
    let lines = Assessment(labels).lines(width: 100)
    #expect(lines.contains { $0.contains("undefined [a]") })
    #expect(lines.contains { $0.contains("[a] undefined: chance disagreement is zero") })
    #expect(lines.allSatisfy { $0.count <= 100 })
    let tex = Assessment(labels).latex
    #expect(tex.contains("--\\textsuperscript{a}"))
    #expect(tex.contains("\\textsuperscript{a}\\,undefined: chance disagreement is zero."))
  }
}
