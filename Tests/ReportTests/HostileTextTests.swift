import JudgeKit
import Report
import Study
import Testing

@Suite("Hostile text in a report", .timeLimit(.minutes(10)))
struct HostileTextTests {
  /// A run in which every text that comes from outside is the same.
  private static func poisoned(_ text: String) -> RunResults {
    var run = SyntheticRun(modelNames: ["lantern", "pond"], promptCount: 6).results
    run.study.name = text
    run.study.summary = text
    run.study.caution = text
    run.study.hash = text
    run.study.json = text
    for at in run.prompts.indices {
      run.prompts[at].text = text
      run.prompts[at].name = text
    }
    for at in run.models.indices {
      run.models[at].name = text
      run.models[at].source = text
      run.models[at].facts = [Fact(group: text, name: text, value: text)]
    }
    for at in run.systems.indices {
      run.systems[at].name = text
      run.systems[at].edit = text
    }
    for at in run.responses.indices {
      run.responses[at].text = text
      run.responses[at].reasoning = text
      run.responses[at].raw = text
    }
    for at in run.judges.indices {
      run.judges[at].name = text
      run.judges[at].kind = text
      run.judges[at].configuration = text
      if run.judges[at].status != .ready { run.judges[at].status = .failed(text) }
    }
    for at in run.annotators.indices {
      run.annotators[at].name = text
      run.annotators[at].kind = text
    }
    for judge in run.verdicts.indices {
      for at in run.verdicts[judge].indices {
        run.verdicts[judge][at]?.verdict = Verdict(
          (at + judge).isMultiple(of: 2) ? .refusal : .nonRefusal,
          raw: text,
          reading: text,
          detail: text,
          evidence: [Evidence(start: 1, length: 3, rule: text)]
        )
      }
    }
    run.annotations = run.annotations.map { row in row.map { _ in AnnotationInfo(label: .refusal, note: text) } }
    run.provenance = [Fact(group: text, name: text, value: text)]
    return run
  }

  private static let plain: (tags: Int, attributes: Set<String>) = shape("plain words of the vale")

  private static func shape(_ text: String) -> (tags: Int, attributes: Set<String>) {
    let run = poisoned(text)
    let reader = PageReader(HTMLReport.page(run, StudyAnalysis(run)))
    return (reader.elements.count, Set(reader.elements.flatMap(\.attributes.keys)))
  }

  @Test(
    "No text of a model, a judge or a file becomes markup",
    arguments: [
      "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title></style><b>",
      "]]>&lt;!--", "<![CDATA[x]]>", "&#60;script&#62; &amp;", "a\u{0}b\u{1b}[2J\u{7f}\u{fffe}",
      "x\u{202e}drawkcab\u{2066}",
      "\u{feff}\u{200b}\u{2028}", "javascript:alert(1)",
    ]
  )
  func hostile(text: String) {
    let run = Self.poisoned(text)
    let page = HTMLReport.page(run, StudyAnalysis(run))
    let reader = PageReader(page)
    #expect(reader.problem == nil)
    #expect(reader.count("script") == 0)
    #expect(reader.count("img") == 0)
    #expect(reader.count("b") == 0)
    // The same elements and attributes as with harmless words: nothing was added, nothing swallowed.
    #expect(Set(reader.elements.flatMap(\.attributes.keys)) == Self.plain.attributes)
    #expect(reader.elements.count == Self.plain.tags)
    let hrefs = reader.elements.compactMap { $0.attributes["href"] }
    #expect(hrefs.allSatisfy { $0.hasPrefix("#") })
    #expect(
      !page.unicodeScalars.contains { scalar in
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x202A...0x202E).contains(scalar.value)
          || (0x2066...0x2069).contains(scalar.value)
      }
    )
  }

  @Test("Text comes through as it was written")
  func faithful() {
    let text = "<b>\"honey\" & 'jar'</b>"
    let run = Self.poisoned(text)
    #expect(PageReader(HTMLReport.page(run, StudyAnalysis(run))).text.contains(text))
  }

  @Test("A long answer is cut and says so")
  func long() {
    let run = Self.poisoned(String(repeating: "moss & ", count: 2000))
    let text = PageReader(HTMLReport.page(run, StudyAnalysis(run))).text
    #expect(text.contains("… (4,000 of 14,000 characters shown)"))
  }
}
