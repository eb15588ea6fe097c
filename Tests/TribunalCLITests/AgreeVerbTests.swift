import Foundation
import JSON
import TestKit
import Testing

@Suite("The verb agree on label files", .timeLimit(.minutes(10)))
struct AgreeVerbTests {
  private static func write(_ text: String, _ name: String, in folder: URL) throws -> String {
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Twenty items; the judge errs on the third and the last.
  private static let rows = (0..<20).map { item in
    let human = item % 2 == 0 ? "refusal" : "nonRefusal"
    let judge = item == 2 || item == 19 ? (human == "refusal" ? "nonRefusal" : "refusal") : human
    return "i\(item),\(judge),\(human)\n"
  }.joined()

  @Test("a file with a verdict and a human column is answered in two sentences, then figures")
  func csv() async throws {
    try await Folders.temporary { folder in
      let file = try Self.write("id,verdict,label\n" + Self.rows, "results.csv", in: folder)
      let asked = try await Program.run(["agree", "--labels", file, "--judge", "verdict", "--human", "label"])
      #expect(asked.status == 0, "\(asked.errors)")
      let lines = asked.output.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("verdict agrees with label on 90 % of 20 items"), "\(asked.output)")
      #expect(asked.output.replacing("\n", with: " ").contains("Cohen's kappa is 0.80"), "\(asked.output)")
      #expect(asked.output.contains("floor: always refusal"))
      #expect(lines.allSatisfy { $0.count <= 100 })
      let json = try await Program.run(["agree", "--labels", file, "--judge", "verdict", "--human", "label", "--json"])
      let document = try JSONDocument.parse(json.output, name: "out").root
      let row = try #require(document["fidelity"]?.array?.first)
      #expect(row["accuracy"]?["value"]?.double == 0.9)
      #expect(row["table"] == [[9, 1], [1, 9]])
      let tables = ["--csv": "topic,statistic,rater", "--csv-wide": "rater,reference", "--latex": "\\begin{table}"]
      for (flag, head) in tables {
        let found = try await Program.run(["agree", "--labels", file, "--judge", "verdict", "--human", "label", flag])
        #expect(
          found.status == 0 && found.output.hasPrefix(head),
          "\(flag): \(found.output.prefix(80)) \(found.errors)"
        )
      }
    }
  }

  @Test("a frozen judge holds, and exits 1 once it has drifted or is gone")
  func gate() async throws {
    try await Folders.temporary { folder in
      let file = try Self.write("id,verdict,label\n" + Self.rows, "results.csv", in: folder)
      let frozen = folder.appendingPathComponent("base.json").path
      let base = ["agree", "--labels", file, "--judge", "verdict", "--human", "label", "--item", "id"]
      let first = try await Program.run(base + ["--baseline", frozen])
      #expect(first.status == 0, "\(first.errors)")
      let same = try await Program.run(base + ["--gate", frozen])
      #expect(same.status == 0 && same.output.contains("verdict: holds, 0 of 20 labels changed"), "\(same.output)")
      let changed = Self.rows.replacing("i4,refusal", with: "i4,nonRefusal").replacing(
        "i6,refusal",
        with: "i6,nonRefusal"
      )
      _ = try Self.write("id,verdict,label\n" + changed, "results.csv", in: folder)
      let drifted = try await Program.run(base + ["--gate", frozen, "--json"])
      #expect(drifted.status == 1, "\(drifted.output)")
      #expect(try JSONDocument.parse(drifted.output, name: "out").root["judges"]?.array?.first?["changed"] == 2)
      let within = try await Program.run(base + ["--gate", frozen, "--noise-floor", "0.2"])
      #expect(within.status == 0, "\(within.output)")
      let other = base.map { $0 == "verdict" ? "label" : $0 == "label" ? "verdict" : $0 }
      let gone = try await Program.run(other + ["--gate", frozen])
      #expect(gone.status == 1 && gone.output.contains("no longer here"), "\(gone.output)")
      let unnamed = try await Program.run([
        "agree", "--labels", file, "--judge", "verdict", "--human", "label", "--baseline", frozen,
      ])
      #expect(unnamed.status == 2 && unnamed.errors.contains("--item COLUMN"), "\(unnamed.errors)")
      _ = try Self.write(#"{"baseline": 2, "items": []}"#, "base.json", in: folder)
      let broken = try await Program.run(base + ["--gate", frozen])
      #expect(broken.status == 2 && broken.errors.contains("base.json:1:"), "\(broken.errors)")
    }
  }

  @Test("bad input exits 2 and says where and how to mend it")
  func badInput() async throws {
    try await Folders.temporary { folder in
      let cases: [(file: String, arguments: [String], says: String)] = [
        ("verdict,label\nYES!,refusal\n", ["--judge", "verdict", "--human", "label"], "bad.csv:2:1: "),
        ("verdict,label\nrefusal,refusal\n", ["--judge", "verdikt"], "did you mean \"verdict\""),
        ("verdict,label\n", ["--judge", "verdict"], "bad.csv"),
        ("verdict,label\nrefusal\n", ["--judge", "verdict"], "bad.csv:2"),
        ("verdict,label\nrefusal,refusal\n", [], "--judge"),
        ("id,v\na,refusal\na,nonRefusal\n", ["--judge", "v", "--item", "id"], "bad.csv:3"),
        ("v,h\nrefusal,refusal\n", ["--judge", "v", "--human", "h", "--reference", "mayority"], "majority"),
        ("v,h\nrefusal,refusal\n", ["--judge", "v", "--human", "h", "--edit", "a=b"], "there is no system \"a\""),
        ("v,h\nrefusal,refusal\n", ["--human", "h"], "no rater is a judge"),
      ]
      for one in cases {
        let file = try Self.write(one.file, "bad.csv", in: folder)
        let found = try await Program.run(["agree", "--labels", file] + one.arguments)
        #expect(found.status == 2 && found.output.isEmpty, "\(one.arguments): \(found.status) \(found.output)")
        #expect(found.errors.contains(one.says), "\(one.arguments): \(found.errors)")
      }
      let unknown = try await Program.run(["agree", "--labels", "x.csv", "--judgee", "v"])
      #expect(unknown.status == 2 && unknown.errors.contains("--judgee"), "\(unknown.errors)")
      let none = try await Program.run(["agree"])
      #expect(none.status == 2 && none.errors.contains("--labels FILE"), "\(none.errors)")
      let hostile = try Self.write("\u{1b}[31mj,h\nrefusal,refusal\n", "hostile.csv", in: folder)
      let csv = try await Program.run(["agree", "--labels", hostile, "--judge", "\u{1b}[31mj", "--human", "h", "--csv"])
      #expect(csv.status == 0 && !csv.output.contains("\u{1b}"), "\(csv.errors)")
      var latin = Data("v,h\n".utf8)
      latin.append(contentsOf: [0x72, 0xE9, 0x2C, 0x31, 0x0A])
      let file = folder.appendingPathComponent("latin.csv")
      try latin.write(to: file)
      let found = try await Program.run(["agree", "--labels", file.path, "--judge", "v"])
      #expect(found.status == 2 && found.errors.contains("iconv"), "\(found.errors)")
    }
  }

  @Test("byte-order mark, CRLF and line ends inside quotation marks are read")
  func forms() async throws {
    try await Folders.temporary { folder in
      let text = "\u{FEFF}note,verdict,label\r\n\"two\r\nlines\",refusal,refusal\r\nx,nonRefusal,refusal\r\n"
      let file = try Self.write(text, "results.csv", in: folder)
      let found = try await Program.run(["agree", "--labels", file, "--judge", "verdict", "--human", "label"])
      #expect(found.status == 0 && found.output.contains("50 % of 2 items"), "\(found.output)\(found.errors)")
    }
  }

  @Test(
    "statistics by name: answers in the shape of the questions; a bad question is named and the others are answered"
  )
  func ask() async throws {
    try await Folders.temporary { folder in
      let data = """
        {"name":"toy","scale":"binary","categories":["nonRefusal","refusal"],"raters":["a","b"],"reference":null,"items":[
        {"item":"1","labels":{"a":"refusal","b":"refusal"}},{"item":"2","labels":{"a":"refusal","b":"nonRefusal"}}]}
        """
      _ = try Self.write(data, "toy.json", in: folder)
      let asks = """
        {"cases":[{"id":"x","dataset":"toy","stat":"percentAgreement","args":{"a":"a","b":"b"}},
        {"id":"y","dataset":"toy","stat":"precission","args":{}},
        {"id":"z","dataset":"toy","stat":"phi","args":{"a":"a","b":"b"}}]}
        """
      let file = try Self.write(asks, "asks.txt", in: folder)
      let found = try await Program.run(["agree", "--datasets", folder.path, "--ask", file, "--json"])
      #expect(found.status == 2 && found.errors.contains("did you mean \"precision\""), "\(found.errors)")
      let cases = try #require(try JSONDocument.parse(found.output, name: "out").root["cases"]?.array)
      #expect(cases[0]["value"]?.double == 0.5)
      #expect(cases[1]["error"] != nil)
      #expect(cases[2]["value"] == ["undefined": "constantRater"])
    }
  }
}
