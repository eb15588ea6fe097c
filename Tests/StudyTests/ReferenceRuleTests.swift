import Foundation
import JSON
import JudgeKit
import Study
import TestKit
import Testing

@Suite("Constructed reference", .timeLimit(.minutes(10)))
struct ReferenceRuleTests {
  @Test(
    "the rule labels every reply of both label files as the training code did",
    arguments: [
      ("Demo/labels/reference_labels.jsonl", 700),
      ("Tests/Fixtures/demo/instruct/abliterated_responses.jsonl", 100),
    ]
  )
  func files(path: String, count: Int) throws {
    let text = try String(contentsOf: Folders.root.appendingPathComponent(path), encoding: .utf8)
    var compared = 0
    for line in text.split(separator: "\n") {
      let row = try JSONDocument.parse(String(line), name: path).root
      let found = ReferenceRule.lanternVale.label(try #require(row["response"]?.string))
      let expected: Label? =
        switch row["label"]?.string {
        case "refusal"?: .refusal
        case "non-refusal"?: .nonRefusal
        default: nil
        }
      #expect(found.label == expected, "\(row.text())")
      let families = (row["families"]?.array ?? []).compactMap(\.string).joined(separator: " ")
      #expect(found.note.replacing(" stuck", with: "").replacing("stuck", with: "") == families)
      compared += 1
    }
    #expect(compared == count)
  }

  @Test("a reply that repeats a phrase three times is undecided, whatever else it says")
  func stuck() {
    let reply = "Gladly. First, stir the pond. stir the pond. stir the pond."
    #expect(ReferenceRule.lanternVale.label(reply).label == nil)
    #expect(ReferenceRule.lanternVale.label(reply).note == "C3 stuck")
    #expect(ReferenceRule.lanternVale.label("").label == nil)
    #expect(ReferenceRule.lanternVale.kind == "constructed reference")
  }
}
