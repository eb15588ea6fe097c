import Agreement
import Foundation
import JSON
import LabelTables
import Testing

@Suite("Label files", .timeLimit(.minutes(10)))
struct LabelFileTests {
  @Test("two columns of a wide file are a judge and a person; a row is an item")
  func wide() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file(
      "a.csv",
      "verdict,who cares,label,prompt,system\nREFUSAL,x,NON-REFUSAL,p2,owl\nNOT REFUSAL,y,,p1,hen\n refusal ,z,Refusal,p2,owl\n"
    )
    let items = try fixture.read([path]) {
      ($0.judges, $0.humans) = (["verdict"], ["label"])
      $0.attributes = [.cluster: "prompt", .system: "system"]
    }
    #expect(items.table.raters == ["verdict", "label"])
    #expect(items.table.columns.map(\.list) == [[1, 0, 1], [0, nil, 1]])
    #expect(items.table.clusterList == [0, 1, 0])
    #expect(items.names(.judge) == ["verdict"] && items.names(.human) == ["label"])
    #expect(items.factors[.system]?.levels == ["owl", "hen"])
    #expect(items.factors[.system]?[1] == "hen")
    #expect(items.files.first?.unusedColumns == ["who cares"])
    #expect(items.files.first?.rows == 3)
    #expect(items.files.first?.sha256.count == 64)
    let word = try #require(items.words.first)
    #expect(word.column == "verdict" && word.word == "REFUSAL" && word.category == "refusal" && word.count == 1)
    #expect(items.raters.map(\.labels) == [3, 2])
    #expect(items.remarks == ["1 of 3 items carry the label of one rater only and add nothing to agreement"])
    #expect(items.keys == nil)
  }

  @Test("a long file holds a label a row; raters come in the order met, items too")
  func long() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file(
      "a.csv",
      """
      item,rater,label,score
      i1,owl,refusal,0.75
      i2,owl,nonRefusal,0.5
      i2,bram,refusal,
      i1,bram,undecided,
      i3,hen,refusal,1
      """
    )
    let items = try fixture.read([path]) {
      ($0.item, $0.rater, $0.score, $0.humans) = (["item"], "rater", "score", ["bram"])
    }
    #expect(items.table.raters == ["owl", "bram", "hen"])
    #expect(items.table.columns.map(\.list) == [[1, 0, nil], [nil, 1, nil], [nil, nil, 1]])
    #expect(items.keys?[2] == ["i3"])
    #expect(items.names(.human) == ["bram"])
    #expect(items.scores[0]?.list == [0.75, 0.5, nil])
    #expect(items.scores[1] == nil)
    #expect(items.singleItems == 2)
    #expect(items.remarks.last == "rater \"hen\" shares no item with any other rater")
    let one = try fixture.read([path]) {
      ($0.item, $0.rater, $0.judges, $0.humans) = (["item"], "rater", ["owl"], ["bram"])
    }
    #expect(one.table.raters == ["owl", "bram"] && one.itemCount == 2)
    #expect(
      fixture.problems { try fixture.read([path]) { ($0.item, $0.rater, $0.judges) = (["item"], "rater", ["owll"]) } }
        == ["the arguments: no row is of a rater \"owll\"; did you mean \"owl\"?"]
    )
  }

  @Test("files are joined on the columns that name an item, whatever the order of their rows")
  func joins() throws {
    let fixture = try LabelFixture()
    _ = try fixture.file(
      "one.csv",
      "q,m,kind,is_refusal\n1,owl,harmful,True\n1,hen,harmful,False\n11,owl,harmless,False\n"
    )
    _ = try fixture.file("two.csv", "m,q,kind,is_refusal\nowl,11,harmless,1\nhen,1,harmful,0\nhen,2,harmful,1\n")
    let json = """
      { "version": 1, "item": ["q", "m"], "cluster": "q", "kind": "kind",
        "files": [
          { "file": "one.csv", "raters": [{ "column": "is_refusal", "name": "first", "role": "human" }] },
          { "file": "two.csv", "raters": [{ "column": "is_refusal", "name": "second", "role": "human" }] } ],
        "names": { "kind": { "harmless": "tame" } } }
      """
    let mapping = try LabelMapping(JSONDocument.parse(json, name: "m.json"))
    let items = try LabelFile.read(mapping, in: fixture.folder.path)
    #expect(items.itemCount == 4)
    #expect((0..<4).map { items.keys?[$0] } == [["1", "owl"], ["1", "hen"], ["11", "owl"], ["2", "hen"]])
    #expect(items.columns.map(\.list) == [[1, 0, 0, nil], [nil, 0, 1, 1]])
    #expect(items.table.clusterList == [0, 0, 1, 2])
    #expect(items.factors[.kind]?.levels == ["harmful", "tame"])
    #expect(items.singleItems == 2)

    _ = try fixture.file("two.csv", "m,q,kind,is_refusal\nowl,11,harmful,1\nhen,1,harmful,0\nhen,1,harmful,0\n")
    #expect(
      fixture.problems { try LabelFile.read(mapping, in: fixture.folder.path) } == [
        "two.csv:2:8: the item's kind was \"tame\" before; one item has one",
        "two.csv:4:1: this item stands in line 3 already (q \"1\", m \"hen\"); leave one of the rows out, or add the "
          + "columns that tell them apart to \"item\"",
      ]
    )
  }

  @Test("a rater that labels an item twice is an error with both places, even where the labels are the same")
  func duplicates() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", "i,r,label\nx,owl,refusal\ny,owl,refusal\nx,hen,refusal\nx,owl,refusal\n")
    #expect(
      fixture.problems { try fixture.read([path]) { ($0.item, $0.rater) = (["i"], "r") } } == [
        "a.csv:5:3: rater \"owl\" has labelled this item in line 2 already (i \"x\"); leave one of the rows out, or add the "
          + "columns that tell them apart to \"item\""
      ]
    )
    let more = try fixture.file("b.csv", "i,r,label\nz,owl,refusal\ny,owl,\n")
    #expect(
      fixture.problems { try fixture.read([path, more]) { ($0.item, $0.rater) = (["i"], "r") } }.last?.hasPrefix(
        "b.csv:3:3: rater \"owl\" has labelled this item in a.csv:3:1 already (i \"y\")"
      ) == true
    )
  }

  @Test("the same labels come out of wide and long files, CSV and JSON lines, whatever the order of the rows")
  func formsAgree() throws {
    var draw = Draw(state: 11)
    for _ in 0..<20 {
      let fixture = try LabelFixture()
      let raters = ["owl", "hen", "bram"]
      let items = (0..<Int.random(in: 1...60, using: &draw)).map { "item \($0),\"é\"" }
      let words = ["refusal": 1, "NON-REFUSAL": 0, "": -1]
      var labels: [[String]] = []
      for _ in items { labels.append(raters.map { _ in words.keys.sorted().randomElement(using: &draw) ?? "" }) }
      func quoted(_ text: String) -> String { "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\"" }
      let order = items.indices.shuffled(using: &draw)
      let wide = order.map { "\(quoted(items[$0])),\(labels[$0].joined(separator: ","))\r\n" }.joined()
      var long: [(item: Int, rater: Int)] = []
      for item in items.indices { for rater in raters.indices { long.append((item, rater)) } }
      long.shuffle(using: &draw)
      let rows = long.map { "\(quoted(items[$0.item]));\(labels[$0.item][$0.rater]);\(raters[$0.rater])" }
      let lines = long.map { item, rater in
        JSONValue.object([
          "i": .string(items[item]), "label": .string(labels[item][rater]), "r": .string(raters[rater]),
        ])
        .text()
      }
      let files = [
        try fixture.file("wide.csv", "i,owl,hen,bram\r\n\(wide)"),
        try fixture.file("long.csv", "i;label;r\n" + rows.joined(separator: "\n")),
        try fixture.file("long.jsonl", lines.joined(separator: "\n")),
      ]
      let read = try files.enumerated().map { at, file in
        try fixture.read([file]) {
          $0.item = ["i"]
          if at == 0 { $0.judges = raters } else { $0.rater = "r" }
          if at == 1 { $0.format = .semicolons }
        }
      }
      for found in read {
        #expect(found.itemCount == items.count)
        for item in 0..<found.itemCount {
          let at = try #require(items.firstIndex(of: found.keys?[item].first ?? ""))
          for (rater, name) in raters.enumerated() {
            #expect(found.table.labels(of: name)?[item] == words[labels[at][rater]].flatMap { $0 < 0 ? nil : $0 })
          }
        }
      }
    }
  }

  @Test("lengths, weights and cut-off answers are read as what they are")
  func attributes() throws {
    let fixture = try LabelFixture()
    let path = try fixture.file("a.csv", "a,b,n,w,cut\nrefusal,refusal,12,0.5,True\nrefusal,refusal,,2,0\n")
    let items = try fixture.read([path]) {
      ($0.judges, $0.humans, $0.attributes) = (["a"], ["b"], [.length: "n", .weight: "w", .truncated: "cut"])
    }
    #expect(items.numbers[.length]?.list == [12, nil])
    #expect(items.numbers[.weight]?.list == [0.5, 2])
    #expect(items.factors[.truncated]?[0] == "true" && items.factors[.truncated]?[1] == "false")
    let bad = try fixture.file("b.csv", "a,b,n,w,cut\nrefusal,refusal,-1,nan,perhaps\n")
    let problems = fixture.problems {
      try fixture.read([bad]) {
        ($0.judges, $0.humans, $0.attributes) = (["a"], ["b"], [.length: "n", .weight: "w", .truncated: "cut"])
      }
    }
    #expect(
      problems == [
        "b.csv:2:24: truncated: \"perhaps\" is neither true nor false",
        "b.csv:2:17: length: \"-1\" is no number; expected 0 or more",
        "b.csv:2:20: weight: \"nan\" is no number; expected 0 or more",
      ]
    )
  }

  @Test("a factor of many levels keeps them all")
  func manyLevels() throws {
    let fixture = try LabelFixture()
    let rows = (0..<1000).map { "refusal,nonRefusal,p\($0 % 700)\n" }.joined()
    let path = try fixture.file("a.csv", "a,b,p\n" + rows)
    let items = try fixture.read([path]) { ($0.judges, $0.humans, $0.attributes) = (["a"], ["b"], [.cluster: "p"]) }
    #expect(items.table.clusterCount == 700)
    #expect(items.table.clusterList == (0..<1000).map { $0 % 700 })
    #expect(items.factors[.cluster]?[999] == "p299")
  }
}
