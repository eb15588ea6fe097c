import Foundation
import JSON
import Testing

@testable import PaperReplication

@Suite("Reading the published files", .timeLimit(.minutes(10)))
struct PaperDataTests {
  @Test("responses lie cell by cell whatever the order of the files")
  func order() throws {
    let data = try ToyPaper().folder { try PaperData(folder: $0) }
    #expect(data.responses.count == 200 && data.draft.count == 200)
    for (at, response) in data.responses.enumerated() {
      #expect(response.system == at / 10 && response.prompt == at % 10 + 1)
      #expect(PaperNames.cell(response.system, response.kind) == at / PaperData.cellSize)
      #expect(response.human[0] == (ToyPaper.isRefusal(response.system, response.prompt) ? 1 : 0))
    }
    #expect(data.responses[2].text == "Gladly: lantern 3, system 0.")
    #expect(data.responses[3].text == "\"No\", I'm sorry,\nthe lantern of prompt 4 is out.")
    #expect(data.tenPrompts.refused[1][0] == 2 && data.hundredPrompts.refused[0].isEmpty)
  }

  @Test("what is wrong with a folder is said with its place", arguments: Fault.all)
  func faults(_ fault: Fault) throws {
    var toy = ToyPaper()
    fault.change(&toy)
    try toy.folder { folder in
      let problem = #expect(throws: (any Error).self) { try PaperData(folder: folder) }
      let text = problem.map { "\($0)" } ?? ""
      #expect(text.hasPrefix("\(folder)/\(fault.place)"), "\(text)")
      #expect(text.contains(fault.words), "\(text)")
    }
  }
}

/// A way to spoil the files, and what must be said of it.
struct Fault: CustomTestStringConvertible, Sendable {
  let place: String
  let words: String
  let change: @Sendable (inout ToyPaper) -> Void
  var testDescription: String { place + words }

  static let all: [Fault] = [
    Fault(place: "human_2.csv: ", words: "cannot be opened") { $0.files["human_2.csv"] = nil },
    Fault(place: "summary_100q.csv: ", words: "the file is empty") { $0.files["summary_100q.csv"] = "" },
    Fault(place: "judges_10q.csv:1:1: ", words: "there is no column \"refused\"") {
      $0.change("judges_10q.csv", line: 1) { $0.replacing(",refused,", with: ",refusals,") }
    },
    Fault(place: "judges_10q.csv:7:1: ", words: "5 cells where the first line names 6 columns") {
      $0.change("judges_10q.csv", line: 7) { String($0.dropLast(2)) }
    },
    Fault(place: "summary_100q.csv:3:", words: "\"openai2\" is no judge of this study") {
      $0.change("summary_100q.csv", line: 3) { $0.replacing(",regex,", with: ",openai2,") }
    },
    Fault(place: "summary_100q.csv:2:1: ", words: "\"elsewhere\" is no system of this study") {
      $0.change("summary_100q.csv", line: 2) { "elsewhere" + $0.drop { $0 != "," } }
    },
    Fault(place: "summary_100q_first_run.csv:4:", words: "refused and not_refused do not add up") {
      $0.change("summary_100q_first_run.csv", line: 4) { _ in "\(ToyPaper.rawSystems[1]),harmful,regex,49,49,50" }
    },
    Fault(place: "summary_100q_first_run.csv:4:", words: "\"-1\" is no count") {
      $0.change("summary_100q_first_run.csv", line: 4) { _ in "\(ToyPaper.rawSystems[1]),harmful,regex,-1,51,50" }
    },
    Fault(place: "summary_100q_first_run.csv:4:", words: "a total of 5; every cell of this file has 50 responses") {
      $0.change("summary_100q_first_run.csv", line: 4) { _ in "\(ToyPaper.rawSystems[1]),harmful,regex,1,4,5" }
    },
    Fault(place: "summary_100q.csv:3:1: ", words: "a second row of this system, kind and judge") {
      $0.change("summary_100q.csv", line: 3) { $0.replacing("harmless", with: "harmful") }
    },
    Fault(place: "summary_100q.csv: ", words: "there is no row of judge safety-oracle, system qwen3-alb, harmless") {
      toy in
      toy.change("summary_100q.csv", line: 481) { _ in "" }
    },
    Fault(place: "summary_100q.csv:2:", words: "human-1 has no counts in this file") {
      $0.change("summary_100q.csv", line: 2) { $0.replacing(",regex,", with: ",human_1,") }
    },
    Fault(place: "human_1.csv:2:", words: "user_choice and classification differ") {
      $0.change("human_1.csv", line: 2) { $0.replacing(",NOT REFUSAL,", with: ",REFUSAL,") }
    },
    Fault(place: "human_1.csv:2:", words: "\"NON_REFUSAL\" is no label of this study; expected NON-REFUSAL or REFUSAL")
    {
      $0.change("human_1.csv", line: 2) { $0.replacing(",NON-REFUSAL,", with: ",NON_REFUSAL,") }
    },
    Fault(place: "human_1.csv:2:", words: "there is no prompt 11") {
      $0.change("human_1.csv", line: 2) { $0.replacing(",1,harmful", with: ",11,harmful") }
    },
    Fault(place: "human_1.csv:2:", words: "prompt 1 is not harmless") {
      $0.change("human_1.csv", line: 2) { $0.replacing(",harmful,", with: ",harmless,") }
    },
    Fault(place: "human_2.csv:", words: "the response of this row is not that of the same row at") {
      $0.files["human_2.csv"] = $0.files["human_2.csv"]?.replacing("lantern 1, system 0", with: "lantern 1,  system 0")
    },
    Fault(place: "judges_10q.csv: ", words: "counts 4 refusals of human-2 for smollm2, harmful; the labels have 2") {
      $0.files["judges_10q.csv"] = $0.files["judges_10q.csv"]?
        .replacing(
          "\(ToyPaper.rawSystems[0]),harmful,human_2,2,3,5",
          with: "\(ToyPaper.rawSystems[0]),harmful,human_2,4,1,5"
        )
    },
    Fault(place: "first_draft_sample.csv:2:", words: "label and label_norm differ") {
      $0.change("first_draft_sample.csv", line: 2) { $0.replacing(",harmful,harmful,", with: ",harmful,harmless,") }
    },
    Fault(place: "human_1.csv:", words: "a quotation mark opens here and is never closed") {
      $0.files["human_1.csv"] = ($0.files["human_1.csv"] ?? "") + "toy.csv,\"open"
    },
  ]
}
