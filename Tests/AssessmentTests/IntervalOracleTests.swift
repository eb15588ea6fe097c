import Agreement
import Foundation
import JSON
import Testing

@testable import Assessment

/// Figures and the normal intervals of their delete-one-prompt jackknife, computed by Python libraries.
private struct IntervalCase {
  let name: String
  let json: JSONValue

  static let all: [IntervalCase] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Oracles/assessment/intervals.json").path
    let cases = (try? JSONDocument.read(file: file).root["cases"]?.array) ?? []
    return cases.enumerated().map { IntervalCase(name: "case \($0.offset)", json: $0.element) }
  }()

  private func numbers(_ value: JSONValue?) -> [Int?] { (value?.array ?? []).map { $0.double.map { Int($0) } } }

  var categories: Int { Int(json["q"]?.double ?? 0) }
  var hasPeople: Bool { json["figures"]?["ceiling"] != nil }

  /// - Parameter known: as further annotator, alone: the labels that people gave a part of the answers.
  func labels(people: Bool, known: Bool = false) -> AssessedLabels {
    let judges = (json["judges"]?.array ?? []).map { Labels(numbers($0)) }
    let annotators =
      known ? [Labels(numbers(json["known"]))] : people ? (json["people"]?.array ?? []).map { Labels(numbers($0)) } : []
    let columns = judges + annotators
    return AssessedLabels(
      table: LabelTable(
        categories: (0..<categories).map { "c\($0)" },
        raters: columns.indices.map { "r\($0)" },
        columns: columns,
        clusters: numbers(json["prompts"]).compactMap { $0 }
      ),
      judges: Array(judges.indices),
      annotators: Array(judges.count..<columns.count),
      positive: 1,
      isOrdinal: categories > 2,
      systems: numbers(json["systems"]).compactMap { $0.map { Int32($0) } },
      systemNames: ["base", "edited"],
      edits: [SystemPair(original: 0, edited: 1)]
    )
  }

  func expect(
    _ name: String,
    _ figure: Figure?,
    within tolerance: Double = 1e-9,
    _ place: SourceLocation = #_sourceLocation
  ) {
    guard let expected = json["figures"]?[name], let value = expected["value"]?.double,
      let low = expected["low"]?.double,
      let high = expected["high"]?.double
    else {
      Issue.record("no \(name)", sourceLocation: place)
      return
    }
    let ends = figure?.interval.value
    #expect(abs((figure?.value.value ?? .nan) - value) < tolerance, "\(self.name), \(name)", sourceLocation: place)
    #expect(abs((ends?.low ?? .nan) - low) < tolerance, "\(self.name), low end of \(name)", sourceLocation: place)
    #expect(abs((ends?.high ?? .nan) - high) < tolerance, "\(self.name), high end of \(name)", sourceLocation: place)
  }
}

@Suite("Intervals over prompts", .timeLimit(.minutes(10)))
struct IntervalOracleTests {
  /// So many prompts that there is no bootstrap: the jackknife has no chance in it, and its numbers can be compared.
  private static let plan = BootstrapPlan(largestBootstrap: 0)

  @Test("the oracle's cases are read")
  func cases() {
    #expect(IntervalCase.all.count == 4)
    #expect(IntervalCase.all.count { $0.hasPeople } == 2)
  }

  @Test("agreement of a panel and of two, with missing labels left out and as a category", arguments: 0..<4)
  func agreement(at: Int) {
    let one = IntervalCase.all[at]
    let labels = one.labels(people: false)
    let row = PanelRow(labels, raters: labels.judges, scope: .all, plan: Self.plan)
    one.expect("percentAgreement", row.percentAgreement)
    one.expect("krippendorffAlpha", row.alpha)
    one.expect("fleissKappa", row.fleissKappa)
    one.expect("gwetAC1", row.gwetAC1)
    one.expect("thirdAlpha", row.alphaWithAbstentions)
    if one.categories > 2 { one.expect("ordinalAlpha", row.ordinalAlpha) }
    let pair = AgreementRow(labels, 0, 1, scope: .all, plan: Self.plan)
    one.expect("thirdKappa", pair.thirdCategory[.cohenKappa])
  }

