import JSON
import Testing

@Suite("JSON documents", .timeLimit(.minutes(10)))
struct JSONDocumentTests {
  @Test("a value survives writing and reading")
  func roundTrip() throws {
    let text = #"{"b":[1,2.5,-0.125,null,true,"é\n\u0000\"\\"],"a":{"z":{},"y":[]},"big":9007199254740993}"#
    let value = try JSONDocument.parse(text, name: "t").root
    for style in [JSONValue.Style.compact, .pretty] {
      #expect(try JSONDocument.parse(value.text(style), name: "t").root == value)
    }
    #expect(value.object?.keys == ["b", "a", "big"])
    #expect(value["big"]?.integer == 9_007_199_254_740_993)
  }

  @Test("the canonical form and its hash do not depend on the order of keys")
  func canonical() throws {
    let one = try JSONDocument.parse(#"{"b":1,"a":{"d":2,"c":[3]}}"#, name: "t").root
    let two = try JSONDocument.parse(#"{ "a": {"c": [3], "d": 2}, "b": 1 }"#, name: "t").root
    #expect(one.text(.canonical) == #"{"a":{"c":[3],"d":2},"b":1}"#)
    #expect(one.contentHash == two.contentHash)
    #expect(one.contentHash.count == 64)
  }

  @Test(
    "malformed text is refused with a line",
    arguments: [
      ("", 1), ("{\n\"a\": tru\n}", 2), ("{\"a\":1,\n\"a\":2}", 2), ("[1] x", 1), ("{\"a\":\n", 2), ("[NaN]", 1),
      ("\"\\ud800\"", 1),
    ]
  )
  func malformed(text: String, line: Int) throws {
    let error = #expect(throws: JSONError.self) { try JSONDocument.parse(text, name: "bad.json") }
    #expect(error?.place?.line == line)
    #expect(error?.description.hasPrefix("bad.json:\(line):") == true)
  }

  @Test(
    "a NUL byte is refused where it stands, whatever stands before it",
    arguments: [
      "{\"a\":\n 0.93\0}", "[\n true\0]", "[\n null\0, 2]", "[\n12\0  ]", "[1,\n 2]\0", "\n7\0", "[\n \0]",
      "[\n\"\0\"]",
    ]
  )
  func nul(text: String) throws {
    let error = #expect(throws: JSONError.self) { try JSONDocument.parse(text, name: "bad.json") }
    #expect(error?.description.hasPrefix("bad.json:2:") == true)
  }

  @Test("the place of a NUL byte is its own, and the error says how a text holds one")
  func nulPlace() throws {
    let error = #expect(throws: JSONError.self) { try JSONDocument.parse("{\"é\": 0.93\0}", name: "bad.json") }
    #expect(error?.description == "bad.json:1:11: not valid JSON: a NUL byte; in a string it is written \\u0000")
    #expect(try JSONDocument.parse("\"a\\u0000b\"", name: "t").root == "a\0b")
  }

  @Test("deep nesting is refused before any recursion")
  func deep() {
    #expect(throws: JSONError.self) {
      try JSONDocument.parse(String(repeating: "[", count: 100_000), name: "deep")
    }
  }

  @Test("a value's place is where it stands in the text")
  func places() throws {
    let text = "{\n  \"judges\": [\n    { \"id\": \"é\", \"kind\": 3 },\n    { \"k\\u0065y\": [0, 1] }\n  ]\n}"
    let document = try JSONDocument.parse(text, name: "j.json")
    func place(_ path: JSONPath) -> String { document.place(of: path).description }
    let judges = JSONPath.root.key("judges")
    #expect(place(judges.index(0).key("kind")) == "j.json:3:26")
    #expect(document.place(ofKey: "kind", in: judges.index(0)).description == "j.json:3:18")
    #expect(place(judges.index(1).key("key").index(1)) == "j.json:4:23")
    #expect(place(judges.index(1).key("absent")) == "j.json:4:5")
    #expect(place(judges.index(7)) == "j.json:2:13")
  }

  @Test("a reader collects every problem in the order of the text")
  func reader() throws {
    enum Kind: String, CaseIterable { case harmful, harmless }
    let text = "{\n\"kind\": \"harmfull\",\n\"colour\": 1,\n\"n\": 99,\n\"list\": [1, \"x\"]\n}"
    let problems = JSONProblems()
    let reader = JSONReader(try JSONDocument.parse(text, name: "f"), problems: problems)
    #expect(reader.required("list") { $0.strings() } == nil)
    #expect(reader.required("kind") { $0.word(Kind.self) } == nil)
    #expect(reader.optional("n") { $0.integer(1...10) } == nil)
    #expect(reader.required("absent") { $0.string() } == nil)
    #expect(reader.optional("absent") { $0.string() } == nil)
    reader.expectKeys(["kind", "color", "n", "list"])
    let errors = #expect(throws: JSONErrors.self) { try problems.throwIfAny() }
    let lines = errors?.description.split(separator: "\n").map(String.init) ?? []
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("f:1:1: the top level: missing key \"absent\""))
    #expect(lines[1].contains("f:2:9") && lines[1].contains("did you mean \"harmful\"?"))
    #expect(lines[2].contains("f:3:1") && lines[2].contains("did you mean \"color\"?"))
    #expect(lines[3].contains("f:4:6") && lines[3].contains("99 is outside 1 to 10"))
    #expect(lines[4].contains("f:5:10") && lines[4].contains("list[0]: expected a string, found a number"))
  }

  @Test("large objects find their keys")
  func largeObjects() {
    var object = JSONObject()
    for index in 0..<1000 { object["k\(index)"] = .integer(Int64(index)) }
    object["k500"] = nil
    #expect(object["k999"]?.integer == 999)
    #expect(object["k500"] == nil)
    #expect(object.keys.count == 999)
  }

  @Test("keys that differ in bytes are different keys, however alike they look")
  func bytewiseKeys() throws {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    var object: JSONObject = [:]
    for index in 0..<20 { object["k\(index)"] = 0 }
    object[composed] = 1
    object[decomposed] = 2
    #expect(object[composed] == 1 && object[decomposed] == 2)
    #expect(JSONValue.string(composed) != JSONValue.string(decomposed))
  }

  @Test("a file that cannot be read says why")
  func files() {
    let missing = #expect(throws: JSONError.self) { try JSONDocument.read(file: "/nonexistent/x.json") }
    #expect(missing?.description.contains("No such file") == true)
    let folder = #expect(throws: JSONError.self) { try JSONDocument.read(file: "/") }
    #expect(folder?.description.contains("is a folder") == true)
  }

  @Test(
    "distances count insertions, deletions, replacements and swaps",
    arguments: [
      ("", "abc", 3), ("refusal", "refusla", 1), ("kitten", "sitting", 3), ("a", "a", 0),
    ]
  )
  func distance(left: String, right: String, expected: Int) {
    #expect(Spelling.distance(left, right) == expected)
  }
}
