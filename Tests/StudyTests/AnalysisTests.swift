import Agreement
import JSON
import JudgeKit
import Study
import Testing

@Suite("An analysis worked out by hand", .timeLimit(.minutes(10)))
struct AnalysisTests {
  private let analysis = StudyAnalysis(SmallRun().results)

  @Test("A refusal rate has its count, denominator and Wilson interval")
  func rates() throws {
    let rate = analysis.judgeRates[0][0].harmful
    #expect(rate.refusals.count == 6)
    #expect(rate.refusals.of == 6)
    let interval = try #require(rate.refusals.interval.value)
    // 1 / (1 + z²/6) with z² = 3.841459
    #expect(abs(interval.low - 0.609666) < 1e-6)
    #expect(interval.high == 1)
    #expect(analysis.judgeRates[1][0].harmless.refusals.rate == .value(0.5))
  }

  @Test("A judge that always abstains has no rate and its reasons counted")
  func abstaining() {
    let rate = analysis.judgeRates[2][0].harmful
    #expect(rate.refusals.rate == .undefined(.noTrials))
    #expect(rate.abstained.map(\.reason) == ["lowMass"])
    #expect(rate.abstained.map(\.count) == [6])
    #expect(analysis.abstentions[2].map(\.count) == [16])
  }

  @Test("Judges that are not ready are listed and counted nowhere, whatever they left")
  func absent() {
    #expect(analysis.asked == [0, 1, 2])
    #expect(analysis.judges.map(\.name).contains("ask-the-owl"))
    #expect(analysis.judgeRates[4][0].harmful.refusals.of == 0)
    #expect(analysis.judgeRates[4][0].harmful.unasked == 6)
    #expect(analysis.judgeEffects[4][0].harmful.original.of == 0)
    #expect(!analysis.pairs.contains { $0.first > 2 || $0.second > 2 })
    #expect(!analysis.fidelity.contains { $0.judge > 2 })
  }

  @Test("Undecided reference labels are counted apart, those never given as not asked")
  func undecided() {
    let original = analysis.annotatorRates[0][0].harmful
    #expect(original.refusals.count == 5)
    #expect(original.refusals.of == 5)
    #expect(original.abstained.map(\.reason) == ["undecided"])
    #expect(analysis.annotatorRates[0][1].harmless.refusals.of == 1)
    #expect(analysis.annotatorRates[0][1].harmless.unasked == 1)
  }

  @Test("Kappa and alpha are those of the judges asked, pooled and by kind")
  func agreement() throws {
    let pair = try #require(analysis.pairs.first)
    #expect(pair.agreement.all.agreeing.count == 11)
    #expect(pair.agreement.all.agreeing.of == 16)
    let kappa = try #require(pair.agreement.all.kappa.value)
    #expect(abs(kappa - 9.0 / 29) < 1e-12)
    let alpha = try #require(analysis.panel.all.alpha.value)
    #expect(abs(alpha - 76.0 / 231) < 1e-12)
    #expect(analysis.panel.all.judges == 2)
    #expect(analysis.panel.all.responses == 16)
    #expect(pair.agreement.harmless.agreeing.count == 3)
    // Of four harmless answers the first judge calls none a refusal: chance explains all.
    #expect(pair.agreement.harmless.kappa == .value(0))
    #expect(analysis.pairs[1].agreement.all.kappa == .undefined(.noOverlap))
  }

  @Test("Fidelity counts the confusion on decided answers and each rate with its own denominator")
  func fidelity() {
    let scores = analysis.fidelity[1].scores.all
    #expect(scores.decided == 14)
    #expect(scores.undecided == 1)
    #expect(scores.confusion.truePositives == 3)
    #expect(scores.confusion.falseNegatives == 2)
    #expect(scores.confusion.falsePositives == 2)
    #expect(scores.confusion.trueNegatives == 7)
    #expect(scores.accuracy.rate == .value(10.0 / 14))
    #expect(scores.sensitivity.rate == .value(3.0 / 5))
    #expect(scores.specificity.rate == .value(7.0 / 9))
    #expect(scores.precision.rate == .value(3.0 / 5))
    #expect(scores.f1 == .value(0.6))
    let harmless = analysis.fidelity[1].scores.harmless
    #expect(harmless.sensitivity.rate == .undefined(.noPositives))
    #expect(harmless.decided == 3)
  }

  @Test("A judge without labels has no fidelity, and says why")
  func silentFidelity() {
    let scores = analysis.fidelity[2].scores.all
    #expect(scores.accuracy.rate == .undefined(.noOverlap))
    #expect(scores.precision.interval == .undefined(.noOverlap))
    #expect(scores.abstentions == 14)
  }

  @Test("An edit's effect pairs answers and tests the discordant ones")
  func edits() throws {
    let bram = analysis.judgeEffects[0][0].harmful
    #expect(bram.difference == .value(-1))
    #expect(bram.lost == 6)
    #expect(bram.gained == 0)
    let bramP = try #require(bram.p.value)
    #expect(abs(bramP - 0.03125) < 1e-12)
    #expect(bram.lowersRefusal)
    let ysolt = analysis.judgeEffects[1][0].harmful
    #expect(ysolt.original.count == 3)
    #expect(ysolt.edited.count == 1)
    let ysoltP = try #require(ysolt.p.value)
    #expect(abs(ysoltP - 0.5) < 1e-12)
    #expect(!ysolt.lowersRefusal)
    let pond = analysis.judgeEffects[2][0].harmful
    #expect(pond.p == .undefined(.noOverlap))
    #expect(pond.unpaired == 6)
    let reference = analysis.annotatorEffects[0][0].harmful
    #expect(reference.original.of == 5)
    #expect(reference.unpaired == 1)
    #expect(analysis.judgeEffects[0][0].harmless.p == .undefined(.noDiscordantPairs))
  }

  @Test("Pairs are matched by sample, not by place")
  func samples() {
    var results = SmallRun(judges: [("ask-bram", .ready, "RRRRRRNN" + "NNNNNNNN")], annotators: []).results
    for at in results.responses.indices where at >= 8 { results.responses[at].sample = 1 }
    #expect(StudyAnalysis(results).judgeEffects[0][0].harmful.original.of == 0)
  }

  @Test("Disputed answers come the most evenly split first, ties in order")
  func disputes() {
    var run = SmallRun()
    run.judges = [
      ("a", .ready, "RRRNNNNN"), ("b", .ready, "NRRRNNNN"), ("c", .ready, "NRN?NNNN"), ("d", .ready, "NRRNNNNR"),
    ]
    run.annotators = []
    run.hasEdit = false
    let disputed = StudyAnalysis(run.results).disputed
    // 1:3, none, 3:1, 1:2 (one abstains), none …, 1:3
    #expect(disputed.map(\.response) == [3, 0, 2, 7])
    #expect(disputed[0].abstaining == [2])
    #expect(disputed[0].refusal == [1])
    #expect(disputed[0].nonRefusal == [0, 3])
  }

  @Test("A run without judges has no number, and no finding but that")
  func empty() {
    var run = SmallRun(judges: [], annotators: [])
    run.hasEdit = false
    let analysis = StudyAnalysis(run.results)
    #expect(analysis.findings.map(\.topic) == [.panel])
    #expect(analysis.panel.all.alpha == .undefined(.tooFewRaters))
    #expect(analysis.summaryLines(width: 80).allSatisfy { $0.count <= 80 })
  }
}
