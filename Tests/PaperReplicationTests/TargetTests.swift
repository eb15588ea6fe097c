import Agreement
import Foundation
import JSON
import Testing

@testable import PaperReplication

@Suite("Lists of expected figures", .timeLimit(.minutes(10)))
struct TargetTests {
  private static func list(_ text: String) throws -> TargetList {
    var toy = ToyPaper()
    toy.files = ["list.csv": text]
    return try toy.folder { try TargetList(file: $0 + "/list.csv") }
  }

  @Test("numbers, infinity, undefined and both kinds of tolerance")
  func reading() throws {
    let list = try Self.list(
      "tolerance,id,value,what\n0,A.n,3,x\nrel 1e-8,A.p,1e-20,\"y, z\"\n1e-9,A.o,inf,\n0.5,A.u,nan,\n"
    )
    #expect(list.lines.map(\.expected) == [.number(3), .number(1e-20), .number(.infinity), .undefined])
    #expect(list.lines.map(\.tolerance) == [.absolute(0), .relative(1e-8), .absolute(1e-9), .absolute(0.5)])
  }

  @Test(
    "a bad line is said with its place",
    arguments: [
      ("id,value\nA.n,3\n", "list.csv:1:1: there is no column \"tolerance\""),
      ("id,value,tolerance\nA.n,three,0\n", "list.csv:2:5: \"three\" is no value"),
      ("id,value,tolerance\nA.n,3,rel\n", "list.csv:2:7: \"rel\" is no tolerance"),
      ("id,value,tolerance\nA.n,3,-1\n", "list.csv:2:7: \"-1\" is no tolerance"),
      ("id,value,tolerance\nA.n,3,0\nA.n,3,0\n", "list.csv:3:1: a second line of A.n"),
      ("id,value,tolerance\nA.n,3\n", "list.csv:2:1: 2 cells where the first line names 3 columns"),
    ]
  )
  func faults(_ text: String, _ words: String) {
    let problem = #expect(throws: (any Error).self) { try Self.list(text) }
    #expect(problem.map { "\($0)".contains(words) } == true, "\(String(describing: problem))")
  }

  @Test("every way in which a line can hold or not")
  func comparing() throws {
    let list = try Self.list(
      """
      id,value,tolerance
      A.exact,3,0
      A.near,0.5,1e-3
      A.far,0.5,1e-3
      A.share,100,rel 1e-2
      A.endless,inf,1e-9
      A.notEndless,inf,rel 1e-9
      A.none,nan,0
      A.some,nan,0
      A.noneToo,1,0
      A.missing,1,0
      B.other,1,0
      Z.unknown,1,0

      """
    )
    let targets = [
      Target(id: "A.exact", value: .integer(3)), Target(id: "A.near", value: .number(0.5009)),
      Target(id: "A.far", value: .number(0.502)), Target(id: "A.share", value: .number(100.9)),
      Target(id: "A.endless", value: .number(.infinity)), Target(id: "A.notEndless", value: .number(1e300)),
      Target(id: "A.none", value: .undefined(.constantRater)), Target(id: "A.some", value: .number(0)),
      Target(id: "A.noneToo", value: .undefined(.noPositives)), Target(id: "A.more", value: .integer(1)),
    ]
    let comparison = TargetComparison(targets, with: list, sections: [.a])
    #expect(
      comparison.failures.map(\.line.id) == ["A.far", "A.notEndless", "A.some", "A.noneToo", "A.missing", "Z.unknown"]
    )
    let tally = try #require(comparison.tallies.first)
    #expect(tally.section == "A" && tally.passed == 4 && tally.undefinedAsExpected == 1)
    #expect(tally.failed == 5 && tally.notInList == 1)
    #expect(comparison.tallies.map(\.section) == ["A", "Z"])
  }

  @Test("values as JSON")
  func json() {
    #expect(TargetValue.integer(3).json == .integer(3) && TargetValue.number(0.5).json == .number(0.5))
    #expect(TargetValue.number(.infinity).json == .string("inf"))
    #expect(TargetValue.undefined(.constantRater).json == ["undefined": "constantRater"])
  }
}
