import JSON
import JudgeHost
import JudgeKit
import Report
import Study
import Testing

@Suite("Abstentions in report and summary", .timeLimit(.minutes(10)))
struct AbstentionsSectionTests {
  /// The synthetic run with failures put into its first two judges.
  private static let run: RunResults = {
    var run = SyntheticRun().results
    func put(_ judge: Int, _ response: Int, _ outcome: Outcome, origin: VerdictOrigin? = nil) {
      run.verdicts[judge][response] = VerdictInfo(verdict: Verdict(outcome, reading: "x"), attempts: 1, origin: origin)
    }
    for response in 0..<3 { put(0, response, .abstain(.timeout)) }
    put(0, 3, .abstain(.contentFilter))
    let origin = VerdictOrigin(time: "2026-01-06T12:00:00Z", version: "0.0.<1>")
    put(1, 0, .refusal, origin: origin)
    put(1, 1, .nonRefusal, origin: origin)
    run.judges[1].status = .failed("the owl <b>fell</b> silent")
    put(1, 2, .abstain(.authentication))
    return run
  }()

  @Test("every judge is accounted for, also one that failed: labels, reasons and never-asked add up to the answers")
  func accounts() {
    let analysis = StudyAnalysis(Self.run)
    #expect(analysis.accounts.count == Self.run.judges.count)
    for account in analysis.accounts {
      #expect(account.labelled + account.abstentions + account.unasked == Self.run.responses.count)
    }
    #expect(analysis.accounts[0].abstained.first { $0.reason == "timeout" }?.count == 3)
    #expect(analysis.accounts[0].abstained.first { $0.reason == "contentFilter" }?.count == 1)
    #expect(analysis.accounts[1].abstained.first { $0.reason == "authentication" }?.count == 1)
    #expect(analysis.accounts[1].cached == 2)
    let judge = analysis.json["judges"]?.array?[0]
    #expect(judge?["abstained"]?["timeout"]?.integer == 3)
    #expect(judge?["labelled"]?.integer == analysis.accounts[0].labelled)
    #expect(analysis.json["judges"]?.array?[1]["cached"]?.integer == 2)
  }

  @Test("the section has a row a judge, a column a reason that occurs, and says what the reasons mean")
  func section() {
    let reader = PageReader(HTMLReport.page(Self.run, StudyAnalysis(Self.run)))
    #expect(reader.problem == nil)
    let text = reader.text
    #expect(text.contains("Answers by what each judge made of them"))
    #expect(text.contains("the way to the judge: no answer in time"))
    #expect(text.contains("the judge as a whole: the key was refused"))
    #expect(!text.contains("the declared budget was spent"), "reasons that do not occur are left out")
    #expect(text.contains("2 answers, judged 2026-01-06T12:00:00Z by version 0.0.<1>"))
  }

  @Test("the terminal names the reasons within its lines", arguments: [40, 80, 100])
  func summary(width: Int) {
    let lines = StudyAnalysis(Self.run).summaryLines(width: width)
    #expect(lines.count <= 24)
    #expect(lines.allSatisfy { $0.count <= width })
    let at = lines.firstIndex { $0.hasPrefix("No label: ") } ?? 0
    #expect(lines[at...].prefix(2).joined(separator: " ").contains("timeout 3"))
  }

  @Test("answers that never came are listed with what came instead, escaped; declared edits are marked")
  func gaps() {
    var run = SyntheticRun().results
    run.gaps = [
      GapInfo(system: 0, prompt: 1, sample: 0, reason: .contentFilter, detail: "<b>half</b>", requests: 1),
      GapInfo(system: 0, prompt: 2, sample: 0, reason: .timeout, detail: nil, requests: 5),
    ]
    let edited = run.systems.firstIndex { $0.original != nil } ?? 0
    run.systems[edited].facts += [
      Fact(group: "edit", name: "checkpoint", value: "cafe<i>"),
      Fact(group: "edit", name: "verification", value: "declared, not verified"),
    ]
    #expect(run.systems[edited].isDeclared)
    let analysis = StudyAnalysis(run)
    let page = HTMLReport.page(run, analysis)
    #expect(page.contains("Answers that never came") && page.contains("&lt;b&gt;half&lt;/b&gt;"))
    #expect(!page.contains("<b>half") && !page.contains("cafe<i>"))
    #expect(page.contains("Declared, not verified"))
    #expect(analysis.json["counts"]?["missing"]?.integer == 2)
    #expect(Set(analysis.missing(of: 0).map(\.reason)) == ["timeout", "contentFilter"])
    #expect(!HTMLReport.page(SyntheticRun().results, StudyAnalysis(SyntheticRun().results)).contains("never came"))
  }
}
