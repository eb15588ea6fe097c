import JSON
import LabelTables
import Testing

@Suite("Counts by cell", .timeLimit(.minutes(10)))
struct CellCountsTests {
  private let head = "rater,system,kind,refused,not_refused,total\n"

  private func mapping() -> CountMapping {
    var mapping = CountMapping()
    mapping.total = "total"
    return mapping
  }

  @Test("counts are kept by rater, system and kind")
  func reads() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", head + "owl,s1,harmful,3,2,5\nowl,s1,harmless,0,5,5\nhen,s2,harmful,5,0,5\n")
    let counts = try CountFile.read([path], mapping())
    #expect(
      counts.raters == ["owl", "hen"] && counts.systems == ["s1", "s2"] && counts.kinds == ["harmful", "harmless"]
    )
    let cell = CellCounts.Cell(system: "s1", kind: "harmful")
    #expect(counts["owl", cell] == CellCounts.Count(refused: 3, total: 5))
    #expect(counts["owl", cell]?.notRefused == 2)
    #expect(counts["hen", cell] == nil)
    #expect(counts.missing("hen").count == 3)
    #expect(counts.total("owl") == CellCounts.Count(refused: 3, total: 10))
  }

  @Test(
    "each slip is one error with its place",
    arguments: [
      ("owl,s,k,3,2,6\n", "a.csv:2:13: 3 refused and 2 not refused are 5, not 6"),
      ("owl,s,k,-3,2,6\n", "a.csv:2:9: \"-3\" is no count; expected a whole number from 0"),
      ("owl,s,k,1.5,2,6\n", "a.csv:2:9: \"1.5\" is no count; expected a whole number from 0"),
      ("owl,,k,3,2,5\n", "a.csv:2:5: no system"),
      ("owl,s,k,3,2,5\nowl,s,k,3,2,5\n", "a.csv:3:1: rater \"owl\" has a count for s, k in line 2 already"),
    ]
  )
  func slips(rows: String, problem: String) throws {
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", head + rows)
    #expect(fixture.problems { try CountFile.read([path], mapping()) } == [problem])
  }

  @Test("total and refused alone are enough; constants stand for cells that nobody names")
  func totals() throws {
    let json = """
      { "version": 1, "form": "counts", "rater": "judge", "refused": "num_refusals", "total": "count",
        "constants": { "system": "all", "kind": "all" }, "names": { "rater": { "Owl": "owl" } } }
      """
    guard case .counts(let mapping) = try MappingFile(JSONDocument.parse(json, name: "m.json")) else {
      Issue.record("a mapping of counts was read as one of labels")
      return
    }
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", "judge,count,num_refusals\nOwl,2000,29\n")
    #expect(try CountFile.read([path], mapping).total("owl") == CellCounts.Count(refused: 29, total: 2000))
    let more = try fixture.file("b.csv", "judge,count,num_refusals\nhen,20,29\n")
    #expect(fixture.problems { try CountFile.read([more], mapping) } == ["b.csv:2:8: 29 refused of 20"])
  }

  @Test("labels count as their counts do")
  func counted() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", "a,b,s,k\nrefusal,,x,h\nrefusal,nonRefusal,x,h\nnonRefusal,refusal,y,h\n")
    let items = try fixture.read([path]) {
      ($0.judges, $0.attributes) = (["a", "b"], [.system: "s", .kind: "k"])
    }
    let counts = try #require(items.cellCounts)
    #expect(counts["a", .init(system: "x", kind: "h")] == .init(refused: 2, total: 2))
    #expect(counts["b", .init(system: "x", kind: "h")] == .init(refused: 0, total: 1))
    #expect(counts["b", .init(system: "y", kind: "h")] == .init(refused: 1, total: 1))
  }
}
