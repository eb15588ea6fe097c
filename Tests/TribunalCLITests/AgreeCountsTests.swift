import Foundation
import JSON
import TestKit
import Testing

@Suite("The verb agree on counts", .timeLimit(.minutes(10)))
struct AgreeCountsTests {
  private static func write(_ text: String, _ name: String, in folder: URL) throws -> String {
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private static let counts = """
    rater,system,kind,refused,not_refused
    one,old,harmful,3,1
    one,old,harmless,0,2
    one,new,harmful,1,3
    one,new,harmless,0,2
    two,old,harmful,2,2
    two,old,harmless,1,1
    two,new,harmful,2,2
    two,new,harmless,0,2

    """

  /// Labels of one person and one judge on the same answers.
  private static let labels =
    "system,kind,verdict,person\n"
    + [("old", 3), ("new", 1)].map { system, refused in
      (0..<4).map {
        "\(system),harmful,\($0 < 2 ? "refusal" : "nonRefusal"),\($0 < refused ? "refusal" : "nonRefusal")\n"
      }
      .joined() + (0..<2).map { _ in "\(system),harmless,nonRefusal,nonRefusal\n" }.joined()
    }.joined()

  @Test("counts alone: what is certain, what is not, then figures as bounds; JSON and CSV too")
  func alone() async throws {
    try await Folders.temporary { folder in
      let file = try Self.write(Self.counts, "counts.csv", in: folder)
      let asked = try await Program.run(["agree", "--counts", file, "--edit", "old=new"])
      #expect(asked.status == 0, "\(asked.errors)")
      let lines = asked.output.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("For certain: 2 judges call 33 to 42 % of the same 12 answers"), "\(asked.output)")
      #expect(asked.output.contains("Not known from counts: which answers"), "\(asked.output)")
      #expect(lines.allSatisfy { $0.count <= 100 })
      let json = try await Program.run(["agree", "--counts", file, "--edit", "old=new", "--json"])
      let root = try JSONDocument.parse(json.output, name: "out").root
      // 1…2 and 0…1 answers that both refuse among the harmful, none else; the judges refuse 4 and 5 of 12.
      let pair = try #require(root["agreement"]?.array?.first)
      #expect(pair["n"] == 12)
      #expect(pair["percentAgreement"] == ["bounds": [.number(5.0 / 12), 0.75]], "\(pair)")
      #expect(root["edits"]?.array?.count == 6)
      let csv = try await Program.run(["agree", "--counts", file, "--csv"])
      #expect(csv.output.hasPrefix("topic,statistic,rater,other"), "\(csv.errors)")
    }
  }

  @Test("people's labels beside counts give fidelity; a judge with labels stands beside the counted ones")
  func withLabels() async throws {
    try await Folders.temporary { folder in
      let file = try Self.write(Self.counts, "counts.csv", in: folder)
      let labels = try Self.write(Self.labels, "labels.csv", in: folder)
      let base = ["agree", "--counts", file, "--labels", labels, "--system", "system", "--kind", "kind"]
      let people = try await Program.run(base + ["--human", "person", "--json"])
      #expect(people.status == 0, "\(people.errors)")
      let root = try JSONDocument.parse(people.output, name: "out").root
      #expect(root["reference"] == "person")
      let row = try #require(root["fidelity"]?.array?.first { $0["rater"] == "one" && $0["scope"] == "harmful" })
      // The person's counts are the judge's: all may be the same answers.
      #expect(row["accuracy"]?["bounds"]?.array?.last?.double == 1, "\(row)")
      let both = try await Program.run(base + ["--human", "person", "--judge", "verdict", "--edit", "old=new"])
      #expect(both.status == 0 && both.output.contains("verdict"), "\(both.errors)")
    }
  }

  @Test("one mapping is of counts, another of labels; each says which it is")
  func mappings() async throws {
    try await Folders.temporary { folder in
      let text = Self.counts.replacing("rater,system,kind", with: "who,model,sort")
      let file = try Self.write(text, "counts.csv", in: folder)
      let labels = try Self.write(Self.labels, "labels.csv", in: folder)
      let counts = try Self.write(
        #"""
        {"version": 1, "form": "counts", "rater": "who", "system": "model", "kind": "sort", "refused": "refused",
         "notRefused": "not_refused"}
        """#,
        "counts.json",
        in: folder
      )
      let human = try Self.write(
        #"""
        {"version": 1, "system": "system", "kind": "kind", "raters": [{"column": "person", "role": "human"}]}
        """#,
        "human.json",
        in: folder
      )
      let one = try await Program.run(["agree", "--counts", file, "--mapping", counts, "--json"])
      #expect(one.status == 0, "\(one.errors)")
      let both = try await Program.run([
        "agree", "--counts", file, "--counts-mapping", counts, "--labels", labels, "--mapping", human,
      ])
      #expect(both.status == 0 && both.output.contains("Fidelity to person"), "\(both.output)\(both.errors)")
      let wrong = try await Program.run(["agree", "--counts", file, "--mapping", human])
      #expect(wrong.status == 2 && wrong.errors.contains("--labels"), "\(wrong.errors)")
    }
  }

  @Test("tables for LaTeX")
  func latex() async throws {
    try await Folders.temporary { folder in
      let file = try Self.write(Self.counts, "counts.csv", in: folder)
      let found = try await Program.run(["agree", "--counts", file, "--edit", "old=new", "--latex"])
      #expect(found.status == 0, "\(found.errors)")
      let tables = found.output.components(separatedBy: "\\begin{table}").count - 1
      #expect(tables == 4, "rates, agreement of two, all judges, edits: \(found.output)")
      #expect(found.output.contains("\\toprule") && found.output.contains("McNemar $p$"))
    }
  }

  @Test("bad input exits with what is wrong and how to mend it")
  func badInput() async throws {
    try await Folders.temporary { folder in
      let differing = Self.counts.replacing("two,old,harmful,2,2", with: "two,old,harmful,2,3")
      let cases: [(file: String, arguments: [String], says: String)] = [
        (differing, [], "system \"old\", kind \"harmful\": one has 4 answers and two 5"),
        (Self.counts, ["--edit", "old=nwe"], "did you mean \"new\""),
        (Self.counts, ["--counted-human", "three"], "there is no rater \"three\""),
        (Self.counts + "one,old,harmful,1,1\n", [], "counts.csv:10"),
        (Self.counts.replacing("3,1", with: "3,one"), [], "counts.csv:2:"),
      ]
      for one in cases {
        let file = try Self.write(one.file, "counts.csv", in: folder)
        let found = try await Program.run(["agree", "--counts", file] + one.arguments)
        #expect(found.status == 2 && found.output.isEmpty, "\(one.arguments): \(found.status) \(found.output)")
        #expect(found.errors.contains(one.says), "\(one.arguments): \(found.errors)")
      }
      let file = try Self.write(Self.counts, "counts.csv", in: folder)
      for arguments in [["--baseline", "x"], ["--csv-wide"], ["--judge", "one"], ["--cost", "one=2"], ["run"]] {
        let found = try await Program.run(["agree", "--counts", file] + arguments)
        #expect(found.status != 0 && found.output.isEmpty && !found.errors.isEmpty, "\(arguments): \(found.output)")
      }
      let lone = try await Program.run(["agree", "run", "--counted-human", "one"])
      #expect(lone.status != 0 && lone.errors.contains("go with --counts"), "\(lone.errors)")
    }
  }
}