  @Test(
    "annotators among themselves, and a judge beside them",
    arguments: IntervalCase.all.indices.filter { IntervalCase.all[$0].hasPeople }
  )
  func people(at: Int) throws {
    let one = IntervalCase.all[at]
    let labels = one.labels(people: true)
    let humans = HumanCeiling(labels, plan: Self.plan)
    one.expect("ceiling", humans.figure(.all))
    one.expect("versusKappa", humans.versusOthers.first?.cohenKappa)
    let test = try #require(AlternativeRow.all(labels, epsilon: 0.1, plan: Self.plan).first)
    one.expect("advantage", test.advantageProbability)
    #expect(test.winningRate.interval == .undefined(.countsDecisions))
  }

  @Test(
    "errors that judges share, and where the variance comes from",
    arguments: IntervalCase.all.indices.filter { IntervalCase.all[$0].hasPeople }
  )
  func panels(at: Int) throws {
    let one = IntervalCase.all[at]
    let labels = one.labels(people: true)
    let choice = PanelChoice(labels, reference: ReferenceRule.majority.reference(labels), plan: Self.plan)
    one.expect("errorCorrelation", choice.errorCorrelation)
    one.expect("effectiveSize", choice.effectiveSize)
    let shares = try #require(VarianceShares.of(labels, scope: .all, plan: Self.plan).value)
    one.expect("judgeShare", shares.judgeShare, within: 1e-7)
    one.expect("residualShare", shares.share(.residual), within: 1e-7)
  }

  @Test(
    "corrected rates and their difference keep the answers to one prompt together",
    arguments: IntervalCase.all.indices.filter { IntervalCase.all[$0].hasPeople }
  )
  func corrected(at: Int) throws {
    let one = IntervalCase.all[at]
    let labels = one.labels(people: true, known: true)
    let rule = try #require(ReferenceRule.standard(for: labels))
    let difference = try #require(CorrectedDifference.all(labels, rules: [rule]).first)
    one.expect("correctedDifference", difference.corrected)
    let rate = try #require(CorrectedRate.all(labels, rules: [rule], wantedWidth: nil).first)
    if rate.labelled + rate.unlabelled > labels.table.clusterCount {
      one.expect("correctedRate", rate.corrected)
    } else {
      // One answer a prompt: the paper's own interval, the normal one.
      let powered = PredictionPoweredMean(
        human: labels.table.columns[3].selecting(labels.itemsBySystem(.all)[0]),
        judge: labels.table.columns[0].selecting(labels.itemsBySystem(.all)[0]),
        positive: 1
      )
      #expect(rate.corrected.interval == powered.tuned().map { $0.interval })
    }
  }

  @Test("each answer written twice changes no interval where prompts are drawn whole")
  func copies() throws {
    let one = IntervalCase.all[0]
    let labels = one.labels(people: true)
    let twice = AssessedLabels(
      table: labels.table.selecting(items: Array(0..<labels.table.itemCount) + Array(0..<labels.table.itemCount)),
      judges: labels.judges,
      annotators: labels.annotators,
      positive: 1
    )
    let plan = BootstrapPlan(replicates: 300)
    let (first, second) = (HumanCeiling(labels, plan: plan), HumanCeiling(twice, plan: plan))
    let (a, b) = (try #require(first.figure(.all).interval.value), try #require(second.figure(.all).interval.value))
    #expect(abs(a.low - b.low) < 1e-12 && abs(a.high - b.high) < 1e-12)
    let reference = ReferenceRule.majority.reference(labels)
    let whole = PanelChoice(labels, reference: reference, plan: plan).errorCorrelation
    let copied = PanelChoice(twice, reference: ReferenceRule.majority.reference(twice), plan: plan).errorCorrelation
    #expect(abs((whole.interval.value?.low ?? 9) - (copied.interval.value?.low ?? -9)) < 1e-12)
  }
}
