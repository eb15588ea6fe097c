import Agreement
import Foundation
import JSON
import LabelTables
import Testing

@Suite("Mapping files", .timeLimit(.minutes(10)))
struct MappingTests {
  private func problems(_ json: String) throws -> [String] {
    try LabelFixture().problems { try MappingFile(JSONDocument.parse(json, name: "m.json")) }
  }

  @Test("every slip is told in one go, with its place and the nearest word")
  func slips() throws {
    let json = """
      { "version": 1, "fomr": "wide",
        "categories": ["bad", "good"], "scale": "ordinl",
        "words": { "1": "god", "2": 3 },
        "vocabulary": "xstest",
        "raters": [ { "colum": "a" }, { "column": "b", "role": "people" } ],
        "constants": { "weight": -1, "sistem": "x" },
        "names": { "kinds": {} } }
      """
    let found = try problems(json)
    #expect(
      found.map { $0.split(separator: " ").first.map(String.init) ?? "" } == [
        "m.json:1:17:", "m.json:2:43:", "m.json:3:19:", "m.json:3:31:", "m.json:4:17:", "m.json:5:15:", "m.json:5:17:",
        "m.json:5:58:", "m.json:6:28:", "m.json:6:32:", "m.json:7:14:",
      ],
      "\(found.joined(separator: "\n"))"
    )
    #expect(found[0].hasSuffix("did you mean \"form\"?"))
    #expect(found[2].hasSuffix("\"god\" is no category; did you mean \"good\"?"))
  }

  @Test(
    "what is missing is told",
    arguments: [
      (#"{ "form": "wide" }"#, "missing key \"version\""),
      (#"{ "version": 2 }"#, "this program reads version 1"),
      (#"{ "version": 1 }"#, "no column of labels is named"),
      (#"{ "version": 1, "form": "long", "rater": "r" }"#, "a long file needs the columns that name an item"),
      (#"{ "version": 1, "form": "long", "item": "i" }"#, "a long file needs the column of the rater"),
      (#"{ "version": 1, "form": "counts", "refused": "r" }"#, "refusals alone are no rate"),
      (#"[1]"#, "expected an object, found a list"),
    ]
  )
  func missing(json: String, problem: String) throws {
    let found = try problems(json)
    #expect(found.contains { $0.contains(problem) }, "\(found)")
  }

  @Test("constants say what no column says; a file's own words go before the common ones")
  func constants() throws {
    let fixture = try LabelFixture()
    _ = try fixture.file("one.csv", "id,v\nx,1\ny,0\n")
    _ = try fixture.file("two.csv", "id,v\nx,1\ny,0\n")
    let json = """
      { "version": 1, "form": "long", "item": "id", "label": "v", "words": { "1": "refusal", "0": "nonRefusal" },
        "humans": ["bram"], "constants": { "system": "owl" },
        "files": [
          { "file": "one.csv", "constants": { "rater": "bram" } },
          { "file": "two.csv", "constants": { "rater": "hen" }, "words": { "0": "refusal", "1": "nonRefusal" } } ] }
      """
    guard case .labels(let mapping) = try MappingFile(JSONDocument.parse(json, name: "m.json")) else {
      Issue.record("a mapping of labels was read as one of counts")
      return
    }
    let items = try LabelFile.read(mapping, in: fixture.folder.path)
    #expect(items.table.raters == ["bram", "hen"])
    #expect(items.columns.map(\.list) == [[1, 0], [0, 1]])
    #expect(items.names(.human) == ["bram"])
    #expect(items.factors[.system]?.levels == ["owl"])
  }

  @Test("the mappings of the program are read by their names")
  func builtIn() throws {
    #expect(BuiltInMappings.all.map(\.name) == ["paper-human", "paper-counts"])
    for (name, _) in BuiltInMappings.all { _ = try MappingFile(name) }
    let problems = try LabelFixture().problems { try MappingFile("no such file") }
    #expect(problems.first?.hasSuffix("mappings of the program are paper-human and paper-counts") == true)
  }
}
