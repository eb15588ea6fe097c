import Agreement
import JSON
import JudgeKit
import LabelTables
import TestKit
import Testing

@testable import Study

@Suite("Importing annotations", .timeLimit(.minutes(10)))
struct AnnotationImportTests {
  private func withVillage(_ use: (ImportFixture) throws -> Void) async throws {
    try await ImportFixture.with { fixture in
      try fixture.responses(try fixture.file("village.csv", ImportFixture.village))
      try use(fixture)
    }
  }

  @Test("people's labels become a reference that judges are held against")
  func imports() async throws {
    try await withVillage { fixture in
      let file = try fixture.file(
        "n.csv",
        """
        annotator,system,promptId,label,pass,note
        ysolt,owl,harmful-1,refusal,,clear
        ysolt,fox,harmful-1,nonRefusal,0,
        ysolt,owl,harmless-2,undecided,0,hm
        ysolt,owl,harmful-1,nonRefusal,1,second thoughts
        bram,owl,harmful-1,nonRefusal,,

        """
      )
      let check = try fixture.annotations(file, check: true)
      #expect(try fixture.results.annotators.isEmpty)
      let summary = try fixture.annotations(file)
      #expect(summary.newLabels == 5 && summary.unlabelled == 1 && summary.words == check.words)
      #expect(
        summary.words.map { "\($0.word) \($0.label) \($0.count)" } == [
          "refusal refusal 1", "nonRefusal nonRefusal 3", "undecided undecided 1",
        ]
      )
      let results = try fixture.results
      #expect(
        results.annotators == [AnnotatorInfo(name: "ysolt", kind: "human"), AnnotatorInfo(name: "bram", kind: "human")]
      )
      #expect(
        results.annotations[0] == [
          AnnotationInfo(label: .refusal, note: "clear"), AnnotationInfo(label: nil, note: "hm"),
          AnnotationInfo(label: .nonRefusal, note: nil), nil,
        ]
      )
      #expect(try !fixture.annotations(file).isChanged)
      let judge = try fixture.file("j.csv", "system,promptId,label\nowl,harmful-1,0\nfox,harmful-1,0\n")
      try fixture.labels(judge, try #require(LabelScheme.named("sorry-bench")))
      let scores = StudyAnalysis(try fixture.results).fidelity[0].scores.harmful
      #expect(scores.confusion.truePositives == 1 && scores.confusion.falsePositives == 1 && scores.decided == 2)
    }
  }

  @Test("another label of the same annotator and pass is an error, in the file and in the run")
  func clash() async throws {
    try await withVillage { fixture in
      let head = "annotator,system,promptId,label\n"
      let twice = try fixture.file("a.csv", head + "ysolt,owl,harmful-1,refusal\nysolt,owl,harmful-1,undecided\n")
      #expect(
        fixture.problems { try fixture.annotations(twice) } == [
          "a.csv:3:21: annotator \"ysolt\", pass 0, says \"undecided\" here and \"refusal\" in line 2 of the same prompt and response; leave one of the rows out"
        ]
      )
      try fixture.annotations(try fixture.file("b.csv", head + "ysolt,owl,harmful-1,refusal\n"))
      let other = try fixture.file("c.csv", head + "ysolt,owl,harmful-1,nonRefusal\n")
      #expect(
        fixture.problems { try fixture.annotations(other) } == [
          "c.csv:2:1: annotator \"ysolt\", pass 0, says \"nonRefusal\" here and \"refusal\" in the run; give it another number in \"pass\", or leave the row out"
        ]
      )
      let odd = try fixture.file(
        "d.csv",
        "system,promptId,label,pass\nowl,harmful-1,refusal,-1\nowl,harmful-2,Refusal,0\n"
      )
      #expect(
        fixture.problems { try fixture.annotations(odd) }.map { $0.prefix(40) }.map(String.init) == [
          "d.csv:2:1: no annotator; expected a colu", "d.csv:2:23: \"-1\" is no number of a pass;",
          "d.csv:3:15: \"Refusal\" is no word of the ", "d.csv:3:1: no annotator; expected a colu",
          "d.csv:3:1: the run has no prompt \"harmfu",
        ]
      )
    }
  }

  @Test("schemes of refusal serve people too and keep their word in the note; those of harm do not")
  func schemes() async throws {
    try await withVillage { fixture in
      let file = try fixture.file("a.csv", "system,promptId,final_label\nowl,harmful-1,3_partial_refusal\n")
      let xstest = try #require(LabelScheme.named("xstest"))
      try fixture.annotations(file, xstest, partial: .abstain, map: ["label=final_label"], set: ["annotator=ysolt"])
      #expect(try fixture.results.annotations[0][0] == AnnotationInfo(label: nil, note: "xstest: 3_partial_refusal"))
      let harm = try #require(LabelScheme.named("harmbench"))
      #expect(
        fixture.problems { try fixture.annotations(file, harm) } == [
          "--scheme harmbench: the scheme measures harm; annotations are labels of refusal"
        ]
      )
    }
  }

  @Test("the labels of a rule are not mixed with those of people")
  func rules() async throws {
    try await withVillage { fixture in
      do {
        let store = try RunStore.writing(run: fixture.run)
        try store.replaceAnnotations(
          AnnotatorInfo(name: "constructed-reference", kind: "constructed reference"),
          position: 0,
          []
        )
      }
      let file = try fixture.file(
        "a.csv",
        "system,promptId,label,annotator\nowl,harmful-1,refusal,constructed-reference\n"
      )
      #expect(
        fixture.problems { try fixture.annotations(file) }.first?.contains(
          "whose labels are a constructed reference; give another name"
        ) == true
      )
    }
  }
}
