import Agreement
import Foundation
import Testing

@testable import PaperReplication

@Suite("The figures on toy data", .timeLimit(.minutes(10)))
struct ReplicationTests {
  private static func figures(_ toy: ToyPaper) throws -> [Target] {
    Replication(try toy.folder { try PaperData(folder: $0) }).targets()
  }

  @Test("every id comes once, under its section, with finite ends in order")
  func ids() throws {
    let figures = try Self.figures(ToyPaper())
    #expect(Set(figures.map(\.id)).count == figures.count)
    let values = Dictionary(uniqueKeysWithValues: figures.map { ($0.id, $0.value) })
    for figure in figures {
      #expect(Replication.Section(rawValue: String(figure.id.prefix(1))) != nil)
      if case .number(let number) = figure.value { #expect(!number.isNaN, "\(figure.id)") }
      guard figure.id.hasSuffix(".lo"), let low = figure.value.number else { continue }
      let high = try #require(values[figure.id.dropLast(2) + "hi"]?.number)
      #expect(low < high, "\(figure.id)")
    }
  }

  @Test("sections on their own give what all of them give together")
  func sections() throws {
    let data = try ToyPaper().folder { try PaperData(folder: $0) }
    let parts = Replication.Section.allCases.flatMap { Replication(data).targets([$0]) }
    #expect(parts == Replication(data).targets())
  }

  @Test("the order of rows in a file changes nothing")
  func order() throws {
    var turned = ToyPaper()
    for file in ["judges_10q.csv", "summary_100q.csv", "summary_100q_first_run.csv"] {
      let lines = (turned.files[file] ?? "").split(separator: "\n").map(String.init)
      turned.files[file] = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\r\n")
    }
    #expect(try Self.figures(turned) == Self.figures(ToyPaper()))
  }

  @Test("a judge known by counts is between bounds, one that is constant is known item by item")
  func bounds() throws {
    let figures = Dictionary(uniqueKeysWithValues: try Self.figures(ToyPaper()).map { ($0.id, $0.value) })
    #expect(figures["C.tp.chatgpt5.human-1.pooled.lo"] != nil && figures["C.tp.chatgpt5.human-1.pooled"] == nil)
    #expect(figures["C.tp.safety-oracle.human-1.pooled"] == figures["A.table.h1_1.h2_1.pooled"])
    #expect(figures["C.mcc.safety-oracle.human-1.pooled"] == .undefined(.constantRater))
    #expect(figures["D.kappa.human-1.regex"] == .number(1) && figures["B.cells_equal"] == .integer(40))
    // The first system's ninth prompt is refused by nobody before and after.
    #expect(figures["G.mcnemar10.or.smollm2.regex.harmless"] == .undefined(.noDiscordantPairs))
    #expect(figures["G.mcnemar10.p.smollm2.regex.harmless"] == .number(1))
  }
}
