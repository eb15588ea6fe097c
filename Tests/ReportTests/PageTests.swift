import JSON
import JudgeKit
import Report
import Study
import Testing

@Suite("The page of a report", .timeLimit(.minutes(10)))
struct PageTests {
  private static let run = SyntheticRun().results
  private static let page = HTMLReport.page(run, StudyAnalysis(run))

  @Test("The page is well-formed, with one heading of the page and one for each section")
  func structure() {
    let reader = PageReader(Self.page)
    #expect(reader.problem == nil)
    #expect(reader.count("h1") == 1)
    let ids = reader.elements.filter { $0.name == "section" }.compactMap { $0.attributes["id"] }
    #expect(
      ids == [
        "findings", "rates", "abstentions", "edits", "agreement", "fidelity", "rules", "disputed", "method",
        "provenance",
      ]
    )
    #expect(reader.elements.first { $0.name == "html" }?.attributes["lang"] == "en")
    #expect(reader.text.contains("never quote") || reader.text.contains("Never quote"))
  }

  @Test("Every link of the index leads to an identifier, and no identifier is there twice")
  func links() {
    let reader = PageReader(Self.page)
    let ids = reader.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    let targets = reader.elements.compactMap { $0.attributes["href"] }
    #expect(targets.count == 11)
    #expect(targets.allSatisfy { $0.hasPrefix("#") && ids.contains(String($0.dropFirst())) })
  }

  @Test("The page needs nothing from elsewhere and runs nothing")
  func selfContained() {
    let reader = PageReader(Self.page)
    for name in ["script", "link", "img", "iframe", "object", "base", "form"] { #expect(reader.count(name) == 0) }
    #expect(!Self.page.contains("url("))
    #expect(!Self.page.contains("@import"))
    #expect(!Self.page.contains("http" + "://") && !Self.page.contains("https:"))
    let attributes = reader.elements.flatMap(\.attributes.keys)
    #expect(!attributes.contains { $0.hasPrefix("on") || $0 == "src" })
  }

  @Test("Every head of a table has a scope, every table a caption, every picture a label")
  func accessible() {
    let reader = PageReader(Self.page)
    #expect(reader.count("table") > 0)
    #expect(reader.count("table") == reader.count("caption"))
    #expect(reader.elements.filter { $0.name == "th" }.allSatisfy { $0.attributes["scope"] != nil })
    let pictures = reader.elements.filter { $0.name == "svg" }
    #expect(pictures.count > 10)
    #expect(pictures.allSatisfy { $0.attributes["role"] == "img" && $0.attributes["aria-label"] != nil })
  }

  @Test("What a model thought before a disputed answer is folded beside it; a page without thoughts has none of it")
  func reasoning() {
    #expect(!Self.page.contains("Reasoning before the answer"))
    var run = SyntheticRun(modelNames: ["lantern"], promptCount: 6).results
    for at in run.responses.indices { run.responses[at].reasoning = "Bram <b>sleeps</b> & dreams." }
    let analysis = StudyAnalysis(run)
    let page = HTMLReport.page(run, analysis)
    let reader = PageReader(page)
    #expect(reader.problem == nil)
    #expect(!analysis.disputed.isEmpty)
    let folded = reader.elements.filter { $0.name == "details" && $0.attributes["class"] == "reasoning" }
    #expect(folded.count == analysis.disputed.count)
    #expect(folded.allSatisfy { $0.attributes["open"] == nil })
    #expect(page.contains("Bram &lt;b&gt;sleeps&lt;/b&gt; &amp; dreams."))
  }

  @Test("Evidence is marked in the text that its judge was shown, never in another")
  func evidenceElsewhere() {
    var run = SyntheticRun(modelNames: ["lantern"], promptCount: 6).results
    let marks = { (run: RunResults) in PageReader(HTMLReport.page(run, StudyAnalysis(run))).count("mark") }
    for at in run.responses.indices { run.responses[at].reasoning = "Hm." }
    for judge in run.verdicts.indices {
      for at in run.verdicts[judge].indices {
        run.verdicts[judge][at]?.verdict.evidence = [Evidence(start: 0, length: 2, rule: "r")]
      }
    }
    #expect(marks(run) > 0)
    for judge in run.judges.indices { run.judges[judge].configuration = #"{"show":"answerWithReasoning"}"# }
    #expect(marks(run) == 0)
  }

  @Test("The same results give the same bytes")
  func deterministic() {
    let again = SyntheticRun().results
    #expect(Array(HTMLReport.page(again, StudyAnalysis(again)).utf8) == Array(Self.page.utf8))
  }

  @Test("A judge that was not asked is shown as not configured, with what it lacks")
  func notConfigured() {
    let text = PageReader(Self.page).text
    #expect(text.contains("not configured: VILLAGE_API_KEY is not set"))
    #expect(text.contains("5 of 6 judges asked"))
  }

  @Test("The reference is called constructed, never human")
  func reference() {
    let text = PageReader(Self.page).text
    #expect(text.contains("Labels: constructed reference"))
    #expect(!text.lowercased().contains("human"))
  }

  @Test("An undefined number is a dash with its reason, never NaN")
  func undefined() {
    var run = Self.run
    run.verdicts[2] = run.verdicts[2].map { _ in
      VerdictInfo(verdict: Verdict(.abstain(.timeout), reading: "logprob"), attempts: 3)
    }
    let page = HTMLReport.page(run, StudyAnalysis(run))
    let reader = PageReader(page)
    #expect(reader.problem == nil)
    #expect(reader.elements.contains { $0.attributes["aria-label"] == "undefined: nothing was counted" })
    #expect(reader.text.contains("small-judge: undefined: nothing was counted; no label: timeout 50"))
    #expect(!reader.text.lowercased().contains("nan "))
    #expect(!page.contains(">nan<") && !page.contains("\"nan\"") && !page.contains("inf\""))
  }

  @Test("At most 40 disputed answers are shown, collapsed, with evidence marked")
  func disputed() {
    let reader = PageReader(Self.page)
    let disputes = reader.elements.filter { $0.attributes["class"] == "dispute" }
    #expect(disputes.count == 40)
    #expect(disputes.allSatisfy { $0.attributes["open"] == nil })
    #expect(reader.elements.contains { $0.name == "mark" && $0.attributes["title"] == "keywords-paper: \\bcan't\\b" })
  }

  @Test("Each rule is listed with how often it matched and how often nothing else did")
  func rules() {
    let analysis = StudyAnalysis(Self.run)
    let reader = PageReader(Self.page)
    let tables = reader.elements.filter { $0.attributes["aria-label"]?.hasPrefix("Matches of ") == true }
    #expect(
      tables.compactMap { $0.attributes["aria-label"] } == [
        "Matches of keywords-paper in 1,400 answers", "Matches of keywords-strict in 1,400 answers",
      ]
    )
    let use = analysis.rules[0]
    #expect(use.rule == "\\bcan't\\b")
    let matched = Self.run.verdicts[0].count { $0?.verdict.evidence.isEmpty == false }
    #expect(use.matched.harmful + use.matched.harmless == matched)
    #expect(use.alone == matched)
    #expect(reader.text.contains("\\bcan't\\b at character"))
  }

  @Test("A judge that names hundreds of rules gets a table of the most frequent")
  func manyRules() throws {
    var run = SyntheticRun().results
    for at in run.verdicts[0].indices {
      let evidence = [
        Evidence(start: 0, length: 1, rule: "rule \(at % 150)"), Evidence(start: .max, length: 1, rule: "x"),
      ]
      run.verdicts[0][at] = VerdictInfo(verdict: Verdict(.refusal, reading: "rule", evidence: evidence), attempts: 1)
    }
    let analysis = StudyAnalysis(run)
    let reader = PageReader(HTMLReport.page(run, analysis))
    #expect(reader.problem == nil)
    #expect(reader.text.contains("The 100 most frequent of 151 rules"))
    #expect(analysis.rules[0].rule == "x")
    #expect(analysis.rules[0].alone == 0)
    let rows = try #require(analysis.json["rules"]?.array)
    #expect(rows.count == analysis.rules.count)
    #expect(rows[0]["rule"]?.string == "x")
    #expect(rows[0]["harmful"]?.integer == analysis.rules[0].matched.harmful)
  }

  @Test("Without caution there is no banner")
  func caution() {
    #expect(PageReader(Self.page).count("aside") == 1)
    var run = SyntheticRun(promptCount: 4)
    run.caution = nil
    let results = run.results
    #expect(PageReader(HTMLReport.page(results, StudyAnalysis(results))).count("aside") == 0)
  }

  @Test("A leak that was allowed is told in red before anything else")
  func leak() throws {
    var results = SyntheticRun(promptCount: 4).results
    results.provenance.append(Fact(group: "leak", name: "allowed", value: "3 of 100 evaluation prompts <also>"))
    let page = HTMLReport.page(results, StudyAnalysis(results))
    #expect(PageReader(page).problem == nil && PageReader(page).count("aside") == 2)
    let alarm = try #require(page.firstRange(of: "<aside class=\"alarm\" role=\"alert\""))
    let caution = try #require(page.firstRange(of: "<aside class=\"caution\""))
    #expect(alarm.lowerBound < caution.lowerBound)
    #expect(page.contains("3 of 100 evaluation prompts &lt;also&gt;. The direction has seen these prompts"))
  }

  @Test("Twenty systems, 100 prompts and 12 judges stay below 3 MB")
  func size() {
    var run = SyntheticRun()
    run.modelNames = (0..<10).map { "model-number-\($0)" }
    run.judgeNames = (0..<12).map { "judge-number-\($0)" }
    let results = run.results
    #expect(results.systems.count == 20)
    let page = HTMLReport.page(results, StudyAnalysis(results))
    #expect(page.utf8.count < 3_000_000)
    #expect(PageReader(page).problem == nil)
  }

  @Test("A run without judges, annotators and answers still is a page")
  func bare() {
    var run = SyntheticRun(promptCount: 2).results
    run.judges = []
    run.verdicts = []
    run.annotators = []
    run.annotations = []
    run.responses = []
    let reader = PageReader(HTMLReport.page(run, StudyAnalysis(run)))
    #expect(reader.problem == nil)
    #expect(reader.text.contains("The study has no reference labels."))
    #expect(reader.text.contains("Nothing can be said: no judge gave a label."))
  }
}
