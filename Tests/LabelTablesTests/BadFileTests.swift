import Agreement
import JSON
import LabelTables
import Testing

@Suite("Bad label files", .timeLimit(.minutes(10)))
struct BadFileTests {
  private let head = "a,b\n"

  @Test("byte-order mark, CR LF and line ends in quotation marks are no problem")
  func accepted() throws {
    let fixture = try LabelFixture()
    let text = "a,note,b\r\nrefusal,\"one\r\ntwo \"\"x\"\", three\",nonRefusal\r\n\r\nnonRefusal,,refusal"
    let path = try fixture.file("a.csv", [0xEF, 0xBB, 0xBF] + Array(text.utf8))
    let items = try fixture.read([path]) { ($0.judges, $0.humans) = (["a"], ["b"]) }
    #expect(items.columns.map(\.list) == [[1, 0], [0, 1]])
  }

  @Test("Latin-1 is an error with its place and the way out, or read where it is declared")
  func latin1() throws {
    let fixture = try LabelFixture()
    let bytes = Array("a,b,note\nrefusal,refusal,ok\nrefusal,refusal,caf".utf8) + [0xE9] + Array(" x\n".utf8)
    #expect(
      try fixture.problems("a.csv", bytes) == [
        "a.csv:3:20: not UTF-8: save the file as UTF-8, or it is damaged here; `iconv -f latin1 -t utf8` turns Latin-1 "
          + "into UTF-8"
      ]
    )
    let path = try fixture.file("b.csv", Array("a,b,".utf8) + [0xE4] + Array("\nrefusal,refusal,".utf8) + [0xE9, 0x0A])
    let items = try fixture.read([path]) {
      ($0.judges, $0.humans, $0.encoding, $0.attributes) = (["a"], ["b"], .latin1, [.system: "ä"])
    }
    #expect(items.factors[.system]?[0] == "é")
    let line = Array("{\"a\":\"refusal\",\"b\":\"".utf8) + [0xE9] + Array("\"}\n".utf8)
    #expect(try fixture.problems("c.jsonl", line).first?.hasPrefix("c.jsonl:1:21: not UTF-8") == true)
  }

  @Test(
    "each slip is one error with its place",
    arguments: [
      ("", "a.csv: the file is empty; expected a line with the names of the columns"),
      ("a,b\n", "a.csv: the file names its columns and holds no row"),
      ("c,b\nrefusal,refusal\n", "a.csv:1:1: there is no column \"a\"; did you mean \"b\"?"),
      ("a,b\nrefusal\n", "a.csv:2:1: 1 cells where the first line names 2 columns"),
      (
        "a,b\nrefusal,refusal,x\n",
        "a.csv:2:1: 3 cells where the first line names 2 columns; a cell that holds the separator stands in quotation marks"
      ),
      ("a,b,a\nrefusal,refusal,refusal\n", "a.csv:1:5: the column \"a\" stands there twice"),
      ("a,b\nrefusal,\"refusal\n", "a.csv:2:9: a quotation mark opens here and is never closed"),
      ("a,b\nrefusal,re\0fusal\n", "a.csv:2:11: a NUL byte: this is no text file"),
    ]
  )
  func slips(text: String, problem: String) throws { #expect(try LabelFixture().problems("a.csv", text) == [problem]) }

  @Test("an unknown word is told once, with its first place, how often it comes and how to declare it")
  func unknownWords() throws {
    let fixture = try LabelFixture()
    let text = "a,b\nrefusal,NA\nfoo,NA\nrefusal,NA\n"
    #expect(
      try fixture.problems("a.csv", text) == [
        "a.csv:3:1: \"foo\" is no known label in column \"a\"; known: nonRefusal, refusal; declare it in the mapping, "
          + "\"words\": {\"foo\": \"refusal\"} or {\"foo\": null} for no label",
        "a.csv:2:9: \"NA\", here and 2 more times, is no known label in column \"b\"; known: nonRefusal, refusal; declare it "
          + "in the mapping, \"words\": {\"NA\": \"refusal\"} or {\"NA\": null} for no label",
      ]
    )
    let path = try fixture.file("b.csv", text)
    let items = try fixture.read([path]) {
      ($0.judges, $0.humans, $0.words) = (["a"], ["b"], ["NA=none", "foo=nonRefusal"])
    }
    #expect(items.columns.map(\.list) == [[1, 0, 1], [nil, nil, nil]])
    #expect(items.remarks.contains("rater \"b\" has no label"))
  }

  @Test("a column of something else is not read to its end")
  func noLabels() throws {
    let fixture = try LabelFixture()
    let rows = (0..<5000).map { "text \($0),refusal\n" }.joined()
    let problem = try fixture.problems("a.csv", head + rows).joined(separator: "\n")
    #expect(problem.contains("a.csv:4098:1: more than 4096 different words in column \"a\""))
  }

  @Test("more than 254 categories do not fit")
  func categories() throws {
    var arguments = LabelArguments()
    arguments.judges = ["a"]
    arguments.categories = (0..<254).map(String.init)
    _ = try arguments.mapping()
    arguments.categories = (0..<255).map(String.init)
    #expect(throws: FileErrors.self) { try arguments.mapping() }
    let problems = try LabelFixture().problems { try arguments.mapping() }
    #expect(problems == ["the arguments: 255 categories; at most 254 fit, labels are packed in bytes"])
  }

  @Test("an item without a name and a cluster without one are errors; so are files that nothing joins")
  func unnamed() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", "i,p,a\nx,1,refusal\n,2,refusal\ny,,refusal\n")
    #expect(
      fixture.problems {
        try fixture.read([path]) { ($0.item, $0.judges, $0.attributes) = (["i"], ["a"], [.cluster: "p"]) }
      }
        == [
          "a.csv:3:1: the row does not name its item; expected a text in i",
          "a.csv:4:3: no cluster; which items belong together is needed for every one of them",
        ]
    )
    #expect(
      fixture.problems { try fixture.read([path, path]) { $0.judges = ["a"] } } == [
        "the arguments: several files need columns that name an item, \"item\": [\"…\"], to be joined by"
      ]
    )
    #expect(fixture.problems { try fixture.read([path]) { $0.rater = "a" } }.first?.contains("\"item\"") == true)
    #expect(
      fixture.problems { try fixture.read([path]) { _ in } }.first?.hasPrefix("--judge: name the columns") == true
    )
    #expect(
      fixture.problems { try fixture.read([path]) { ($0.judges, $0.humans) = (["a"], ["a"]) } }
        == ["the arguments: two columns are labels of a rater \"a\"; give each its own name"]
    )
  }
}
